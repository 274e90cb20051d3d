/// The smallest parts of a TOML text: blanks, comments, keys, strings and other scalars.
///
/// It goes forward only, reads every byte at most twice, and checks no more than it must to know
/// where things end.
struct TOMLScanner {
    private let text: [UInt8]
    private(set) var offset: Int

    init(text: [UInt8]) {
        self.text = text
        offset = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    var isAtEnd: Bool { offset >= text.count }

    private var byte: UInt8? { offset < text.count ? text[offset] : nil }

    private func stop(expected: String) -> Outline.Stop {
        let found: String
        switch byte {
        case nil: found = "the end of the file"
        case 0x0A, 0x0D: found = "the end of the line"
        default:
            let character = String(decoding: text[offset...].prefix(4), as: UTF8.self).unicodeScalars.prefix(1)
            found = String(character).debugDescription
        }
        return Outline.Stop(offset: offset, message: "found \(found), expected \(expected)")
    }

    // MARK: Punctuation and blanks

    mutating func take(_ expected: Unicode.Scalar) -> Bool {
        guard byte == UInt8(ascii: expected) else { return false }
        offset += 1
        return true
    }

    mutating func takeAfterBlanks(_ expected: Unicode.Scalar) -> Bool {
        skipBlanks()
        return take(expected)
    }

    mutating func expect(_ expected: Unicode.Scalar, orElse other: Unicode.Scalar? = nil) throws(Outline.Stop) {
        guard !takeAfterBlanks(expected) else { return }
        throw stop(expected: (other.map { "\"\($0)\" or " } ?? "") + "\"\(expected)\"")
    }

    mutating func skipBlanks() {
        while byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { offset += 1 }
    }

    mutating func skipBlankLines() throws(Outline.Stop) {
        repeat {
            skipBlanks()
            skipComment()
        } while try takeNewline()
    }

    mutating func endOfLine() throws(Outline.Stop) {
        skipBlanks()
        skipComment()
        guard isAtEnd || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
            throw stop(expected: "the end of the line")
        }
    }

    private mutating func skipComment() {
        guard byte == UInt8(ascii: "#") else { return }
        while let byte, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { offset += 1 }
    }

    private mutating func takeNewline() throws(Outline.Stop) -> Bool {
        if take("\n") { return true }
        guard take("\r") else { return false }
        guard take("\n") else { throw stop(expected: "a line feed after the carriage return") }
        return true
    }

    // MARK: Keys and scalars

    /// No key is longer; every value's path is compared with all of its keys.
    static let maximumKeyBytes = 128

    mutating func key() throws(Outline.Stop) -> String {
        let start = offset
        let key: String
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            key = try string()
        } else {
            while let byte, Self.isBareKey(byte) { offset += 1 }
            guard offset > start else { throw stop(expected: "a key") }
            key = String(decoding: text[start..<offset], as: UTF8.self)
        }
        guard key.utf8.count <= Self.maximumKeyBytes else {
            let message = "found a key of more than \(Self.maximumKeyBytes) bytes, expected a shorter one"
            throw Outline.Stop(offset: start, message: message)
        }
        return key
    }

    /// A string, or a word: a number or a truth value. Dates are left out, nothing here is one.
    mutating func scalar() throws(Outline.Stop) {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            _ = try string()
            return
        }
        let start = offset
        while let byte, Self.isBareKey(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".") { offset += 1 }
        let word = text[start..<offset]
        guard !TOMLWord.isValid(word) else { return }
        offset = start
        if word.isEmpty { throw stop(expected: "a value") }
        let shown = String(decoding: word.prefix(60), as: UTF8.self)
        let message = "found \(shown), expected a quoted string, a number, true or false"
        throw Outline.Stop(offset: start, message: message)
    }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func isBareKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    // MARK: Strings

    /// Any of the four kinds of string, with its escapes resolved.
    private mutating func string() throws(Outline.Stop) -> String {
        let start = offset
        let quote = text[offset]
        let isMultiline = text[offset...].starts(with: [quote, quote, quote])
        offset += isMultiline ? 3 : 1
        var content: [UInt8] = []
        while let byte {
            if byte == quote, !isMultiline || text[offset...].starts(with: [quote, quote, quote]) {
                offset += isMultiline ? 3 : 1
                // Up to two quotes may stand right before the three that end the string.
                if isMultiline { for _ in 0..<2 where self.byte == quote { offset += 1 } }
                return String(decoding: content, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                try escape(&content, isMultiline: isMultiline)
                continue
            }
            if !isMultiline, byte == 0x0A || byte == 0x0D { throw stop(expected: "the closing quote of a string") }
            content.append(byte)
            offset += 1
        }
        let message = "found a string that never ends, expected its closing quote"
        throw Outline.Stop(offset: start, message: message)
    }

    private mutating func escape(_ content: inout [UInt8], isMultiline: Bool) throws(Outline.Stop) {
        let start = offset
        offset += 1
        switch byte {
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(text[offset])
        case UInt8(ascii: "u"): content += try scalarValue(digits: 4, from: start)
        case UInt8(ascii: "U"): content += try scalarValue(digits: 8, from: start)
        case 0x20, 0x09, 0x0A, 0x0D:
            guard isMultiline else { throw stop(expected: "an escape sequence") }
        default: throw stop(expected: "an escape sequence")
        }
        offset += 1
    }

    /// The UTF-8 of the scalar whose digits follow. Goes up to the last digit.
    private mutating func scalarValue(digits: Int, from start: Int) throws(Outline.Stop) -> [UInt8] {
        let hex = text[(offset + 1)...].prefix(digits)
        let value =
            hex.allSatisfy(Self.isHexDigit) && hex.count == digits
            ? UInt32(String(decoding: hex, as: UTF8.self), radix: 16) : nil
        guard let value, let scalar = Unicode.Scalar(value) else {
            let message = "found an escape that is no character, expected \(digits) hexadecimal digits of one"
            throw Outline.Stop(offset: start, message: message)
        }
        guard value != 0 else {
            let message = "found a NUL character in a string, expected text without it"
            throw Outline.Stop(offset: start, message: message)
        }
        offset += digits
        return Array(String(scalar).utf8)
    }

    static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}
