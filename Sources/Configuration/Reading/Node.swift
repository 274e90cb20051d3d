/// A value of a configuration file, and where it stands.
struct Node {
    let value: Value
    let place: Place

    /// What TOML knows. Dates and times are here only to be refused.
    indirect enum Value {
        case string(String)
        case integer(Int)
        case float(Double)
        case boolean(Bool)
        case date
        case array([Node])
        case table([Member])
    }

    /// A key and its value.
    struct Member {
        let key: String
        let node: Node
    }

    /// Byte offsets into the text.
    struct Place {
        var key: Int
        var value: Int
    }

    /// The value in a sentence that begins with "found".
    var found: String {
        switch value {
        case .string(let text):
            text.unicodeScalars.count > 60
                ? "the string \(String(text.unicodeScalars.prefix(60)).debugDescription)…"
                : "the string \(text.debugDescription)"
        case .integer(let number): "the integer \(number)"
        case .float(let number): "the number \(number)"
        case .boolean(let truth): "\(truth)"
        case .date: "a date or time"
        case .array: "an array"
        case .table: "a table"
        }
    }
}
