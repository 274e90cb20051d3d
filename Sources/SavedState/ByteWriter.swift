/// Writes values one behind the other, numbers little endian.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put(_ number: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: 0, to: number.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func put(_ count: Int) { put(UInt32(clamping: count)) }

    mutating func put(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func put(_ text: String) {
        put(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func put(_ raw: [UInt8]) {
        put(raw.count)
        bytes.append(contentsOf: raw)
    }

    /// What may be missing, behind whether it is there.
    mutating func put<Value>(_ value: Value?, _ body: (inout ByteWriter, Value) -> Void) {
        put(value != nil)
        if let value { body(&self, value) }
    }

    mutating func put<Element>(_ elements: some Collection<Element>, _ body: (inout ByteWriter, Element) -> Void) {
        put(elements.count)
        for element in elements { body(&self, element) }
    }
}
