/// Any JSON that was read, to be asked for members by their dotted path.
package enum JSONValue: Hashable, Sendable {
    case object([String: JSONValue])
    case array([JSONValue])
    case text(String)
    case number(Double)
    case flag(Bool)
    case null

    /// nil: the bytes are no JSON.
    package init?(_ bytes: [UInt8]) {
        var reader = JSONReader(bytes)
        guard let value = reader.whole() else { return nil }
        self = value
    }

    package subscript(_ path: String) -> JSONValue? {
        var value = self
        for key in path.split(separator: ".") {
            guard case .object(let members) = value, let next = members[String(key)] else { return nil }
            value = next
        }
        return value
    }

    package func text(_ path: String) -> String? {
        if case .text(let text)? = self[path] { text } else { nil }
    }

    package func number(_ path: String) -> Int? {
        if case .number(let number)? = self[path], abs(number) <= Double(largestExactInteger) {
            Int(number)
        } else {
            nil
        }
    }

    package func flag(_ path: String) -> Bool {
        if case .flag(true)? = self[path] { true } else { false }
    }

    package func list(_ path: String) -> [JSONValue] {
        if case .array(let array)? = self[path] { array } else { [] }
    }
}
