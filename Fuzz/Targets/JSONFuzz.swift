@testable import JSON

/// JSON that is read, and what JSONWriter writes of any bytes, which must be read as it was.
enum JSONFuzz: FuzzTarget {
    static let isText = true

    static func take(_ bytes: RawSpan) throws -> Bool {
        let bytes = bytes.array
        let value = JSONValue(bytes)
        if let value { try look(at: value) }
        try write(bytes)
        if let time = Timestamp(String(decoding: bytes, as: UTF8.self)) {
            try demand(Timestamp(time.description) == time, "\(time) is read as it was written")
            _ = time.microseconds
        }
        return value != nil
    }

    /// Each text that was read is written and read again.
    private static func look(at value: JSONValue) throws {
        switch value {
        case .object(let members):
            for (key, member) in members {
                _ = (value[key], value.text(key), value.number(key), value.flag(key), value.list(key))
                try write(Array(key.utf8))
                try look(at: member)
            }
        case .array(let elements): for element in elements { try look(at: element) }
        case .text(let text): try write(Array(text.utf8))
        case .number, .flag, .null: break
        }
    }

    private static func write(_ bytes: [UInt8]) throws {
        var writer = JSONWriter()
        let text = String(decoding: bytes, as: UTF8.self)
        writer.line { line in
            line.field("bytes", bytes: bytes)
            line.field("text", text)
            line.object("in") {
                $0.field(named: text, text)
                $0.field("list", list: bytes.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) })
            }
        }
        try demand(
            writer.bytes.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7f } && writer.bytes.last == 0x0a,
            "a line is one line without control bytes")
        guard let read = JSONValue(writer.bytes), let written = read.text("bytes"), let same = read.text("text"),
            case .object(let members)? = read["in"], case .array(let list)? = members["list"]
        else { throw Broken(description: "what was written is JSON") }
        try demand(EscapedText.decode(written) == bytes, "bytes are read as they were")
        try demand(EscapedText.decode(same) == Array(text.utf8), "a text is read as it was")
        try demand(members.count == (text == "list" ? 1 : 2), "every member is there")
        let parts = list.compactMap { if case .text(let part) = $0 { EscapedText.decode(part) } else { nil } }
        try demand(Array(parts.joined(separator: [0])) == bytes, "a list is read as it was")
    }
}
