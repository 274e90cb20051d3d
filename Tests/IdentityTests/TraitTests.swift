import Identity
import Lineage
import Records
import Testing

@Suite struct `Traits` {
    /// A chain, and the one trait that it shows.
    static let one: [(String, [Someone])] = [
        ("executable_deleted", [systemd, shell, Someone(links: 0)]),
        ("executable_in_memory", [systemd, shell, Someone(path: "/memfd:nft", links: 0, isMemFD: true)]),
        ("executable_in_memory", [systemd, shell, Someone(invoked: "/dev/fd/3")]),
        ("executable_in_temporary_place", [systemd, shell, Someone(path: "/var/tmp/nft")]),
        ("ancestor_in_temporary_place", [systemd, Someone(path: "/dev/shm/x"), shell, Someone()]),
        ("executable_not_owned_by_root", [systemd, shell, Someone(owner: 1000)]),
        ("executable_writable_by_others", [systemd, shell, Someone(mode: 0o100_757)]),
        ("other_mount_namespace", [systemd, shell, Someone(mounts: 2)]),
        ("below_network_service", [systemd, Someone(path: "/usr/sbin/php-fpm8.2"), nft]),
        ("stdin_socket", [systemd, shell, Someone(input: .socket)]),
        ("stdin_socket", [systemd, Someone(path: "/bin/sh", input: .socket), nft]),
        ("stdin_pipe", [systemd, shell, Someone(input: .pipe)]),
        ("no_login_and_no_service", [systemd, shell, Someone(login: nil, group: ["user.slice", "session-1.scope"])]),
        ("raw_netlink_by_no_firewall_tool", [systemd, shell, Someone(path: "/usr/bin/perl")]),
        ("preloaded_library", [systemd, shell, Someone(flags: .isPreloaded)]),
        ("environment_too_long", [systemd, shell, Someone(flags: .hasLongEnvironment)]),
        ("interpreter_environment", [systemd, Someone(path: "/usr/bin/bash", flags: .isInjected), Someone()]),
    ]

    @Test(arguments: one)
    func `show by themselves`(expected: String, people: [Someone]) {
        let found = traits(people)
        // What is not root's is no tool of root's either.
        let consequences = ["raw_netlink_by_no_firewall_tool", "executable_in_memory"]
        #expect(found.first == expected)
        #expect(found.dropFirst().allSatisfy(consequences.contains), "\(found)")
    }

    @Test func `are none of an administrator's nft, nor of a service's`() {
        #expect(traits([systemd, Someone(path: "/usr/sbin/sshd", login: nil), shell, nft]) == [])
        let service = Someone(login: nil, input: .characterDevice, group: ["system.slice", "nftables.service"])
        #expect(traits([systemd, service]) == [])
        let boot = Someone(login: nil, group: ["init.scope"])
        #expect(traits([systemd, boot]) == [])
    }

    @Test func `of a tool out of a place where none is installed are those of no tool`() {
        #expect(traits([systemd, shell, Someone(path: "/root/nft")]) == ["raw_netlink_by_no_firewall_tool"])
        #expect(traits([systemd, shell, Someone(path: "/opt/cni/bin/nft")]) == [])
    }

    @Test func `of firewalld, which is a script, are none`() {
        let firewalld = Someone(
            path: "/usr/bin/python3.11", arguments: ["python3", "/usr/sbin/firewalld", "--nofork"], login: nil,
            group: ["system.slice", "firewalld.service"])
        #expect(traits([systemd, firewalld]) == [])
        let other = Someone(path: "/usr/bin/python3.11", arguments: ["python3", "/opt/firewalld"])
        #expect(traits([systemd, other]) == ["raw_netlink_by_no_firewall_tool"])
    }

    @Test func `tell a shell below a server, and which`() throws {
        let web = Someone(path: "/usr/sbin/nginx")
        let found = Fact.all(context(chain([systemd, web, Someone(path: "/usr/bin/dash"), nft])))
        #expect(found.map(\.kind) == [.networkService, .shellBelowService])
        #expect(found.last?.evidence == "dash (pid 3) below nginx")
        #expect(traits([systemd, shell, web, nft]) == ["below_network_service"])
    }

    // MARK: What it says of itself

    static let arguments = Array("/usr/sbin/nft\0".utf8)

    @Test(
        arguments: [
            (arguments, false), (Array("[kworker/0:1]\0".utf8), true), (Array("/usr/sbin".utf8), true), (nil, false),
        ] as [([UInt8]?, Bool)])
    func `tell arguments that were written over`(now: [UInt8]?, isRewritten: Bool) {
        let found = Fact.all(context(chain([systemd, nft], arguments: now))).map(\.kind)
        #expect(found == (isRewritten ? [.argumentsRewritten] : []))
    }

