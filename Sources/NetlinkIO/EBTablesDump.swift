internal import CLinux
internal import Glibc
public import XTables

/// Reads tables of ebtables-legacy.
///
/// There is no list of them, and to ask for one loads its module, and since 5.15 (87663c39f898) makes it in the
/// namespace. So only those are asked for that the caller names, and whose module is there.
public enum EBTablesDump {
    /// The tables that the kernel has.
    public static let standard = ["filter", "nat", "broute"]

    /// Whether to ask for a table loads nothing. One that is built into the kernel has no folder, and is not looked at.
    public static func isLoaded(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.allSatisfy({ isPlain($0) }) else { return false }
        return access("/sys/module/ebtable_\(name)", F_OK) == 0
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "_")
    }

    /// Of the tables with these names those that are there, of the namespace behind the descriptor or the thread's
    /// own.
    public static func tables(
        named names: [String], namespace: CInt? = nil
    ) throws(NetlinkIOError) -> [XTable] {
        let names = names.filter { isLoaded($0) }
        guard !names.isEmpty else { return [] }
        return try NetworkNamespace.run(in: namespace) { () throws(NetlinkIOError) in
            let descriptor = try check("open a raw socket") {
                socket(AF_INET, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), Int32(IPPROTO_RAW))
            }
            defer { close(descriptor) }
            var tables: [XTable] = []
            for name in names {
                if let table = try table(name, descriptor) { tables.append(table) }
            }
            return tables
        }
    }

    /// Reads one table, or returns nil if there is none. It is read again if it is replaced between the two calls.
    private static func table(_ name: String, _ descriptor: CInt) throws(NetlinkIOError) -> XTable? {
        for _ in 0..<8 {
            do throws(NetlinkIOError) {
                var bytes = [UInt8](repeating: 0, count: EBInfo.byteCount)
                for (index, byte) in name.utf8.prefix(31).enumerated() { bytes[index] = byte }
                try getOption(infoOption, &bytes, descriptor, "look at ebtables' \(name)")
                guard let info = bytes.withUnsafeBytes({ EBInfo(RawSpan(_unsafeBytes: $0)) }) else { return nil }
                return try entries(info, bytes, descriptor)
            } catch  where error.code == EINVAL {
                // Of another size than a moment ago.
                continue
            } catch  where error.code == ENOENT || error.code == ENOPROTOOPT {
                return nil
            }
        }
        throw NetlinkIOError(operation: "read ebtables' \(name) at rest", code: EAGAIN)
    }

    /// The kernel writes the entries to where the last field of `struct ebt_replace` points, and not all of their
    /// bytes: they must be zeros.
    private static func entries(
        _ info: EBInfo, _ bytes: [UInt8], _ descriptor: CInt
    ) throws(NetlinkIOError) -> XTable {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(info.size), alignment: 8)
        defer { room.deallocate() }
        room.initializeMemory(as: UInt8.self, repeating: 0)
        // Neither counters nor hooks are asked for.
        var request = Array(bytes.prefix(44)) + [UInt8](repeating: 0, count: EBInfo.byteCount - 44 + Int(info.size))
        withUnsafeBytes(of: UInt64(UInt(bitPattern: room.baseAddress))) { address in
            request.replaceSubrange(112..<120, with: address)
        }
        // Its size is to count what it points to as well. It has that room, for programs of cgroup/getsockopt.
        try getOption(entriesOption, &request, descriptor, "read ebtables' \(info.name)")
        return XTable.decode(
            ebtables: UnsafeRawBufferPointer(room).bytes, name: info.name, validHooks: info.validHooks)
    }

    private static func getOption(
        _ option: CInt, _ bytes: inout [UInt8], _ descriptor: CInt, _ operation: String
    ) throws(NetlinkIOError) {
        var size = socklen_t(bytes.count)
        try check(operation) { getsockopt(descriptor, 0, option, &bytes, &size) }
    }

    /// `EBT_SO_GET_INFO`
    private static let infoOption: CInt = 128
    /// `EBT_SO_GET_ENTRIES`
    private static let entriesOption: CInt = 129
}
