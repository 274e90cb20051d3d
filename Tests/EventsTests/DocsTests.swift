import Events
import FoundationEssentials
import Testing

/// What the pages say of the lines is what the lines and their schemas say.
@Suite struct `The pages about events` {
    static func page(_ name: String) throws -> String {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try String(contentsOfFile: "\(root)/docs/\(name)", encoding: .utf8)
    }

    /// The rows of the table below a heading, their cells.
    static func table(_ page: String, below heading: String) throws -> [[String]] {
        let text = try Self.page(page)
        let part = try #require(text.firstRange(of: "\n## \(heading)\n"))
        let lines = text[part.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
        return lines.drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.dropFirst(2).map { row in
            row.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimming { $0 == " " }
            }
        }
    }

    /// What stands between backticks, in words.
    static func code(_ text: String) -> Set<Substring> {
        let quoted = text.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter {
            $0.offset % 2 == 1
        }
        return Set(
            quoted.flatMap { $0.element.split { !($0.isLetter || $0.isNumber || "_@-".contains($0)) } })
    }

    @Test func `name every member that a line can have`() throws {
        let words = Self.code(try Self.page("events.md"))
        func names(_ schema: JSONValue?) -> Set<String> {
            let items = schema?["items"].map { names($0) } ?? []
            let properties = schema?["properties"]
            return (properties?.keys ?? []).reduce(into: items) { all, key in
                all.insert(key)
                all.formUnion(names(properties?[key]))
            }
        }
        let missing = names(SchemaCheck.schema).filter { !words.contains(Substring($0)) }
        #expect(missing == [])
    }

    @Test func `have every action in the table, with what its line says`() throws {
        let rows = try Self.table("events.md", below: "Actions")
        let lines = try Sighting.all.flatMap { try $0.lines(.ecs) } + parsed(changed(operations(5000)))
        for line in lines {
            let action = try #require(line.at("event.action")?.text)
            let row = rows.first { Self.names($0[0], action) }
            let cells = try #require(row, "\(action) is not in the table")
            let categories = line.at("event.category")?.list?.compactMap(\.text).joined(separator: ", ")
            #expect(cells[1] == line.at("event.kind")?.text && cells[2] == categories, "\(action)")
            for type in line.at("event.type")?.list?.compactMap(\.text) ?? [] {
                #expect(cells[3].contains(type) || cells[3] == "as its change", "\(action) \(type)")
            }
            let outcome = try #require(line.at("event.outcome")?.text)
            #expect(cells[4].contains(outcome) || cells[4] == "as its change", "\(action) \(outcome)")
        }
    }

    /// Whether a cell has an action, whole or as `-ending` behind another.
    static func names(_ cell: String, _ action: String) -> Bool {
        let words = cell.split(separator: "`").filter { $0 != ", " }
        return words.contains { $0 == action }
            || words.dropFirst().contains {
                $0.hasPrefix("-") && action.hasSuffix($0) && action.hasPrefix(words[0].prefix(9))
            }
    }

    @Test func `say as which class and activity of OCSF each action is told`() throws {
        let lines = try Sighting.all.flatMap { try $0.lines(.ocsf) } + parsed(changed(operations(5000)), .ocsf)
        let told = Set(
            try lines.map { line in
                let action = try #require(line.at("metadata.event_code")?.text)
                return "\(action) \(line["class_uid"]?.number ?? -1) \(line["activity_id"]?.number ?? -1)"
            })
        let rows = try Self.table("ocsf.md", below: "Classes").flatMap { cells in
            cells[2].split(separator: ", ").map { activity in
                let words = [cells[0].trimming { $0 == "`" }, cells[1], String(activity)]
                return words.compactMap { $0.split(separator: " ").first }.joined(separator: " ")
            }
        }
        #expect(Set(rows) == told && rows.count == told.count)
    }

    @Test func `have the table of OCSF's members that the schema has`() throws {
        let rows = try Self.table("ocsf.md", below: "Members").map { $0.joined(separator: " | ") }
        #expect(rows == Self.members(SchemaCheck.schemas[.ocsf] ?? nil, ""))
    }

    /// Those with a description; what a process is told by only once.
    static func members(_ schema: JSONValue?, _ path: String) -> [String] {
        let properties = schema?["properties"]
        return (properties?.keys ?? []).flatMap { key -> [String] in
            let member = properties?[key]
            let isList = member?["items"] != nil
            let name = path + key + (isList ? "[]" : "")
            let row = (member?["description"]?.text).map { ["`\(name)` | \($0)"] } ?? []
            let once = [
                "process", "file_result", "actor.process.parent_process", "actor.process.ancestry[]",
                "evidences[].actor", "unmapped", "prev_security_states[]",
            ]
            return once.contains(name) ? row : row + members(isList ? member?["items"] : member, name + ".")
        }
    }
}

extension StringProtocol {
    fileprivate func trimming(_ isTrimmed: (Character) -> Bool) -> String {
        var text = self[...]
        while let first = text.first, isTrimmed(first) { text = text.dropFirst() }
        while let last = text.last, isTrimmed(last) { text = text.dropLast() }
        return String(text)
    }
}
