internal import JSON

/// JSON for the inside of an HTML page.
///
/// Whatever a hostile process was called, nothing of it can end the element it stands in or begin another: `<`, `>` and
/// `&` are written as `\u003c` and so on, and so are the line ends that only JavaScript has.
enum PageJSON {
    static func bytes(_ value: JSONValue) -> [UInt8] {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return bytes
    }

    private static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
        switch value {
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, (key, member)) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                append(member, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(element, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .text(let text): append(text, to: &bytes)
        case .number(let number):
            if let whole = Int(exactly: number) {
                bytes += Array(String(whole).utf8)
            } else {
                bytes += Array((number.isFinite ? String(number) : "null").utf8)
            }
        case .flag(let flag): bytes += Array((flag ? "true" : "false").utf8)
        case .null: bytes += Array("null".utf8)
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(UInt8(ascii: scalar))
            case "<", ">", "&", "\u{0}"..<"\u{20}", "\u{7f}"..<"\u{a0}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                bytes += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
            default: bytes += Array(String(scalar).utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension JSONValue {
    static func number(_ number: Int) -> JSONValue { .number(Double(number)) }

    static func numbers(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .number($0) }) }

    static func texts(_ texts: some Sequence<String>) -> JSONValue { .array(texts.map { .text($0) }) }

    /// An object of those members that are there.
    static func members(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        var object: [String: JSONValue] = [:]
        for (key, value) in members {
            guard let value, value != .null, value != .array([]), value != .object([:]) else { continue }
            object[key] = value
        }
        return .object(object)
    }

    /// The same with no text longer than an event's, for a file may hold what no wallwatch wrote.
    var clipped: JSONValue {
        switch self {
        case .text(let text) where text.utf8.count > 4096: .text(String(text.prefix(2048)) + "…")
        case .array(let elements): .array(elements.prefix(512).map(\.clipped))
        case .object(let members): .object(members.mapValues(\.clipped))
        default: self
        }
    }
}
