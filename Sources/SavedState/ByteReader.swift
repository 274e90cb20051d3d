/// Reads what ``ByteWriter`` wrote, and believes nothing: a file may be cut short, or somebody else's.
struct ByteReader {
    /// The bytes are no saved state.
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

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
