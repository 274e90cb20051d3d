internal import JSON

/// A piece of JSON Schema, as far as the events need it.
indirect enum SchemaNode {
    case text(oneOf: [String] = [])
    case integer
    /// One of these numbers.
    case code([Int])
    case number
    case flag
    case timestamp
    /// Integers beyond 2^53 and ids are strings.
    case identifier
    case list(SchemaNode)
    case object([SchemaField])

    func write(to line: inout JSONWriter) {
        switch self {
        case .text(let values):
            line.field("type", "string")
            line.field("enum", list: values)
        case .identifier:
            line.field("type", "string")
            line.field("pattern", "^-?[0-9]+$")
        case .integer: line.field("type", "integer")
        case .code(let values):
            line.field("type", "integer")
            line.array("enum") { line in
                for value in values { line.element(value) }
            }
        case .number: line.field("type", "number")
        case .flag: line.field("type", "boolean")
        case .timestamp:
            line.field("type", "string")
            line.field("pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{9}Z$")
        case .list(let element):
            line.field("type", "array")
            line.field("minItems", 1)
            line.object("items") { element.write(to: &$0) }
        case .object(let fields):
            line.field("type", "object")
            line.field("minProperties", 1)
            line.object("properties") { line in
                for field in fields {
                    line.object(named: field.name) { line in
                        line.field("description", field.note)
                        field.node.write(to: &line)
                    }
                }
            }
            line.field("required", list: fields.filter(\.isRequired).map(\.name))
            line.field("additionalProperties", false)
        }
    }
}

/// A member of an object: its name, what it is, and what it says.
struct SchemaField {
    var name: String
    var note: String?
    var node: SchemaNode
    var isRequired: Bool

    init(_ name: String, _ node: SchemaNode, required: Bool = false, _ note: String? = nil) {
        self.name = name
        self.node = node
        self.note = note
        isRequired = required
    }
}
