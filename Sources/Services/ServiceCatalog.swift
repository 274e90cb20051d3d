internal import Identity
package import Lineage
internal import Patterns
internal import Records

/// A service whose end leaves the host with less of a firewall, and how it is known.
package struct ServiceKind: Hashable, Sendable {
    /// As people call it.
    package var name: String
    /// Its units (systemd.unit(5)), for who stops it by name.
    package var units: [String]
    /// The files that it runs as: an executable's path or name, or a script's path.
    package var programs: [String]
    /// A daemon ends with its process; the others do their work and are gone, and say by an argument what it was.
    package var isDaemon: Bool

    package init(name: String, units: [String], programs: [String], isDaemon: Bool) {
        self.name = name
        self.units = units
        self.programs = programs
        self.isDaemon = isDaemon
    }
}

/// Which services are known.
package struct ServiceCatalog: Sendable {
    /// By the names of their programs' files: of each program that is started only these are looked at.
    private let byName: NameTable<[ServiceKind]>
    /// Those that have no program of their own.
    private let ofUnits: [ServiceKind]

    package init(kinds: [ServiceKind] = Self.builtIn) {
        ofUnits = kinds.filter { $0.programs.isEmpty }
        let byName: [[UInt8]: [ServiceKind]] = kinds.reduce(into: [:]) { byName, kind in
            for name in Set(kind.programs.map { Array(Array($0.utf8)[...].fileName) }) {
                byName[name, default: []].append(kind)
            }
        }
        self.byName = NameTable(byName)
    }

    /// Those of the distributions, by what their packages install.
    package static let builtIn = [
        ServiceKind(
            name: "firewalld", units: ["firewalld"], programs: ["/usr/sbin/firewalld", "/usr/bin/firewalld"],
            isDaemon: true),
        ServiceKind(
            name: "fail2ban", units: ["fail2ban"],
            programs: ["/usr/bin/fail2ban-server", "/usr/local/bin/fail2ban-server"],
            isDaemon: true),
        ServiceKind(
            name: "crowdsec-firewall-bouncer", units: ["crowdsec-firewall-bouncer", "cs-firewall-bouncer"],
            programs: ["/usr/bin/crowdsec-firewall-bouncer", "/usr/local/bin/crowdsec-firewall-bouncer"], isDaemon: true
        ),
        ServiceKind(
            name: "sshguard", units: ["sshguard"], programs: ["/usr/sbin/sshguard", "/usr/bin/sshguard"], isDaemon: true
        ),
        ServiceKind(
            name: "ufw", units: ["ufw"],
            programs: ["/lib/ufw/ufw-init", "/usr/lib/ufw/ufw-init", "/usr/libexec/ufw/ufw-init"],
            isDaemon: false),
        ServiceKind(
            name: "netfilter-persistent", units: ["netfilter-persistent", "iptables", "ip6tables"],
            programs: ["/usr/sbin/netfilter-persistent"], isDaemon: false),
        ServiceKind(
            name: "iptables", units: ["iptables", "ip6tables"],
            programs: ["/usr/libexec/iptables/iptables.init", "/usr/libexec/iptables/ip6tables.init"], isDaemon: false),
        ServiceKind(name: "nftables", units: ["nftables"], programs: [], isDaemon: false),
    ]

    /// What a program that was started does for a service.
    package enum Deed: Hashable, Sendable {
        /// It is the daemon.
        case runs
        case starts
        case stops
    }

    /// The service that a program belongs to, and what it does for it; nil: none.
    package func deed(of process: Process) -> (kind: ServiceKind, deed: Deed)? {
        let image = process.image
        if let kind = kind(of: image.path) ?? kind(of: image.invoked)
            ?? Script(of: process).flatMap({ kind(of: $0.path[...]) })
        {
            if kind.isDaemon { return (kind, .runs) }
            return Self.deed(image.arguments).map { (kind, $0) }
        }
        // What systemd runs for a service that has no program of its own: nft, by the unit's own lines.
        guard process.programName.elementsEqual("nft".utf8), process.parent?.isManager == true,
            let service = process.controlGroup?.service
        else { return nil }
        for kind in ofUnits where kind.units.contains(where: { service.elementsEqual("\($0).service".utf8) }) {
            return Self.deed(process.image.arguments).map { (kind, $0) }
        }
        return nil
    }

    private func kind(of path: ArraySlice<UInt8>) -> ServiceKind? {
        byName[path.fileName]?.first { $0.programs.contains { path.elementsEqual($0.utf8) } }
    }

    private static let stops = Set(["stop", "force-stop", "flush", "flush-all", "clear"].map { Array($0.utf8) })
    private static let starts = Set(
        ["start", "restart", "reload", "force-reload", "-f", "--file"].map { Array($0.utf8) })

    private static func deed(_ arguments: [ArraySlice<UInt8>]) -> Deed? {
        for argument in arguments.dropFirst() {
            let word = Array(argument)
            if stops.contains(word) { return .stops }
            if word.elementsEqual("save".utf8) { return nil }
            if starts.contains(word) { return .starts }
        }
        return nil
    }
}

extension Process {
    /// A manager of services, which does for others what they ask.
    package var isManager: Bool { id.pid == 1 || programName.elementsEqual("systemd".utf8) }
}
