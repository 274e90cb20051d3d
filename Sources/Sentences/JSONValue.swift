internal import FoundationEssentials

/// Any JSON, to be asked for members by their dotted path.
enum JSONValue: Hashable, Sendable, Decodable {
    case object([String: JSONValue])
    case array([JSONValue])
    case text(String)
    case number(Double)
    case flag(Bool)
    case null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let array = try? container.decode([JSONValue].self) {
            self = .array(array)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// nil: the bytes are no JSON.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else { return nil }
        self = value
    }

    subscript(_ path: String) -> JSONValue? {
        var value = self
        for key in path.split(separator: ".") {
            guard case .object(let members) = value, let next = members[String(key)] else { return nil }
            value = next
        }
        return value
    }

    func text(_ path: String) -> String? {
        if case .text(let text)? = self[path] { text } else { nil }
    }

    func number(_ path: String) -> Int? {
        if case .number(let number)? = self[path], abs(number) < 1e15 { Int(number) } else { nil }
    }

    func flag(_ path: String) -> Bool {
        if case .flag(true)? = self[path] { true } else { false }
    }

    func list(_ path: String) -> [JSONValue] {
        if case .array(let array)? = self[path] { array } else { [] }
    }
}
