internal import CLinux
internal import Glibc

/// A part of the kernel's firewall that may be a module, which is loaded by the first request to it.
///
/// To ask nfnetlink's subsystem for anything, even its generation, loads the module, and so does joining its
/// notification group. A watcher should not: ask `isLoaded` first.
public enum KernelSubsystem: String, CaseIterable, Sendable {
    case nfTables = "nf_tables"
    case ipSet = "ip_set"
    case ipTables = "ip_tables"
    case ip6Tables = "ip6_tables"
    case arpTables = "arp_tables"
    case nfnetlink = "nfnetlink"

    /// A function it always has, to know it by where it is built in.
    private var symbol: String {
        switch self {
        case .nfTables: "nf_tables_newtable"
        case .ipSet: "ip_set_create"
        case .ipTables: "ipt_do_table"
        case .ip6Tables: "ip6t_do_table"
        case .arpTables: "arpt_do_table"
        case .nfnetlink: "nfnetlink_rcv"
        }
    }

    /// Whether it is built in, or a module that is at work. Asking loads nothing.
    public var isLoaded: Bool { isLiveModule || isBuiltIn }

    /// Whether it is a module whose init is done and whose exit has not begun.
    public var isLiveModule: Bool {
        let descriptor = open("/sys/module/\(rawValue)/initstate", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var state: [UInt8] = [0, 0, 0, 0]
        return read(descriptor, &state, state.count) == state.count && state == Array("live".utf8)
    }

    /// Whether it is part of the kernel itself, for good: what was once asked may be remembered. All of /proc/kallsyms
    /// is read, which takes some 30 ms. False if /proc is not mounted.
    public var isBuiltIn: Bool { KernelSubsystem.isOfKernel(symbol) }

    /// Looks for a line of the form `address type name`; a module's goes on with a tab and `[module]`.
    private static func isOfKernel(_ name: String) -> Bool {
        let descriptor = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let pattern = [UInt8(ascii: " ")] + Array(name.utf8)
        var chunk = [UInt8](repeating: 0, count: 65536)
        var matched = 0
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return false }
            for byte in chunk[..<count] {
                if matched == pattern.count {
                    if byte == UInt8(ascii: "\n") { return true }
                    matched = 0
                }
                if byte == pattern[matched] {
                    matched += 1
                } else {
                    matched = byte == pattern[0] ? 1 : 0
                }
            }
        }
    }
}
