/// Reads one JSON value (RFC 8259) from bytes that may be anything.
///
/// Text that is no UTF-8 is mended with U+FFFD, and so is a surrogate that stands alone. Of a member that comes twice
/// the last counts.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// Deeper than any event, and far from the end of the stack.
    private static let deepest = 128

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// nil: it is no JSON, or something follows it.
    mutating func whole() -> JSONValue? {
        guard let value = value() else { return nil }
        skipBlanks()
        return position == bytes.count ? value : nil
    }

    private mutating func value() -> JSONValue? {
        skipBlanks()
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case Ascii.openBrace: return nested { $0.object() }
        case Ascii.openBracket: return nested { $0.array() }
        case Ascii.quote: return text().map { .text($0) }
        case UInt8(ascii: "t"): return take("true") ? .flag(true) : nil
        case UInt8(ascii: "f"): return take("false") ? .flag(false) : nil
        case UInt8(ascii: "n"): return take("null") ? .null : nil
        default: return number()
        }
    }

    private mutating func nested(_ body: (inout JSONReader) -> JSONValue?) -> JSONValue? {
        guard depth < Self.deepest else { return nil }
        depth += 1
        defer { depth -= 1 }
        position += 1
        return body(&self)
    }

    private mutating func object() -> JSONValue? {
        var members: [String: JSONValue] = [:]
        if takeAfterBlanks(Ascii.closeBrace) { return .object(members) }
        repeat {
            skipBlanks()
            guard position < bytes.count, bytes[position] == Ascii.quote, let key = text(),
                takeAfterBlanks(Ascii.colon), let member = value()
            else { return nil }
            members[key] = member
        } while takeAfterBlanks(Ascii.comma)
        return takeAfterBlanks(Ascii.closeBrace) ? .object(members) : nil
    }

    private mutating func array() -> JSONValue? {
        var elements: [JSONValue] = []
        if takeAfterBlanks(Ascii.closeBracket) { return .array(elements) }
        repeat {
            guard let element = value() else { return nil }
            elements.append(element)
        } while takeAfterBlanks(Ascii.comma)
        return takeAfterBlanks(Ascii.closeBracket) ? .array(elements) : nil
    }

    private mutating func number() -> JSONValue? {
        let start = position
        take(Ascii.minus)
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[position - whole] != Ascii.zero else { return nil }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard digits() > 0 else { return nil }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { take(Ascii.minus) }
            guard digits() > 0 else { return nil }
        }
        if isWhole, whole < 16 {
            let isNegative = bytes[start] == Ascii.minus
            let magnitude = bytes[(isNegative ? start + 1 : start)..<position].reduce(0) {
                $0 * 10 + Int($1 - Ascii.zero)
            }
            return .number(Double(isNegative ? -magnitude : magnitude))
        }
        return Double(String(decoding: bytes[start..<position], as: UTF8.self)).map { .number($0) }
    }

    /// How many there were.
    private mutating func digits() -> Int {
        let start = position
        while position < bytes.count, bytes[position] &- Ascii.zero < 10 { position += 1 }
        return position - start
    }

    private mutating func text() -> String? {
        position += 1
        var start = position
        var altered: [UInt8]?
        while position < bytes.count {
            let byte = bytes[position]
            if byte == Ascii.quote {
                let rest = bytes[start..<position]
                position += 1
                return String(decoding: altered.map { $0 + rest } ?? Array(rest), as: UTF8.self)
            }
            guard byte >= 0x20 else { return nil }
            position += 1
            guard byte == Ascii.backslash else { continue }
            var so = altered ?? []
            so += bytes[start..<(position - 1)]
            guard let scalar = escape() else { return nil }
            so += Array(String(scalar).utf8)
            altered = so
            start = position
        }
        return nil
    }

    /// What follows a backslash.
    private mutating func escape() -> Unicode.Scalar? {
        guard position < bytes.count else { return nil }
        position += 1
        switch bytes[position - 1] {
        case Ascii.quote: return "\""
        case Ascii.backslash: return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return unicode()
        default: return nil
        }
    }

    private mutating func unicode() -> Unicode.Scalar? {
        guard let unit = fourDigits() else { return nil }
        guard (0xd800..<0xdc00).contains(unit) else { return Unicode.Scalar(unit) ?? "\u{fffd}" }
        let after = position
        if take(Ascii.backslash), take(UInt8(ascii: "u")), let low = fourDigits(), (0xdc00..<0xe000).contains(low) {
            return Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
        }
        position = after
        return "\u{fffd}"
    }

    private mutating func fourDigits() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[position..<(position + 4)] {
            // Letters in either case.
            guard let digit = Ascii.hexValue((UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte) ? byte + 32 : byte)
            else { return nil }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == 0x20 || (0x09...0x0d).contains(bytes[position]),
            bytes[position] != 0x0b, bytes[position] != 0x0c
        {
            position += 1
        }
    }

    @discardableResult
    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func take(_ word: StaticString) -> Bool {
        let wanted = Array(word.description.utf8)
        guard bytes[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    private mutating func takeAfterBlanks(_ byte: UInt8) -> Bool {
        skipBlanks()
        return take(byte)
    }
}
