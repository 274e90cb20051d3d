import Identity
import Lineage
import Records
import Testing

@Suite struct `The way in` {
    static func program(_ path: String, terminal: UInt32? = nil) -> Someone { Someone(path: path, terminal: terminal) }

    static func entry(_ paths: [String], terminal: UInt32? = nil) -> String {
        let people = [systemd] + paths.map { program($0, terminal: terminal) } + [nft]
        guard let entry = Entry(of: chain(people)) else { return "none" }
        return "\(entry.kind.rawValue) \(entry.leader.id.pid) of \(entry.gate.id.pid)"
    }

    @Test(arguments: [
        (["/usr/sbin/sshd", "/usr/sbin/sshd", "/usr/bin/bash"], "sshd 4 of 3"),
        (["/usr/sbin/sshd", "/usr/lib/openssh/sshd-session", "/usr/bin/bash"], "sshd 4 of 3"),
        (["/usr/sbin/sshd", "/usr/sbin/sshd", "/usr/bin/bash", "/usr/bin/sudo", "/usr/bin/bash"], "sshd 4 of 3"),
        (["/usr/sbin/cron", "/usr/sbin/cron", "/bin/sh"], "cron 4 of 3"),
        (["/usr/bin/login", "/usr/bin/bash"], "console 3 of 2"),
        (["/usr/bin/containerd-shim-runc-v2", "/usr/sbin/nginx", "/bin/sh"], "container 3 of 2"),
        (["/usr/bin/conmon", "/bin/sh"], "container 3 of 2"),
        (["/usr/bin/python3"], "init 2 of 1"),
        ([], "init 2 of 1"),
    ])
    func `is what let the nearest in that is let in`(paths: [String], expected: String) {
        #expect(Self.entry(paths) == expected)
    }

    @Test func `is a terminal where a service has one and nothing explains it`() {
        #expect(Self.entry(["/usr/bin/bash"], terminal: 5) == "terminal 2 of 1")
    }

    @Test func `is not what only calls itself so`() {
        let forged = Someone(path: "/home/a/sshd", owner: 1000)
        let entry = Entry(of: chain([systemd, forged, shell, nft]))
        #expect(entry?.kind == .`init` && entry?.leader.id.pid == 2)
    }

    @Test func `is not known where the chain ends before one`() {
        #expect(Entry(of: chain([Someone(path: "/sbin/agetty-less")])) == nil)
    }
}
