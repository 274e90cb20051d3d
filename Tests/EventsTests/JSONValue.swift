/// A JSON text, read strictly: what is not by RFC 8259 is an error, and so is a key that comes twice.
indirect enum JSONValue: Equatable, Sendable {
    case null
    case flag(Bool)
    /// As it was spelled.
    case number(String)
    case text(String)
    case list([JSONValue])
    case object([Member])

    struct Member: Equatable, Sendable {
        var key: String
        var value: JSONValue
    }

    struct Malformed: Error {
        var what: String
        var offset: Int
    }

    init(parsing bytes: [UInt8]) throws(Malformed) {
        var parser = Parser(bytes: bytes)
        self = try parser.value()
        guard parser.offset == bytes.count else { throw Malformed(what: "more after the end", offset: parser.offset) }
    }

    subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// Follows keys with dots between them; a number is a place in a list.
    func at(_ path: String) -> JSONValue? {
        path.split(separator: ".").reduce(self) { value, key in
            if case .list(let items)? = value, let index = Int(key) {
                return items.indices.contains(index) ? items[index] : nil
            }
            return value?[String(key)]
        }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var number: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }
    var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
    var list: [JSONValue]? { if case .list(let list) = self { list } else { nil } }
    var keys: [String]? { if case .object(let members) = self { members.map(\.key) } else { nil } }

    /// Every value below this one, this one included.
    var all: [JSONValue] {
        switch self {
        case .list(let items): [self] + items.flatMap(\.all)
        case .object(let members): [self] + members.flatMap(\.value.all)
        default: [self]
        }
    }
}

private struct Parser {
    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    typealias Malformed = JSONValue.Malformed

    var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    func fail(_ what: String) -> Malformed { Malformed(what: what, offset: offset) }

    mutating func take(_ literal: String) -> Bool {
        guard bytes[offset...].starts(with: literal.utf8) else { return false }
        offset += literal.utf8.count
        return true
    }

    /// The events have no white space, so none is taken.
    mutating func value() throws(Malformed) -> JSONValue {
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try list()
        case UInt8(ascii: "\""): return .text(try text())
        default: break
        }
        if take("null") { return .null }
        if take("true") { return .flag(true) }
        if take("false") { return .flag(false) }
        return try number()
    }

    private mutating func object() throws(Malformed) -> JSONValue {
        var members: [JSONValue.Member] = []
        _ = take("{")
        if take("}") { return .object([]) }
        repeat {
            let key = try text()
            guard !members.contains(where: { $0.key == key }) else { throw fail("\(key) twice") }
            guard take(":") else { throw fail("no colon") }
            members.append(JSONValue.Member(key: key, value: try value()))
        } while take(",")
        guard take("}") else { throw fail("no end of object") }
        return .object(members)
    }

    private mutating func list() throws(Malformed) -> JSONValue {
        var items: [JSONValue] = []
        _ = take("[")
        if take("]") { return .list([]) }
        repeat { items.append(try value()) } while take(",")
        guard take("]") else { throw fail("no end of list") }
        return .list(items)
    }

    private mutating func text() throws(Malformed) -> String {
        guard take("\"") else { throw fail("no text") }
        var content: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw fail("a bare control byte") }
            offset += 1
            guard byte == UInt8(ascii: "\\") else {
                content.append(byte)
                continue
            }
            // Of JSON's escapes the events have these two.
            guard let escaped = next, escaped == UInt8(ascii: "\\") || escaped == UInt8(ascii: "\"") else {
                throw fail("an escape other than of a quote or backslash")
            }
            content.append(escaped)
            offset += 1
        }
        guard take("\"") else { throw fail("no end of text") }
        guard let text = String(validating: content, as: UTF8.self) else { throw fail("no UTF-8") }
        return text
    }

    private mutating func number() throws(Malformed) -> JSONValue {
        let start = offset
        _ = take("-")
        let digits = offset
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
        guard offset > digits, bytes[digits] != UInt8(ascii: "0") || offset == digits + 1 else {
            throw fail("no value")
        }
        if take(".") {
            let fraction = offset
            while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
            guard offset > fraction else { throw fail("no fraction") }
        }
        return .number(String(decoding: bytes[start..<offset], as: UTF8.self))
    }
}