    @Test func `let iptables write over a mark that stands alone, and nobody over more`() {
        let words = ["iptables", "-A", "x", "!", "-o", "br", "!x"]
        for (now, isTold) in [
            ("iptables\0-A\0x\0\0\0-o\0br\0!x\0", false), ("iptables\0-A\0x\0!\0-o\0br\0\0x\0", true),
            ("iptables\0-D\0x\0\0\0-o\0br\0!x\0", true),
        ] {
            let process = chain([systemd, Someone(arguments: words)], arguments: Array(now.utf8))
            #expect(Fact.all(context(process)).contains { $0.kind == .argumentsRewritten } == isTold)
        }
    }

    @Test func `look at the beginning of long arguments`() {
        let long = Someone(arguments: ["nft", String(repeating: "x", count: 500)])
        let bytes = Array(long.image.argumentBytes)
        #expect(Fact.all(context(chain([systemd, long], arguments: Array(bytes.prefix(128))))).isEmpty)
        #expect(Fact.all(context(chain([systemd, long], arguments: Array(bytes.prefix(100))))).count == 1)
    }

    @Test func `tell a name that was written over, but not a thread's own`() {
        #expect(Fact.all(context(chain([systemd, nft], comm: "kworker/1:0"))).map(\.kind) == [.nameRewritten])
        #expect(Fact.all(context(chain([systemd, nft], comm: "nft"))).isEmpty)
    }

    // MARK: Who it became

    static let user = Someone(path: "/usr/bin/bash", user: 1000, comm: "bash")
    static func sudo(at time: UInt64) -> Someone {
        Someone(path: "/usr/bin/sudo", user: 1000, effectiveUser: 0, mode: 0o104_755, time: time)
    }

    @Test func `tell a set-uid program shortly before, and for how long`() {
        let people = [systemd, Self.user, Self.sudo(at: 10 * second), nft]
        #expect(traits(people, time: 11 * second) == ["set_uid_shortly_before"])
        #expect(traits(people, time: 309 * second) == ["set_uid_shortly_before"])
        #expect(traits(people, time: 311 * second) == [])
    }

    @Test func `tell root that came by no set-uid program`() {
        let risen = Someone(path: "/usr/bin/bash", user: 0)
        #expect(traits([systemd, Self.user, risen, nft]) == ["root_without_set_uid"])
        // Forked as root: it never was anybody else.
        let process = chain([systemd, Self.user, risen, nft], forkedAs: [3: 0])
        #expect(Fact.all(context(process)).isEmpty)
        // A child that sudo forked before it took the other user's number.
        #expect(traits([systemd, Self.user, Self.sudo(at: 0), nft], time: 900 * second) == [])
    }

    // MARK: The files

    static func file(changed: Int64, folder: String? = nil) -> FileFindings {
        FileFindings(sha256: nil, modified: 0, changed: changed, writableFolder: folder)
    }

    static let changes: [(Int64, [Fact.Kind])] = [
        (0, []), (100, [.executableRecent]), (700, [.executableRecent]), (705, [.executableChanged]),
    ]

    @Test(arguments: changes)
    func `tell a file that was written shortly before its start, or since`(changed: Int64, expected: [Fact.Kind]) {
        let process = chain([systemd, Someone(time: 700 * second)])
        let findings = Self.file(changed: changed * Int64(second) + (changed == 100 ? 1 : 0))
        #expect(Fact.all(context(process, executable: findings)).map(\.kind) == expected)
    }

    @Test func `tell a folder that others may write to`() {
        let process = chain([systemd, Someone(time: 700 * second)])
        let found = Fact.all(context(process, executable: Self.file(changed: 0, folder: "/opt")))
        #expect(found.map(\.kind) == [.executableFolderWritable])
        #expect(Portrait(executable: Self.file(changed: 0), traits: found).pathTrust == .untrusted)
        #expect(Portrait(executable: Self.file(changed: 0)).pathTrust == .trusted)
        #expect(Portrait().pathTrust == .unknown)
    }

    @Test func `of a script in a temporary place are those of its interpreter`() {
        let python = Someone(path: "/usr/bin/python3", arguments: ["python3", "/tmp/x.py"])
        #expect(traits([systemd, python]) == ["executable_in_temporary_place", "raw_netlink_by_no_firewall_tool"])
    }
}
