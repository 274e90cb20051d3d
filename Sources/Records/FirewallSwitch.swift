/// A switch of the kernel (sysctl) that turns a part of netfilter off, or makes its checks laxer.
package struct FirewallSwitch: Hashable, Sendable {
    /// Which position leaves less of a firewall.
    package enum Weak: Sendable {
        case off
        case on
        /// Neither: other rules apply.
        case neither
    }

    /// From /proc/sys on.
    package var path: String
    package var weak: Weak
    /// What it does in that position, or at all.
    package var reason: String

    private init(_ path: String, weak: Weak, _ reason: String) {
        self.path = path
        self.weak = weak
        self.reason = reason
    }

    /// Those of net/bridge/br_netfilter_hooks.c, net/netfilter/nf_conntrack_standalone.c and
    /// Documentation/networking/nf_conntrack-sysctl.rst that decide which packets meet rules, and what rules may take
    /// for a known connection. Sizes, times and logs are none.
    package static let all = [
        FirewallSwitch(
            "net/bridge/bridge-nf-call-iptables", weak: .off, "bridged IPv4 packets no longer meet the rules of IPv4"),
        FirewallSwitch(
            "net/bridge/bridge-nf-call-ip6tables", weak: .off, "bridged IPv6 packets no longer meet the rules of IPv6"),
        FirewallSwitch(
            "net/bridge/bridge-nf-call-arptables", weak: .off, "bridged ARP packets no longer meet the rules of ARP"),
        FirewallSwitch(
            "net/bridge/bridge-nf-filter-vlan-tagged", weak: .off,
            "bridged packets with a VLAN tag no longer meet the rules of IP and ARP"),
        FirewallSwitch(
            "net/bridge/bridge-nf-filter-pppoe-tagged", weak: .off,
            "bridged packets in PPPoE no longer meet the rules of IP"),
        FirewallSwitch(
            "net/bridge/bridge-nf-pass-vlan-input-dev", weak: .neither,
            "bridged packets with a VLAN tag meet the rules of another input device"),
        // Once on the kernel keeps it on (EBUSY): the attempt is told.
        FirewallSwitch(
            "net/netfilter/nf_hooks_lwtunnel", weak: .off, "packets in lightweight tunnels no longer meet rules"),
        FirewallSwitch(
            "net/netfilter/nf_conntrack_tcp_be_liberal", weak: .on,
            "TCP segments out of window are no longer invalid: they pass as part of a known connection"),
        FirewallSwitch(
            "net/netfilter/nf_conntrack_tcp_ignore_invalid_rst", weak: .on,
            "TCP resets out of window are no longer invalid"),
        FirewallSwitch(
            "net/netfilter/nf_conntrack_tcp_loose", weak: .on,
            "TCP segments without a handshake begin a known connection"),
        // Where the kernel has DCCP.
        FirewallSwitch(
            "net/netfilter/nf_conntrack_dccp_loose", weak: .on,
            "DCCP packets without a handshake begin a known connection"),
        FirewallSwitch(
            "net/netfilter/nf_conntrack_checksum", weak: .off, "packets with a wrong checksum are no longer invalid"),
        // On 5.10, no more on 6.1.
        FirewallSwitch(
            "net/netfilter/nf_conntrack_helper", weak: .on,
            "packets open further ports by what they say (FTP, SIP, …), without a rule that lets them"),
    ]

    private static let byPath = Dictionary(uniqueKeysWithValues: all.map { (Array($0.path.utf8), $0) })

    package init?(path: [UInt8]) {
        guard let known = Self.byPath[path] else { return nil }
        self = known
    }

    /// As sysctl(8) spells it.
    package var name: String { path.replacing("/", with: ".") }

    /// What a write means.
    package enum Effect: Sendable {
        /// It stays in its position.
        case none
        case weaker
        case other
    }

    /// Of what is no number it is not known what the kernel makes of it: mostly an error.
    package func effect(of after: [UInt8]?, on before: [UInt8]) -> Effect {
        guard let new = after.flatMap(Self.position) else { return .other }
        guard Self.position(before) != new else { return .none }
        switch weak {
        case .off: return new ? .other : .weaker
        case .on: return new ? .weaker : .other
        case .neither: return .other
        }
    }

    /// Whether a text is a number other than 0, as proc_dointvec and proc_dou8vec_minmax read it (kernel/sysctl.c): blanks,
    /// a sign, digits in C's notation, and then nothing or a blank. nil: it is none.
    private static func position(_ text: [UInt8]) -> Bool? {
        var rest = text.drop { $0 == 32 || (9...13).contains($0) }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        var base: UInt8 = 10
        if rest.first == UInt8(ascii: "0"), rest.count > 1 {
            base = 8
            if let mark = rest.dropFirst().first, mark | 0x20 == UInt8(ascii: "x") {
                base = 16
                rest = rest.dropFirst(2)
            }
        }
        let digits = rest.prefix { digit($0).map { $0 < base } ?? false }
        guard !digits.isEmpty else { return nil }
        if let next = rest.dropFirst(digits.count).first, ![32, 9, 10].contains(next) { return nil }
        return digits.contains { $0 != UInt8(ascii: "0") }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
