/// Reads numbers and bytes one after the other, and never beyond the end.
struct ByteCursor {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// nil: there are fewer.
    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// The least significant byte first.
    mutating func take<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type) -> Number? {
        take(MemoryLayout<Number>.size)?.reversed().reduce(Number(0)) { $0 << 8 | Number($1) }
    }
}

extension [UInt8] {
    /// Adds a number, the least significant byte first.
    mutating func put<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
        for byte in 0..<MemoryLayout<Number>.size { append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
    }
}
