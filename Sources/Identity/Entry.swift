package import Lineage
internal import Patterns
internal import Records

/// How somebody came onto the host: the first process of a session, of a service or of a container above a process, and
/// what let it in (ECS: `process.entry_leader`).
package struct Entry {
    /// The ways in. Names are ECS's where it has them.
    package enum Kind: String, CaseIterable, Sendable {
        case sshd
        /// getty, login or a display manager.
        case console
        case cron
        case container
        /// systemd, or another init: a service.
        case `init`
        case kubelet
        case ssm
        case teleport
        /// A terminal that nothing else explains.
        case terminal
    }

    package var leader: Process
    package var kind: Kind
    /// The process that let it in: whose connection tells where a login came from.
    package var gate: Process

    /// The nearest way in above a process; nil where the chain does not reach one.
    package init?(of process: Process) {
        let chain = process.chain
        for (below, above) in zip(chain, chain.dropFirst()) {
            guard var kind = Self.kind(of: above), !Self.isPart(below, of: kind) else { continue }
            if kind == .`init` {
                // What lets others in is a service itself, and its own work is a service's.
                if below.terminal != nil, Self.kind(of: below) == nil { kind = .terminal }
            }
            self.init(leader: below, kind: kind, gate: above)
            return
        }
        return nil
    }

    private init(leader: Process, kind: Kind, gate: Process) {
        self.leader = leader
        self.kind = kind
        self.gate = gate
    }

    /// What a process lets others in by; a name alone proves nothing, so its file has to be root's.
    private static func kind(of process: Process) -> Kind? {
        // The first process of a container's pid namespace is started by the runtime; the host's is init.
        if process.id.pid == 1 { return .`init` }
        guard process.isOfRoot else { return nil }
        return gates[process.programName]
    }

    private static let gates: NameTable<Kind> = {
        let names: [Kind: [String]] = [
            .sshd: ["sshd", "sshd-session", "sshd-auth", "dropbear"],
            .console: ["login", "agetty", "getty", "gdm-session-worker", "lightdm", "sddm-helper", "greetd"],
            .cron: ["cron", "crond", "atd", "anacron", "fcron"],
            .container: [
                "containerd-shim-runc-v2", "containerd-shim", "conmon", "systemd-nspawn", "lxc-start", "runc", "crun",
            ],
            .kubelet: ["kubelet"], .ssm: ["amazon-ssm-agent", "ssm-session-worker", "ssm-agent-worker"],
            .teleport: ["teleport"], .`init`: ["systemd", "init"],
        ]
        return NameTable(Dictionary(uniqueKeysWithValues: names.flatMap { kind, names in names.map { ($0, kind) } }))
    }()

    /// Whether a process is itself still of what lets in: sshd's monitor, the second fork of cron, the shim below a shim.
    private static func isPart(_ process: Process, of kind: Kind) -> Bool { Self.kind(of: process) == kind }
}

extension Process {
    /// The name of its file, or the kernel's name for it where the file is not known.
    package var programName: ArraySlice<UInt8> {
        image.path.isEmpty ? name?.bytes[...] ?? [] : image.name
    }

    /// Whether its file belongs to root and nobody else may write it; of one whose file is not known, whether it runs as
    /// root.
    var isOfRoot: Bool {
        guard let file = task?.executable, file.inode != 0 else { return user == 0 }
        return file.owner == 0 && file.mode & 0o002 == 0 && !file.isMemFD
    }

    var terminal: UInt32? { task?.terminal }
}
