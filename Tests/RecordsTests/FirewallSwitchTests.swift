import Records
import Testing

@Suite struct `A switch of the firewall` {
    static func effect(_ name: String, _ before: String, _ after: String?) throws -> FirewallSwitch.Effect {
        let known = try #require(FirewallSwitch(path: Array("net/\(name)".utf8)))
        return known.effect(of: after.map { Array($0.utf8) }, on: Array(before.utf8))
    }

    @Test(arguments: [
        ("bridge/bridge-nf-call-iptables", "1\n", "0"), ("bridge/bridge-nf-call-ip6tables", "1\n", "0\n"),
        ("bridge/bridge-nf-filter-vlan-tagged", "1\n", " \t\u{b}0 1"), ("netfilter/nf_conntrack_checksum", "1", "0x0"),
        ("netfilter/nf_conntrack_tcp_be_liberal", "0\n", "1"), ("netfilter/nf_conntrack_tcp_be_liberal", "0\n", "-1"),
        ("netfilter/nf_conntrack_tcp_loose", "0", "010"), ("netfilter/nf_conntrack_helper", "0", "0X1f"),
    ])
    func `is weaker in one position`(name: String, before: String, after: String) throws {
        #expect(try Self.effect(name, before, after) == .weaker)
        #expect(try Self.effect(name, after, before) == .other)
    }

    @Test func `that stays where it is does nothing, whatever number stands for it`() throws {
        for (before, after) in [("1\n", "1"), ("1", "2"), ("1", "-3"), ("0\n", "00"), ("0", "0x00 7")] {
            #expect(try Self.effect("bridge/bridge-nf-call-iptables", before, after) == .none)
        }
    }

    @Test func `that is given what is no number is told, and not as weaker`() throws {
        for after in ["", "off", "0x", "09", "1a", "+1", "--1", "0\u{b}"] {
            #expect(try Self.effect("netfilter/nf_conntrack_tcp_be_liberal", "0", after) == .other, "\(after)")
        }
        #expect(try Self.effect("netfilter/nf_conntrack_tcp_be_liberal", "0", nil) == .other)
    }

    @Test func `that only sends packets elsewhere is never weaker`() throws {
        for (before, after) in [("0", "1"), ("1", "0")] {
            #expect(try Self.effect("bridge/bridge-nf-pass-vlan-input-dev", before, after) == .other)
        }
    }

    @Test func `has a path that the kernel half can hold, a name and a reason`() {
        #expect(
            FirewallSwitch.all.allSatisfy { $0.path.utf8.count < 64 && !$0.name.contains("/") && !$0.reason.isEmpty })
        #expect(FirewallSwitch(path: Array("net/ipv4/ip_forward".utf8)) == nil)
    }
}
