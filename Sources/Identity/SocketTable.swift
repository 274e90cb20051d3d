/// `/proc/net/tcp` and `tcp6` (proc(5)): who is at the other end of each connection.
package enum SocketTable {
    /// The remote address of each established connection, by the inode number of its socket.
    package static func peers(_ table: [UInt8]) -> [UInt64: String] {
        var peers: [UInt64: String] = [:]
        for line in table.split(separator: UInt8(ascii: "\n")).dropFirst() {
            // sl local remote state tx:rx tr:tm retransmits uid timeout inode
            let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
            guard fields.count > 9, fields[3].elementsEqual("01".utf8),
                let inode = UInt64(String(decoding: fields[9], as: UTF8.self)), inode != 0,
                let address = address(fields[2])
            else { continue }
            peers[inode] = address
        }
        return peers
    }

    /// `0100007F:1F90`, words as the machine keeps them (little endian): the address in its own notation.
    private static func address(_ field: ArraySlice<UInt8>) -> String? {
        guard let digits = field.split(separator: UInt8(ascii: ":")).first, digits.count == 8 || digits.count == 32
        else {
            return nil
        }
        var bytes: [UInt8] = []
        for start in stride(from: digits.startIndex, to: digits.endIndex, by: 8) {
            guard let word = UInt32(String(decoding: digits[start..<start + 8], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes += [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) }
        }
        // An IPv4 client of a socket that takes both: ::ffff:a.b.c.d
        if bytes.count == 16, bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xff, bytes[11] == 0xff {
            bytes.removeFirst(12)
        }
        return bytes.count == 4 ? bytes.map(String.init).joined(separator: ".") : version6(bytes)
    }

    /// RFC 5952: lower case, no leading zeros, the longest run of zeros left out.
    private static func version6(_ bytes: [UInt8]) -> String {
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > max(best.count, 1) { best = start..<end }
            start = max(end, start + 1)
        }
        let text = { (part: ArraySlice<UInt16>) in part.map { String($0, radix: 16) }.joined(separator: ":") }
        return best.isEmpty
            ? text(groups[...]) : text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
    }
}
