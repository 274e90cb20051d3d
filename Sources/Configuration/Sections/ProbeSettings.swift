public import SystemPackage

/// `[probes]`: the kernel half.
public struct ProbeSettings: Hashable, Sendable {
    /// Which hooks are tried.
    public var tier = ProbeTier.auto
    /// The ring buffer all records go through.
    public var ringBytes = 8 << 20
    /// How much of a netlink request is copied before a dump has to make good the rest.
    public var requestBytes = 262_144
    /// How much of a command line is copied.
    public var argumentBytes = 4096
    /// Whether system calls are traced where better hooks are refused.
    public var syscallTracing = SyscallTracing.auto
    /// Whether the kernel half goes on recording when the daemon is dead, for the next one to read.
    public var pin = true
    /// Where it is pinned: a folder of a BPF file system.
    public var pinDirectory: FilePath = "/sys/fs/bpf/wallwatch"
}

/// Which hooks are tried.
public enum ProbeTier: String, CaseIterable, Hashable, Sendable {
    /// The best that this kernel allows.
    case auto
    /// fentry and LSM.
    case full
    /// kprobes instead of fentry.
    case kprobe
    /// Tracepoints only.
    case restricted
}

/// Whether system calls are traced.
public enum SyscallTracing: String, CaseIterable, Hashable, Sendable {
    /// Where nothing better works.
    case auto
    /// In every tier.
    case always
    /// In none.
    case never
}

extension ProbeSettings: ConfigurationSection {
    static var keys: [Key<ProbeSettings>] {
        [
            Key("tier", \.tier, .choice),
            Key("ring_bytes", \.ringBytes, .size(256 << 10...256 << 20, powerOfTwo: true)),
            Key("request_bytes", \.requestBytes, .size(4096...16 << 20)),
            Key("argument_bytes", \.argumentBytes, .size(256...16_384)),
            Key("syscall_tracing", \.syscallTracing, .choice),
            Key("pin", \.pin, .boolean),
            Key("pin_directory", \.pinDirectory, .absolutePath),
        ]
    }
}
