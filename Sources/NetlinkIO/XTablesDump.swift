internal import CLinux
internal import Glibc
public import XTables

/// Reads the legacy (x_tables) tables of a namespace.
///
/// Only tables that are there are asked for, by the list in /proc: to ask for any other would make it.
public enum XTablesDump {
    /// Every table of the families, of the namespace behind the descriptor or the thread's own.
    /// None where the kernel has no legacy tables, or /proc is not mounted.
    public static func tables(
        namespace: CInt? = nil, families: [XTFamily] = XTFamily.xtables
    ) throws(NetlinkIOError) -> [XTable] {
        try NetworkNamespace.run(in: namespace) { () throws(NetlinkIOError) in
            var tables: [XTable] = []
            for family in families where family != .bridge {
                let names = tableNames(family)
                if names.isEmpty { continue }
                let descriptor = try check("open a raw socket") {
                    socket(family.domain, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), Int32(IPPROTO_RAW))
                }
                defer { close(descriptor) }
                for name in names {
                    if let table = try table(name, family, descriptor) { tables.append(table) }
                }
            }
            return tables
        }
    }

    private static func tableNames(_ family: XTFamily) -> [String] {
        let descriptor = open("/proc/thread-self/net/\(family.namesFile)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1024)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            text += chunk[..<count]
        }
        return text.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Reads one table, or returns nil if it is gone. It is read again if it is replaced between the two calls.
    private static func table(
        _ name: String, _ family: XTFamily, _ descriptor: CInt
    ) throws(NetlinkIOError) -> XTable? {
        for _ in 0..<8 {
            do throws(NetlinkIOError) {
                let info = try information(name, family, descriptor)
                return try entries(info, family, descriptor)
            } catch  where error.code == EAGAIN {
                continue
            } catch  where error.code == ENOENT {
                return nil
            }
        }
        throw NetlinkIOError(operation: "read legacy table \(name) at rest", code: EAGAIN)
    }

    private static func information(
        _ name: String, _ family: XTFamily, _ descriptor: CInt
    ) throws(NetlinkIOError) -> XTInfo {
        var bytes = request(name, byteCount: XTInfo.byteCount(family))
        try getOption(family.infoOption, &bytes, family, descriptor, "look at legacy table \(name)")
        guard let info = bytes.withUnsafeBytes({ XTInfo(RawSpan(_unsafeBytes: $0), family: family) }) else {
            throw NetlinkIOError(operation: "look at legacy table \(name)", code: EINVAL)
        }
        return info
    }

    /// `struct ipt_get_entries`: the name, the size, padding to eight bytes, the entries.
    private static func entries(
        _ info: XTInfo, _ family: XTFamily, _ descriptor: CInt
    ) throws(NetlinkIOError) -> XTable {
        let head = 40
        var bytes = request(info.name, byteCount: head + Int(info.size))
        withUnsafeBytes(of: info.size) { size in bytes.replaceSubrange(32..<36, with: size) }
        try getOption(family.entriesOption, &bytes, family, descriptor, "read legacy table \(info.name)")
        return bytes.withUnsafeBytes {
            XTable.decode(
                entries: RawSpan(_unsafeBytes: $0).extracting(droppingFirst: head), family: family, name: info.name,
                hooks: info.hooks)
        }
    }

    /// Zeros, with the name of the table in front. They must be zeros: the kernel does not write all of an entry.
    private static func request(_ name: String, byteCount: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        for (index, byte) in name.utf8.prefix(31).enumerated() { bytes[index] = byte }
        return bytes
    }

    private static func getOption(
        _ option: CInt, _ bytes: inout [UInt8], _ family: XTFamily, _ descriptor: CInt, _ operation: String
    ) throws(NetlinkIOError) {
        var size = socklen_t(bytes.count)
        try check(operation) { getsockopt(descriptor, family.level, option, &bytes, &size) }
    }
}

extension XTFamily {
    fileprivate var domain: CInt { self == .ipv6 ? AF_INET6 : AF_INET }
    /// `SOL_IP` or `SOL_IPV6`
    fileprivate var level: CInt { self == .ipv6 ? 41 : 0 }
    /// `IPT_SO_GET_INFO`, or `ARPT_SO_GET_INFO`
    fileprivate var infoOption: CInt { self == .arp ? 96 : 64 }
    /// `IPT_SO_GET_ENTRIES`, or `ARPT_SO_GET_ENTRIES`
    fileprivate var entriesOption: CInt { infoOption + 1 }
    fileprivate var namesFile: String {
        switch self {
        case .ipv4: "ip_tables_names"
        case .ipv6: "ip6_tables_names"
        case .arp: "arp_tables_names"
        case .bridge: ""
        }
    }
}
