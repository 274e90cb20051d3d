extension JSONWriter {
    /// A quoted text.
    @discardableResult
    mutating func write(_ value: String) -> Bool {
        write(value.utf8Span.span)
    }

    /// A quoted text from bytes that may be anything.
    @discardableResult
    mutating func write(_ value: Span<UInt8>) -> Bool {
        bytes.append(Ascii.quote)
        let altered = EscapedText.appendJSON(value, to: &bytes)
        bytes.append(Ascii.quote)
        if altered { escaped = true }
        return altered
    }

    /// A number, or a string beyond what every reader keeps exact.
    mutating func write<Value: FixedWidthInteger>(_ value: Value) {
        guard value.magnitude <= largestExactInteger else { return write(id: value) }
        write(digits: value)
    }

    /// A quoted number.
    mutating func write<Value: FixedWidthInteger>(id value: Value) {
        bytes.append(Ascii.quote)
        write(digits: value)
        bytes.append(Ascii.quote)
    }

    private mutating func write<Value: FixedWidthInteger>(digits value: Value) {
        guard let magnitude = UInt64(exactly: value.magnitude) else {
            return bytes.append(contentsOf: value.description.utf8)
        }
        if value < 0 { bytes.append(Ascii.minus) }
        Decimal.append(magnitude, to: &bytes)
    }
}

/// Decimal digits without a String in between.
enum Decimal {
    /// Appends `value` with at least `width` digits, zeros in front.
    static func append(_ value: UInt64, width: Int = 1, to bytes: inout [UInt8]) {
        var count = 1
        var rest = value / 10
        while rest > 0 {
            count += 1
            rest /= 10
        }
        bytes.append(contentsOf: repeatElement(Ascii.zero, count: max(count, width)))
        var index = bytes.count
        rest = value
        while rest > 0 {
            index -= 1
            bytes[index] = Ascii.zero + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}
