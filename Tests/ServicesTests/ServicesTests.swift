import Lineage
import Records
import Services
import Testing

@Suite struct `Firewall services` {
    static let python = "/usr/bin/python3.11"
    static func firewalld(_ world: inout World, pid: UInt32 = 10, parent: UInt32 = 1) -> ServiceEvent? {
        world.exec(
            pid, parent: parent, python, ["python3", "/usr/sbin/firewalld", "--nofork"], group: "firewalld.service")
    }

    @Test func `begin with their program, and end with their process`() throws {
        var world = World()
        let begun = Self.firewalld(&world)
        let start = try #require(begun)
        #expect(start.isStart && start.kind.name == "firewalld" && start.author === start.process)
        #expect(world.services.running.map(\.kind.name) == ["firewalld"])
        let ended = world.exit(10, status: 3 << 8)
        let end = try #require(ended)
        #expect(!end.isStart && end.status == 3 << 8 && end.signal == nil && end.author.id.pid == 10)
        let again = world.exit(10)
        #expect(world.services.running.isEmpty && again == nil)
    }

    @Test func `that stood at the start are known, and begin no more`() {
        var world = World()
        let process = world.process(10, parent: 1, Self.python, ["python3", "/usr/sbin/firewalld"])
        let begun = world.services.exec(process, at: 0, isNew: false)
        let ended = world.exit(10)
        #expect(begun == nil && ended?.kind.name == "firewalld")
    }

    @Test func `are ended by who sent the signal`() throws {
        for (status, number) in [(Int32(9), Int32(9)), (15, 15), (0, 15)] {
            var world = World()
            _ = Self.firewalld(&world)
            world.signal(number, to: 10, from: 50)
            let ended = world.exit(10, status: status)
            let end = try #require(ended)
            #expect(end.author.id.pid == 50 && end.signal?.number == number)
        }
    }

    @Test func `are not put down to a signal that did not end them`() throws {
        var world = World()
        _ = Self.firewalld(&world)
        world.signal(17, to: 10, from: 50)
        world.signal(1, to: 10, from: 51)
        // SIGSEGV.
        let fault = world.exit(10, status: 11)
        #expect(fault != nil && fault?.signal == nil)
        _ = Self.firewalld(&world, pid: 20)
        world.signal(15, to: 20, from: 50)
        let late = world.exit(20, at: 101_000_000_001)
        #expect(late != nil && late?.signal == nil)
    }

    @Test func `go on in a child when they go to the background`() throws {
        var world = World()
        _ = world.exec(10, parent: 1, "/usr/sbin/sshguard", ["sshguard"])
        world.fork(10, 11)
        world.fork(11, 12)
        let (event, heir) = world.services.exit(ProcessID(pid: 10, start: 10), status: 0, at: 5)
        #expect(event == nil && heir?.id.pid == 11)
        let (child, main) = (world.exit(12), world.exit(11))
        #expect(child == nil && main?.kind.name == "sshguard")
    }

    @Test func `do not go on in a child that became another program`() {
        var world = World()
        _ = world.exec(10, parent: 1, "/usr/sbin/sshguard", ["sshguard"])
        world.fork(10, 11)
        _ = world.exec(11, parent: 10, "/usr/sbin/nft", ["nft"])
        let ended = world.exit(10)
        #expect(ended?.kind.name == "sshguard")
    }

    @Test(arguments: [
        ("/bin/sh", "/bin/sh /lib/ufw/ufw-init start quiet", "+ufw"),
        ("/bin/sh", "/bin/sh /lib/ufw/ufw-init force-stop", "-ufw"),
        ("/bin/sh", "/bin/sh /usr/sbin/netfilter-persistent flush", "-netfilter-persistent"),
        ("/bin/sh", "/bin/sh /usr/sbin/netfilter-persistent save", ""),
        ("/bin/sh", "/bin/sh /lib/ufw/ufw-init status", ""), ("/usr/bin/cat", "cat /lib/ufw/ufw-init stop", ""),
        ("/bin/bash", "bash /usr/libexec/iptables/iptables.init stop", "-iptables"),
    ])
    func `that are no daemons say what they do`(path: String, line: String, expected: String) {
        var world = World()
        let event = world.exec(10, parent: 1, path, line.split(separator: " ").map(String.init))
        #expect((event.map { ($0.isStart ? "+" : "-") + $0.kind.name } ?? "") == expected)
    }

    @Test func `of the operator's own are known by their programs, before those that are built in`() {
        var world = World()
        world.services.catalog = ServiceCatalog(
            kinds: [
                ServiceKind(name: "my-fw", units: ["my-fw"], programs: ["/opt/my/fw"], isDaemon: true),
                ServiceKind(name: "loader", units: [], programs: ["/opt/my/load"], isDaemon: false),
                ServiceKind(name: "own-ufw", units: [], programs: ["/lib/ufw/ufw-init"], isDaemon: false),
            ] + ServiceCatalog.builtIn)
        let begun = world.exec(10, parent: 1, Self.python, ["python3", "/opt/my/fw", "stop"])
        let ended = world.exit(10)
        #expect(begun?.kind.name == "my-fw" && begun?.isStart == true && ended?.isStart == false)
        let load = world.exec(11, parent: 1, "/opt/my/load", ["load", "start"])
        let unload = world.exec(12, parent: 1, "/opt/my/load", ["load", "stop"])
        #expect(load?.isStart == true && unload?.isStart == false && unload?.kind.name == "loader")
        let other = world.exec(13, parent: 1, "/tmp/fw", ["fw"])
        let ufw = world.exec(14, parent: 1, "/bin/sh", ["/bin/sh", "/lib/ufw/ufw-init", "stop"])
        #expect(other == nil && ufw?.kind.name == "own-ufw")
        let builtIn = world.exec(15, parent: 1, "/usr/sbin/sshguard", ["sshguard"])
        #expect(builtIn?.kind.name == "sshguard")
    }

    @Test func `of nftables are what systemd runs in its unit`() {
        var world = World()
        let flush = ["nft", "flush", "ruleset"]
        let stop = world.exec(10, parent: 1, "/usr/sbin/nft", flush, group: "nftables.service")
        let load = ["nft", "-f", "/etc/nftables.conf"]
        let start = world.exec(11, parent: 1, "/usr/sbin/nft", load, group: "nftables.service")
        #expect(stop?.isStart == false && start?.isStart == true)
        let other = world.exec(12, parent: 1, "/usr/sbin/nft", flush, group: "other.service")
        _ = world.exec(13, parent: 1, "/bin/sh", ["sh"], group: "nftables.service")
        let script = world.exec(14, parent: 13, "/usr/sbin/nft", flush, group: "nftables.service")
        #expect(other == nil && script == nil)
    }
}
