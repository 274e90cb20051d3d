import ConfigFiles
import Detection
import Testing

@Suite struct `A file that decides the next firewall` {
    static func file(
        _ text: String? = nil, kind: FileFacts.Kind = .file, target: String? = nil
    ) -> FileFacts {
        FileFacts(
            kind: kind, size: UInt64(text?.utf8.count ?? 0), mode: 0o644, user: 0, group: 0, device: 1, inode: 1,
            modified: 0, hash: text, text: text, target: target.map { Array($0.utf8) })
    }

    static func weakness(
        _ kind: ConfigKind, _ operation: ConfigChange.Operation = .written, _ before: FileFacts?, _ after: FileFacts?
    ) -> ConfigWeakness? {
        ConfigWeakness(
            ConfigChange(
                path: BytePath("/etc/x"), kind: kind, operation: operation, movedFrom: nil, before: before,
                after: after, source: .kernel, author: nil, others: [], time: 1))
    }

    @Test(arguments: [
        (ConfigKind.ufw, "ENABLED=yes\nLOGLEVEL=low\n", "ENABLED=no\nLOGLEVEL=low\n", true),
        (.ufw, "ENABLED=yes\nLOGLEVEL=low\n", "ENABLED=yes\nLOGLEVEL=off\n", false),
        (.ufw, "DEFAULT_INPUT_POLICY=\"DROP\"\n", "DEFAULT_INPUT_POLICY=\"ACCEPT\"\n", true),
        (.nftables, "drop\ndrop\naccept\n", "accept\n", true),
        (.nftables, "table inet f {}\n", "", true),
        (.iptables, "-j DROP\n-j REJECT\n-j DROP\n-j DROP\n", "-j DROP\n-j DROP\n", false),
        (.sysctl, "", "net.bridge.bridge-nf-call-iptables = 0\n", true),
        (.sysctl, "net/bridge/bridge-nf-call-iptables=1", "net/bridge/bridge-nf-call-iptables=0", true),
        (.modules, "", "blacklist nf_tables\n", true), (.modules, "", "install ip_tables /bin/true\n", true),
    ])
    func `is weaker`(kind: ConfigKind, before: String, after: String, isOff: Bool) throws {
        let found = try #require(Self.weakness(kind, .written, Self.file(before), Self.file(after)))
        #expect(found.isSwitchedOff == isOff && !found.text.isEmpty)
    }

    @Test(arguments: [
        (ConfigKind.ufw, "ENABLED=no\n", "ENABLED=yes\n"), (.ufw, "LOGLEVEL=off\n", "LOGLEVEL=low\n"),
        (.nftables, "accept\n", "drop\n"), (.nftables, "drop\ndrop\ndrop\ndrop\ndrop\n", "drop\ndrop\ndrop\ndrop\n"),
        (.nftables, "# drop\n# drop\n# drop\n", "accept\n"), (.sysctl, "", "net.ipv4.ip_forward = 0\n"),
        (.sysctl, "", "#net.bridge.bridge-nf-call-iptables = 0\n"), (.modules, "", "blacklist nouveau\n"),
        (.other, "drop\ndrop\n", ""),
    ])
    func `is not`(kind: ConfigKind, before: String, after: String) {
        #expect(Self.weakness(kind, .written, Self.file(before), Self.file(after)) == nil)
    }

    @Test func `is gone, or its unit is not started any more`() {
        let link = Self.file(kind: .symlink, target: "/lib/systemd/system/nftables.service")
        let mask = Self.file(kind: .symlink, target: "/dev/null")
        #expect(Self.weakness(.nftables, .removed, Self.file("x"), nil)?.isSwitchedOff == true)
        #expect(Self.weakness(.unit, .removed, link, nil)?.isSwitchedOff == true)
        #expect(Self.weakness(.unit, .created, nil, mask)?.isSwitchedOff == true)
        #expect(Self.weakness(.unit, .removed, mask, nil) == nil)
        #expect(Self.weakness(.unit, .created, nil, link) == nil)
        for (from, to, isAway) in [
            ("/etc/ufw/user.rules", "/etc/ufw/user.rules.old", true), ("/etc/ufw/user.rules", "/etc/ufw/x", true),
            ("/etc/ufw/user.rules.new", "/etc/ufw/user.rules", false),
        ] {
            let change = ConfigChange(
                path: BytePath(to), kind: .ufw, operation: .moved, movedFrom: BytePath(from), before: Self.file("x"),
                after: Self.file("x"), source: .kernel, others: [], time: 1)
            #expect((ConfigWeakness(change) != nil) == isAway)
        }
        #expect(Self.weakness(.wallwatch, .removed, Self.file("x"), nil)?.isSwitchedOff == false)
    }
}
