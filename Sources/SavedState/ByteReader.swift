internal import Netlink

/// Reads what ``ByteWriter`` wrote, and believes nothing: a file may be cut short, or somebody else's.
struct ByteReader {
    /// The bytes are no saved state.
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// What a file holds before its last eight bytes, if those are its checksum: one that was not written to its end is none.
    static func checked(_ file: [UInt8]) -> [UInt8]? {
        guard file.count > 8 else { return nil }
        let body = file[..<(file.count - 8)]
        var tail = ByteReader(Array(file[(file.count - 8)...]))
        guard let sum = try? tail.number(UInt64.self), sum == StableHash.sum(of: body) else { return nil }
        return Array(body)
    }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type
    ) throws(Malformed) -> Number {
        let size = Number.bitWidth / 8
        guard bytes.count - offset >= size else { throw Malformed() }
        var number: Number = 0
        for index in 0..<size { number |= Number(truncatingIfNeeded: bytes[offset + index]) << (8 * index) }
        offset += size
        return number
    }

    /// How many elements follow, each of which has at least a byte.
    mutating func count() throws(Malformed) -> Int {
        let count = Int(try number(UInt32.self))
        guard count <= bytes.count - offset else { throw Malformed() }
        return count
    }

    mutating func flag() throws(Malformed) -> Bool {
        switch try number(UInt8.self) {
        case 0: return false
        case 1: return true
        default: throw Malformed()
        }
    }

    mutating func text() throws(Malformed) -> String {
        let count = try count()
        guard let text = String(validating: bytes[offset..<offset + count], as: UTF8.self) else { throw Malformed() }
        offset += count
        return text
    }

    mutating func raw() throws(Malformed) -> [UInt8] {
        let count = try count()
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    mutating func optional<Value>(
        _ body: (inout ByteReader) throws(Malformed) -> Value
    ) throws(Malformed) -> Value? {
        try flag() ? try body(&self) : nil
    }

    mutating func list<Element>(
        _ body: (inout ByteReader) throws(Malformed) -> Element
    ) throws(Malformed) -> [Element] {
        let count = try count()
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try body(&self)) }
        return elements
    }
}

extension StableHash {
    /// The checksum of a file.
    static func sum(of bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash = StableHash()
        for byte in bytes { hash.combine(byte) }
        return hash.value
    }
}
