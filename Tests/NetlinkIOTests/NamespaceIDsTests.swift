import Glibc
import Netlink
import NetlinkIO
import Testing

@Suite(.enabled(if: isRoot, "network namespaces need root")) struct NamespaceIDsTests {
    @Test func `a namespace keeps the number it was given`() throws {
        let home = try TestNamespace()
        let other = try TestNamespace()
        let numbers = try NamespaceIDs(namespace: home.descriptor)
        #expect(try numbers.id(of: other.descriptor) == nil)
        let nsid = try numbers.assign(to: other.descriptor)
        #expect(nsid >= 0)
        #expect(try numbers.assign(to: other.descriptor) == nsid)
        #expect(try numbers.id(of: other.descriptor) == nsid)
    }

    @Test func `the birth and death of a number are told`() throws {
        let home = try TestNamespace()
        let socket = try NamespaceIDs.notifications(namespace: home.descriptor)
        var other: TestNamespace? = try TestNamespace()
        let nsid = try NamespaceIDs(namespace: home.descriptor).assign(to: try #require(other?.descriptor))
        other = nil

        var seen: [NamespaceID] = []
        // A namespace is torn down by a worker of the kernel, some time after its last reference.
        for _ in 0..<300 where seen.count < 2 {
            let reception = try socket.receive { datagram, _ in
                forEachMessage(in: datagram) { header, payload in
                    if let number = NamespaceID(header, payload: payload) { seen.append(number) }
                }
            }
            if reception == .empty { _ = try runShell("sleep 0.02") }
        }
        #expect(seen == [NamespaceID(isDeleted: false, nsid: nsid), NamespaceID(isDeleted: true, nsid: nsid)])
    }

    @Test func `two descriptors of one namespace are one namespace`() throws {
        let first = try TestNamespace()
        let second = try TestNamespace()
        let inside = try NetworkNamespace.run(in: first.descriptor) { () throws(NetlinkIOError) in
            try NetworkNamespace.openCurrent()
        }
        #expect(try NetworkNamespace(of: inside) == NetworkNamespace(of: first.descriptor))
        #expect(try NetworkNamespace(of: first.descriptor) != NetworkNamespace(of: second.descriptor))
    }

    @Test func `a namespace in a user namespace of somebody's own is known`() throws {
        let ours = try TestNamespace()
        #expect(try !NetworkNamespace.isUserOwned(ours.descriptor))
        let stream = try #require(popen("exec unshare --user --net sh -c \"echo \\$\\$; sleep 5\"", "r"))
        defer { pclose(stream) }
        var line = [CChar](repeating: 0, count: 32)
        try #require(fgets(&line, CInt(line.count), stream) != nil)
        let pid = String(decoding: line.prefix { $0 > 32 }.map(UInt8.init), as: UTF8.self)
        let descriptor = open("/proc/\(pid)/ns/net", O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        #expect(try NetworkNamespace.isUserOwned(descriptor))
        kill(try #require(pid_t(pid)), SIGKILL)
    }

    @Test func `a call that fails says what could not be done`() {
        #expect {
            try NetlinkSocket(.route, namespace: -1)
        } throws: { error in
            "\(error)" == "could not enter a network namespace: Bad file descriptor"
        }
    }

    @Test func `what is loaded is known without asking it`() {
        #expect(KernelSubsystem.nfnetlink.isLoaded)
    }
}
