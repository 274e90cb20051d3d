/// What a file is to the firewall.
package enum ConfigKind: String, CaseIterable, Sendable {
    case nftables
    case iptables
    case ufw
    case firewalld
    /// A unit of systemd that loads a firewall, a drop-in of one, or the link that starts it at boot.
    case unit
    /// Settings of the kernel that switch netfilter (`bridge-nf-call-iptables` and the like).
    case sysctl
    /// Which modules are loaded or kept from it.
    case modules
    /// wallwatch's own.
    case wallwatch
    /// One that the configuration names.
    case other
}

extension ConfigPlan {
    /// Units that load a firewall or are one.
    package static let units = [
        "nftables", "firewalld", "ufw", "iptables", "ip6tables", "netfilter-persistent", "ebtables", "arptables",
        "ipset", "shorewall", "shorewall6", "fail2ban", "crowdsec-firewall-bouncer", "wallwatch",
    ]

    /// Adds services of systemd: their files, drop-ins, and the links that start them at boot. An instance
    /// (`NAME@INSTANCE`) has the file of its template too.
    package mutating func add(units: [String]) {
        let templates = units.compactMap { unit in
            unit.firstIndex(of: "@").map { String(unit[...$0]) }
        }
        for folder in ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system"] {
            for unit in units + templates {
                for pattern in ["", ".d/**"] { add("\(folder)/\(unit).service\(pattern)", Meaning(.unit)) }
                for link in ["wants", "requires"] { add("\(folder)/*.\(link)/\(unit).service", Meaning(.unit)) }
            }
        }
    }

    /// The files that Debian's, Fedora's, SUSE's and Arch's packages read.
    package static var standard: ConfigPlan {
        var plan = ConfigPlan()
        func add(_ kind: ConfigKind, _ words: [String] = [], _ patterns: [String]) {
            for pattern in patterns { plan.add(pattern, Meaning(kind, words: words)) }
        }
        add(.nftables, [], ["/etc/nftables.conf", "/etc/nftables/**", "/etc/sysconfig/nftables.conf"])
        add(.nftables, [], ["/etc/sysconfig/nftables", "/etc/nftables.d/**"])
        add(
            .iptables, [],
            [
                "/etc/iptables/**", "/etc/sysconfig/iptables", "/etc/sysconfig/ip6tables",
                "/etc/sysconfig/iptables-config", "/etc/sysconfig/ip6tables-config", "/etc/sysconfig/ipset",
                "/etc/iptables.rules", "/etc/iptables.up.rules", "/etc/ipset.conf", "/etc/default/netfilter-persistent",
            ])
        add(.ufw, [], ["/etc/ufw/**", "/etc/default/ufw"])
        add(.firewalld, [], ["/etc/firewalld/**", "/usr/lib/firewalld/**", "/etc/sysconfig/firewalld"])
        plan.add(units: units)
        let switches = ["bridge-nf-call", "bridge.bridge-nf", "net.netfilter.", "net/netfilter/", "nf_conntrack"]
        add(
            .sysctl, switches,
            ["/etc/sysctl.conf"]
                + ["/etc", "/run", "/usr/lib", "/usr/local/lib"].map { "\($0)/sysctl.d/*.conf" })
        let modules = [
            "nf_", "nft_", "nfnetlink", "ip_tables", "ip6_tables", "iptable_", "ip6table_", "x_tables", "xt_",
        ]
        let more = ["ip_set", "br_netfilter", "ebtable", "arptable"]
        add(
            .modules, modules + more,
            ["/etc/modules"]
                + ["/etc", "/run", "/usr/lib"].flatMap { ["\($0)/modprobe.d/*.conf", "\($0)/modules-load.d/*.conf"] })
        add(.wallwatch, [], ["/etc/wallwatch/**"])
        return plan
    }
}
