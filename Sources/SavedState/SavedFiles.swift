package import ConfigFiles
internal import Netlink

/// The files of the firewall's configuration as a collector knew them last, for the one after it.
package struct SavedFiles: Sendable {
    package var files: [BytePath: FileFacts]

    package init(files: [BytePath: FileFacts]) { self.files = files }

    /// "WWCF" and the version of the layout.
    private static let magic: UInt32 = 0x4643_5757
    private static let version: UInt32 = 1

    /// The bytes of a file, with a checksum at the end.
    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.put(Self.magic)
        writer.put(Self.version)
        writer.put(files) { writer, file in
            writer.put(file.key.bytes)
            writer.put(file.value)
        }
        writer.put(StableHash.sum(of: writer.bytes[...]))
        return writer.bytes
    }

    /// Reads the bytes of a file; nil if they are not what this version wrote.
    package init?(decoding bytes: [UInt8]) {
        guard let body = ByteReader.checked(bytes) else { return nil }
        var reader = ByteReader(body)
        do {
            guard try reader.number(UInt32.self) == Self.magic, try reader.number(UInt32.self) == Self.version else {
                return nil
            }
            let pairs = try reader.list { reader throws(ByteReader.Malformed) in
                (BytePath(try reader.raw()), try reader.fileFacts())
            }
            files = Dictionary(pairs) { _, last in last }
        } catch {
            return nil
        }
        guard reader.isAtEnd else { return nil }
    }
}

extension ByteWriter {
    fileprivate mutating func put(_ facts: FileFacts) {
        put(facts.kind.rawValue)
        put(facts.size)
        put(facts.mode)
        put(facts.user)
        put(facts.group)
        put(facts.device)
        put(facts.inode)
        put(UInt64(bitPattern: facts.modified))
        put(facts.hash) { $0.put($1) }
        put(facts.text) { $0.put($1) }
        put(facts.target) { $0.put($1) }
        put(facts.resolved) { $0.put($1.bytes) }
    }
}

extension ByteReader {
    fileprivate mutating func fileFacts() throws(Malformed) -> FileFacts {
        guard let kind = FileFacts.Kind(rawValue: try text()) else { throw Malformed() }
        return FileFacts(
            kind: kind, size: try number(UInt64.self), mode: try number(UInt16.self), user: try number(UInt32.self),
            group: try number(UInt32.self), device: try number(UInt64.self), inode: try number(UInt64.self),
            modified: Int64(bitPattern: try number(UInt64.self)),
            hash: try optional { reader throws(Malformed) in try reader.text() },
            text: try optional { reader throws(Malformed) in try reader.text() },
            target: try optional { reader throws(Malformed) in try reader.raw() },
            resolved: try optional { reader throws(Malformed) in BytePath(try reader.raw()) })
    }
}
