internal import Identity
internal import Inventory

/// Programs that change firewalls as their work, what of the firewall is theirs, and how they are known
/// (`docs/detection.md` has the table).
struct KnownWriter: Hashable, Sendable {
    var name: String
    /// Files of their programs, from the root.
    var programs: [String]
    /// Units they run in; empty: any.
    var units: [String]
    /// It runs in a container, with paths of the container's own.
    var isContained: Bool
    /// Beginnings of names of tables, of chains and of sets that are theirs alone.
    var tables: [String]
    var chains: [String]
    var sets: [String]

    init(
        _ name: String, programs: [String], units: [String] = [], isContained: Bool = false, tables: [String] = [],
        chains: [String] = [],
        sets: [String] = []
    ) {
        self.isContained = isContained
        self.name = name
        self.programs = programs
        self.units = units
        self.tables = tables
        self.chains = chains
        self.sets = sets
    }

    /// Those that are trusted with what is theirs, unless all of the firewall goes.
    static let builtIn = [
        KnownWriter(
            "firewalld", programs: ["/usr/sbin/firewalld", "/usr/bin/firewalld", "/sbin/firewalld"],
            units: ["firewalld.service"], tables: ["firewalld"]),
        KnownWriter(
            "docker", programs: ["/usr/sbin/dockerd", "/usr/bin/dockerd"], units: ["docker.service"],
            tables: ["docker-bridges"], chains: ["DOCKER"]),
        KnownWriter(
            "fail2ban", programs: ["/usr/bin/fail2ban-server"], units: ["fail2ban.service"], tables: ["f2b-"],
            chains: ["f2b-"], sets: ["f2b-"]),
        KnownWriter(
            "netavark", programs: ["/usr/lib/podman/netavark", "/usr/libexec/podman/netavark"],
            tables: ["netavark"], chains: ["NETAVARK"]),
        KnownWriter(
            "crowdsec", programs: ["/usr/bin/crowdsec-firewall-bouncer"],
            units: ["crowdsec-firewall-bouncer.service", "cs-firewall-bouncer.service"],
            tables: ["crowdsec"], chains: ["CROWDSEC"], sets: ["crowdsec"]),
        KnownWriter(
            "libvirt", programs: ["/usr/sbin/libvirtd", "/usr/sbin/virtnetworkd"],
            units: ["libvirtd.service", "virtnetworkd.service"], tables: ["libvirt_network"], chains: ["LIBVIRT_"]),
        KnownWriter(
            "tailscale", programs: ["/usr/sbin/tailscaled", "/usr/bin/tailscaled"], units: ["tailscaled.service"],
            chains: ["ts-"]),
        KnownWriter(
            "NetworkManager", programs: ["/usr/sbin/NetworkManager", "/usr/bin/NetworkManager"],
            units: ["NetworkManager.service"], tables: ["nm-shared"], chains: ["nm-sh-"]),
        KnownWriter("kubelet", programs: ["/usr/bin/kubelet"], units: ["kubelet.service"], chains: ["KUBE-"]),
        KnownWriter(
            "calico", programs: ["/usr/bin/calico-node", "/bin/calico-node"], isContained: true, chains: ["cali-"]),
        KnownWriter(
            "cilium", programs: ["/usr/bin/cilium-agent"], isContained: true, chains: ["CILIUM_", "OLD_CILIUM_"]),
        KnownWriter(
            "kube-proxy", programs: ["/usr/local/bin/kube-proxy", "/usr/bin/kube-proxy"], isContained: true,
            tables: ["kube-proxy"],
            chains: ["KUBE-"]),
    ]

    /// Whether somebody is this writer, or works for it. Whoever runs what others can write is nobody's helper, whatever
    /// he is called; whose paths are a container's is one in that container's own network, or where it has to be.
    func isWriter(_ actor: Actor, _ netns: Netns) -> Bool {
        switch actor.pathTrust {
        case .untrusted: return false
        case .unknown: guard isContained && actor.container != nil || !netns.isHost else { return false }
        case .trusted: break
        }
        return actor.callers.contains { program in
            program.isGenuine && !program.isInjected
                && [program.executable, program.script].contains { $0.map(programs.contains) ?? false }
                && (units.isEmpty || program.unit.map(units.contains) ?? false)
        }
    }

    /// Whether something that was done was done to what is theirs.
    func owns(_ step: Alteration.Step) -> Bool {
        func isOwn(_ name: String?, _ own: [String]) -> Bool {
            guard let name else { return false }
            return own.contains { name.hasPrefix($0) }
        }
        if isOwn(step.table, tables) || isOwn(step.set, sets) { return true }
        // Of a chain alone: a table that goes takes more with it.
        guard step.set == nil else { return false }
        // Elsewhere a rule that leads there is theirs too.
        return isOwn(step.chain, chains) || step.leadsTo?.allSatisfy { isOwn($0, chains) } ?? false
    }

    func owns(_ alteration: Alteration) -> Bool {
        !alteration.isCut && !alteration.steps.isEmpty && alteration.steps.allSatisfy(owns)
    }
}
