/// The largest integer that every JSON reader keeps exact: 2^53.
public let largestExactInteger: UInt64 = 1 << 53

extension JSONWriter {
    /// A text. Absent: nothing is written. Returns whether it had to be escaped.
    @discardableResult
    public mutating func field(_ key: StaticString, _ value: String?) -> Bool {
        guard let value else { return false }
        begin(key)
        return write(value)
    }

    /// Bytes from the kernel: a path, a name, an argument. Returns whether they had to be escaped.
    @discardableResult
    public mutating func field(_ key: StaticString, bytes: Span<UInt8>) -> Bool {
        begin(key)
        return write(bytes)
    }

    /// Bytes from the kernel. Absent: nothing is written. Returns whether they had to be escaped.
    @discardableResult
    public mutating func field(_ key: StaticString, bytes: [UInt8]?) -> Bool {
        guard let bytes else { return false }
        return field(key, bytes: bytes.span)
    }

    /// A part of a larger buffer from the kernel. Absent: nothing is written. Returns whether it had to be escaped.
    @discardableResult
    public mutating func field(_ key: StaticString, bytes: ArraySlice<UInt8>?) -> Bool {
        guard let bytes else { return false }
        return field(key, bytes: bytes.span)
    }

    /// An integer: a number up to 2^53 either way, beyond that a string.
    @inlinable
    public mutating func field<Value: FixedWidthInteger>(_ key: StaticString, _ value: Value?) {
        guard let value else { return }
        begin(key)
        write(value)
    }

    /// An integer that names something (a user, an inode, a cgroup): always a string.
    @inlinable
    public mutating func field<Value: FixedWidthInteger>(_ key: StaticString, id value: Value?) {
        guard let value else { return }
        begin(key)
        write(id: value)
    }

    /// A number in so many hexadecimal digits, as a text.
    public mutating func field(_ key: StaticString, hexadecimal value: UInt64, digits: Int = 16) {
        begin(key)
        bytes.append(Ascii.quote)
        for digit in (0..<digits).reversed() { bytes.append(Ascii.hexDigit(UInt8(value >> UInt64(4 * digit) & 15))) }
        bytes.append(Ascii.quote)
    }

    /// A truth value.
    public mutating func field(_ key: StaticString, _ value: Bool?) {
        guard let value else { return }
        begin(key)
        write(value)
    }

    /// A finite number in its shortest exact form. JSON has no other numbers: the rest writes nothing.
    public mutating func field(_ key: StaticString, _ value: Double?) {
        guard let value, value.isFinite else { return }
        begin(key)
        bytes.append(contentsOf: value.description.utf8)
    }

    /// A time as RFC 3339, UTC, nine digits.
    public mutating func field(_ key: StaticString, _ value: Timestamp?) {
        guard let value else { return }
        begin(key)
        bytes.append(Ascii.quote)
        value.append(to: &bytes)
        bytes.append(Ascii.quote)
    }

    /// An array of texts. Empty: nothing is written. Returns whether one had to be escaped.
    @discardableResult
    public mutating func field(_ key: StaticString, list: [String]) -> Bool {
        var altered = false
        array(key) { array in
            for value in list where array.element(value) { altered = true }
        }
        return altered
    }

    /// An array of byte strings, such as argv. Returns whether one had to be escaped.
    @discardableResult
    public mutating func field(_ key: StaticString, list: [[UInt8]]) -> Bool {
        var altered = false
        array(key) { array in
            for value in list where array.element(bytes: value.span) { altered = true }
        }
        return altered
    }
}

extension JSONWriter {
    /// A text in an array. Returns whether it had to be escaped.
    @discardableResult
    public mutating func element(_ value: String) -> Bool {
        separate()
        return write(value)
    }

    /// Bytes from the kernel in an array. Returns whether they had to be escaped.
    @discardableResult
    public mutating func element(bytes: Span<UInt8>) -> Bool {
        separate()
        return write(bytes)
    }

    /// An integer in an array, by the rule of the field.
    @inlinable
    public mutating func element<Value: FixedWidthInteger>(_ value: Value) {
        separate()
        write(value)
    }
}
