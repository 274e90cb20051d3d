/// The privileges the collector needs, and what for.
package enum Capabilities {
    private static let needed: [(bit: UInt64, name: String, purpose: String)] = [
        (39, "CAP_BPF", "load BPF programs"), (38, "CAP_PERFMON", "trace the kernel"),
        (12, "CAP_NET_ADMIN", "read firewall rules and their notifications"),
        (19, "CAP_SYS_PTRACE", "read the namespaces of other users' processes"),
    ]
    private static let systemAdministrator: UInt64 = 21

    /// What of it this process has not, worded as `CAP_BPF (load BPF programs)`; empty if it has all.
    package static func missing() -> [String] {
        let status = String(decoding: TextFile.bytes("/proc/self/status") ?? [], as: UTF8.self)
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let effective = line.flatMap { UInt64($0.drop { $0 != "\t" }.dropFirst(), radix: 16) } ?? 0
        // CAP_SYS_ADMIN stands in for the two that were split from it in 5.8.
        let has = { (bit: UInt64) in
            effective & 1 << bit != 0 || bit >= 38 && effective & 1 << systemAdministrator != 0
        }
        return needed.filter { !has($0.bit) }.map { "\($0.name) (\($0.purpose))" }
    }
}
