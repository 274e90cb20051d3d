import Events
import FoundationEssentials

/// What OCSF and ECS themselves say of names, types and values: `Tests/Facts` has it from their schemas.
enum Published {
    static func rows(_ name: String) -> [[String]] {
        var parts = #filePath.split(separator: "/").dropLast(2).map(String.init)
        parts += ["Facts", name]
        let text = (try? String(contentsOfFile: "/" + parts.joined(separator: "/"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return cells + Array(repeating: "", count: max(0, 8 - cells.count))
        }
    }

    static func faults(_ line: JSONValue, _ format: EventFormat) -> [String] {
        switch format {
        case .ecs: PublishedECS.faults(line)
        case .ocsf: PublishedOCSF.faults(line)
        }
    }

    /// Whether a value is what a type of one of them asks for; nil: the type is not known here.
    static func isType(_ value: JSONValue, _ type: String) -> Bool? {
        switch type {
        case "integer_t", "long_t", "long": value.number != nil
        case "float_t", "float":
            if case .number = value { true } else { false }
        case "boolean_t", "boolean": value.flag != nil
        case "string_t", "keyword", "wildcard", "match_only_text", "ip": value.text != nil
        case "datetime_t", "date":
            value.text?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/) != nil
        default: nil
        }
    }

    /// What of a value, or of each in a list, is not as one of them has it.
    static func faults(
        _ value: JSONValue, _ path: String, isList: Bool, values: String, _ check: (JSONValue, String) -> [String]
    ) -> [String] {
        guard isList == (value.list != nil) else { return ["\(path): \(isList ? "no list" : "a list")"] }
        let allowed = values.split(separator: " ").map(String.init)
        return (value.list ?? [value]).flatMap { one in
            let shown = one.text ?? one.number.map(String.init) ?? ""
            return check(one, path)
                + (allowed.isEmpty || allowed.contains(shown) ? [] : ["\(path): \(shown) is none of \(allowed)"])
        }
    }
}

/// OCSF 1.8.0.
private enum PublishedOCSF {
    static let rows = Published.rows("ocsf-1.8.0.tsv")
    static let classes = Dictionary(uniqueKeysWithValues: rows.filter { $0[0] == "class" }.map { ($0[2], $0) })
    static let anyOf = Dictionary(
        uniqueKeysWithValues: rows.filter { $0[0] == "object" }.map { ($0[1], $0[2].split(separator: " ")) })
    /// By owner; of each its name, type, list, requirement, profile, values.
    static let members = Dictionary(grouping: rows.filter { $0[0] == "member" }) { $0[1] }.mapValues { rows in
        Dictionary(uniqueKeysWithValues: rows.map { ($0[2], Array($0.dropFirst(2))) })
    }

    static func faults(_ line: JSONValue) -> [String] {
        let uid = line["class_uid"]?.number ?? -1
        guard let row = classes[String(uid)] else { return ["class_uid \(uid) is none of those in Tests/Facts"] }
        var faults: [String] = []
        if line["category_uid"]?.number.map(String.init) != row[3] { faults.append("category_uid is not \(row[3])") }
        if line["type_uid"]?.number != uid * 100 + (line["activity_id"]?.number ?? -1) {
            faults.append("type_uid is not class_uid * 100 + activity_id")
        }
        let profiles = (line.at("metadata.profiles")?.list ?? []).compactMap(\.text).compactMap {
            $0.split(separator: "/").last.map(String.init)
        }
        return faults + self.faults(line, row[1], Set(profiles), "")
    }

    private static func faults(
        _ value: JSONValue, _ name: String, _ profiles: Set<String>, _ path: String
    ) -> [String] {
        guard let known = members[name] else { return ["\(path): there are no facts about \(name)"] }
        guard let keys = value.keys else { return ["\(path): no object"] }
        var faults: [String] = []
        if let choice = anyOf[name], !choice.isEmpty, !choice.contains(where: { keys.contains(String($0)) }) {
            faults.append("\(path): \(name) has none of \(choice)")
        }
        for (key, fact) in known where fact[3] == "required" && (fact[4].isEmpty || profiles.contains(fact[4])) {
            if !keys.contains(key) { faults.append("\(path).\(key): missing from \(name)") }
        }
        for key in keys {
            guard let item = value[key], let fact = known[key] else {
                faults.append("\(path).\(key): not in \(name)")
                continue
            }
            if !fact[4].isEmpty, !profiles.contains(fact[4]) {
                faults.append("\(path).\(key): of the profile \(fact[4]), which is not named")
            }
            faults += Published.faults(item, "\(path).\(key)", isList: !fact[2].isEmpty, values: fact[5]) {
                self.faults($0, ofType: fact[1], profiles, $1)
            }
        }
        return faults
    }

    private static func faults(
        _ value: JSONValue, ofType type: String, _ profiles: Set<String>, _ path: String
    ) -> [String] {
        if type == "object:object" { return value.keys == nil ? ["\(path): no object"] : [] }
        if type.hasPrefix("object:") { return faults(value, String(type.dropFirst(7)), profiles, path) }
        return Published.isType(value, type) == true ? [] : ["\(path): \(value) is no \(type)"]
    }
}

/// ECS 9.4.0. What is under `wallwatch` is no matter of ECS.
private enum PublishedECS {
    static let rows = Published.rows("ecs-9.4.0.tsv")
    /// Of each its type, list, values.
    static let fields = Dictionary(
        uniqueKeysWithValues: rows.filter { $0[0] == "field" }.map { ($0[1], Array($0.dropFirst(2))) })
    static let pairs = Dictionary(
        uniqueKeysWithValues: rows.filter { $0[0] == "pairs" }.map { ($0[1], $0[2].split(separator: " ")) })

    static func faults(_ line: JSONValue) -> [String] {
        let categories = (line.at("event.category")?.list ?? []).compactMap(\.text)
        let types = Set(categories.flatMap { pairs[$0] ?? [] })
        let strays = (line.at("event.type")?.list ?? []).compactMap(\.text).filter { !types.contains(Substring($0)) }
        return tree(line, "") + strays.map { "event.type \($0) goes with none of \(categories)" }
    }

    private static func tree(_ node: JSONValue, _ path: String) -> [String] {
        (node.keys ?? []).filter { $0 != "wallwatch" || !path.isEmpty }.flatMap { key -> [String] in
            let name = path.isEmpty ? key : "\(path).\(key)"
            guard let value = node[key] else { return [] }
            let fact = fields[name]
            if value.keys != nil, fact == nil || fact?[0] == "object" { return tree(value, name) }
            guard let fact else { return ["\(name): not in ECS"] }
            return Published.faults(value, name, isList: !fact[1].isEmpty, values: fact[2]) {
                Published.isType($0, fact[0]) == true ? [] : ["\($1): \($0) is no \(fact[0])"]
            }
        }
    }
}
