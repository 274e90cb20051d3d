import Netlink

/// The reading of notifications, dump replies and errors as the kernel sends them.
enum NetlinkMessageFuzz: FuzzTarget {
    static func take(_ bytes: RawSpan) throws -> Bool {
        var tables: [NFTTable] = []
        var isMessage = false
        forEachMessage(in: bytes) { header, payload in
            isMessage = true
            if case .newTable(let table)? = NFTMessage(type: header.message, payload: payload) { tables.append(table) }
            _ = IPSetHeader(payload: payload)
            _ = NetlinkError(payload, flags: header.flags)
            _ = NetlinkError.dumpResult(payload)
            _ = NamespaceID(header, payload: payload)
        }
        for table in tables { try writeBack(table) }
        return isMessage
    }

    /// A name is written back as the bytes it came from, and so read as the same name.
    private static func writeBack(_ table: NFTTable) throws {
        guard let name = table.name else { return }
        var builder = NetlinkMessageBuilder()
        builder.netfilterMessage(subsystem: 10, message: 0, flags: [], sequence: 0, family: table.family) {
            $0.attribute(1, name: name)
        }
        let again = Array(builder.bytes.dropFirst(NetlinkHeader.byteCount))
        guard case .newTable(let copy)? = NFTMessage(type: 0, payload: again.span.bytes), copy.name == name else {
            throw Broken(description: "\(name.debugDescription) is another name when it is read again")
        }
    }
}
