extension JSONWriter {
    /// A quoted text.
    @discardableResult
    @usableFromInline
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

    mutating func write(_ value: Bool) {
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// A number, or a string beyond what every reader keeps exact.
    @inlinable
    mutating func write<Value: FixedWidthInteger>(_ value: Value) {
        if let number = Int64(exactly: value), number.magnitude <= largestExactInteger {
            write(number: number)
        } else {
            write(id: value)
        }
    }

    /// A quoted number.
    @inlinable
    mutating func write<Value: FixedWidthInteger>(id value: Value) {
        guard let number = Int64(exactly: value) else { return _ = write(value.description) }
        write(quoted: number)
    }

    @usableFromInline
    mutating func write(quoted number: Int64) {
        bytes.append(Ascii.quote)
        write(number: number)
        bytes.append(Ascii.quote)
    }

    @usableFromInline
    mutating func write(number: Int64) {
        if number < 0 { bytes.append(Ascii.minus) }
        Decimal.append(number.magnitude, to: &bytes)
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
