import Netlink
import NetlinkIO
import Testing

@Suite(
    .enabled(if: isRoot, "network namespaces need root"),
    .enabled(if: KernelSubsystem.ipSet.isLoaded, "this kernel has no ipset"))
struct IPSetDumpTests {
    @Test func `headers tell names, types and counts`() throws {
        let namespace = try TestNamespace()
        try namespace.run(
            """
            ipset create one hash:ip; ipset add one 10.0.0.1; ipset add one 10.0.0.2
            ipset create two hash:net family inet6; ipset create three bitmap:port range 1-1000
            ipset add three 5-14
            (echo "create big hash:ip"; seq 1 3000 | sed "s/.*/add big 10.9.&.1/; s/10\\.9\\.\\([0-9]*\\)\\([0-9][0-9]\\)\\./10.\\1.\\2./") \
            | ipset -exist restore || true
            """)
        let listed = try namespace.run("ipset list -t")
        let sets = try IPSetDump(namespace: namespace.descriptor).headers()
        #expect(sets.count == listed.lines(from: "Name: "))
        for set in sets {
            #expect(listed.contains("Name: \(set.name)\nType: \(set.typeName)\nRevision: \(set.revision ?? 0)\n"))
            #expect(listed.contains("Number of entries: \(set.elements ?? .max)"))
        }
        let one = try #require(sets.first { $0.name == "one" })
        #expect(one.elements == 2)
        #expect(one.references == 0)
        #expect(sets.first { $0.name == "two" }?.family == .ipv6)
        #expect(sets.first { $0.name == "three" }?.elements == 10)
    }

    @Test func `a namespace without sets has none`() throws {
        let namespace = try TestNamespace()
        #expect(try IPSetDump(namespace: namespace.descriptor).headers() == [])
    }
}
