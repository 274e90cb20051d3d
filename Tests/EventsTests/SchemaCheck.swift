import Events

/// As much of JSON Schema as the events' own schema uses; anything else in it is an error.
enum SchemaCheck {
    static let schemas = Dictionary(
        uniqueKeysWithValues: EventFormat.allCases.map { ($0, try? JSONValue(parsing: Array($0.schema.utf8))) })
    static var schema: JSONValue? { schemas[.ecs] ?? nil }

    /// What is wrong with a line, by its path.
    static func faults(_ line: JSONValue, _ format: EventFormat = .ecs) -> [String] {
        (schemas[format] ?? nil).map { faults(line, $0, "") } ?? ["the schema is no JSON"]
    }

    private static func faults(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
        var faults: [String] = []
        for keyword in schema.keys ?? [] {
            let rule = schema[keyword] ?? .null
            switch keyword {
            case "$schema", "title", "description", "properties": break
            case "type": if !isType(value, rule.text ?? "") { faults.append("\(path): no \(rule.text ?? "")") }
            case "enum":
                if !(rule.list ?? []).contains(value) { faults.append("\(path): \(value) is none of the values") }
            case "pattern":
                if !matches(value.text ?? "", rule.text ?? "") { faults.append("\(path): \(value) does not match") }
            case "minItems": if (value.list?.count ?? 0) < rule.number ?? 0 { faults.append("\(path): too few items") }
            case "minProperties":
                if (value.keys?.count ?? 0) < rule.number ?? 0 { faults.append("\(path): too few members") }
            case "items":
                for (index, item) in (value.list ?? []).enumerated() {
                    faults += self.faults(item, rule, "\(path)[\(index)]")
                }
            case "required":
                for key in (rule.list ?? []).compactMap(\.text) where value[key] == nil {
                    faults.append("\(path).\(key): missing")
                }
            case "additionalProperties":
                for key in value.keys ?? [] where schema["properties"]?[key] == nil {
                    faults.append("\(path).\(key): not in the schema")
                }
            default: faults.append("\(path): the schema has \(keyword), which this check does not know")
            }
        }
        for key in value.keys ?? [] {
            guard let member = value[key], let rule = schema["properties"]?[key] else { continue }
            faults += self.faults(member, rule, "\(path).\(key)")
        }
        return faults
    }

    private static func isType(_ value: JSONValue, _ type: String) -> Bool {
        switch (value, type) {
        case (.text, "string"), (.number, "number"), (.flag, "boolean"), (.list, "array"), (.object, "object"): true
        case (.number(let digits), "integer"): Int(digits) != nil
        default: false
        }
    }

    /// The two patterns of the schema.
    private static func matches(_ text: String, _ pattern: String) -> Bool {
        switch pattern {
        case "^-?[0-9]+$": text.wholeMatch(of: /-?[0-9]+/) != nil
        case "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{9}Z$":
            text.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{9}Z/) != nil
        default: false
        }
    }
}
