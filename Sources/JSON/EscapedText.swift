/// How bytes that may be anything become text, and back. The one place that decides it.
///
/// Log shippers cut, drop or alter lines with NUL, lone surrogates or broken UTF-8, and control
/// bytes steer the terminals that logs are read on. So:
///
/// - Well-formed UTF-8 stays as it is.
/// - A byte below 0x20, the byte 0x7F, and every byte that is no part of well-formed UTF-8
///   (overlong forms, encoded surrogates and what lies above U+10FFFF included) becomes `\xHH`,
///   with two lower-case hexadecimal digits.
/// - A backslash that an `x` follows becomes `\x5c`, so that a `\x` in the text is always ours.
///   Every other backslash stays.
///
/// Reading back is one step: each `\xHH` is the byte HH, the rest is itself. In the JSON line a
/// backslash is doubled as JSON has it, so `\xff` is spelled `"\\xff"`; there is never a `\u` escape.
/// The rule holds for every text in a line, whether it came as a String or as bytes.
public enum EscapedText {
    /// Appends the inside of a JSON string. Returns whether a byte was altered by the rule.
    @discardableResult
    static func appendJSON(_ source: Span<UInt8>, to output: inout [UInt8]) -> Bool {
        var altered = false
        var pending = 0
        var index = 0
        while true {
            index = source.endOfPlainRun(from: index)
            guard index < source.count else { break }
            let byte = source[index]
            if byte >= 0x80, let length = source.lengthOfScalar(at: index) {
                index += length
                continue
            }
            output.append(contentsOf: source, pending..<index)
            index += 1
            pending = index
            if byte == Ascii.quote {
                output.append(Ascii.backslash)
                output.append(byte)
            } else if byte == Ascii.backslash, index == source.count || source[index] != Ascii.x {
                output.append(byte)
                output.append(byte)
            } else {
                altered = true
                output.append(Ascii.backslash)
                output.append(Ascii.backslash)
                output.append(Ascii.x)
                output.append(Ascii.hexDigit(byte >> 4))
                output.append(Ascii.hexDigit(byte & 15))
            }
        }
        output.append(contentsOf: source, pending..<source.count)
        return altered
    }

    /// The bytes behind a text (after JSON's own unescaping).
    public static func decode(_ text: String) -> [UInt8] {
        let source = Array(text.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            if source[index] == Ascii.backslash, index + 3 < source.count, source[index + 1] == Ascii.x,
                let high = Ascii.hexValue(source[index + 2]), let low = Ascii.hexValue(source[index + 3])
            {
                bytes.append(high << 4 | low)
                index += 4
            } else {
                bytes.append(source[index])
                index += 1
            }
        }
        return bytes
    }
}
