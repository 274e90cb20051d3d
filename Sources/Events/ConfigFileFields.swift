internal import ConfigFiles
internal import JSON
internal import Lineage
internal import Records

extension JSONWriter {
    /// ECS's `file`: the file as it is now; one that is gone, as it was.
    mutating func file(_ change: ConfigChange, _ names: Names, _ limits: Limits) {
        let facts = change.after ?? change.before
        object("file") { line in
            line.field("path", bytes: limits.cut(change.path.bytes[...]))
            line.field("directory", bytes: limits.cut(change.path.folder.opened[...]))
            line.field("name", bytes: limits.cut(change.path.name))
            line.field("type", facts?.kind.rawValue)
            line.field("target_path", bytes: facts?.target.map { limits.cut($0[...]) })
            line.field("size", facts.map { $0.size })
            line.field("mode", facts.map { octal($0.mode) })
            line.field("uid", id: facts?.user)
            line.field("owner", facts.flatMap { names.user($0.user) })
            line.field("gid", id: facts?.group)
            line.field("group", facts.flatMap { names.group($0.group) })
            line.field("inode", facts.map { String($0.inode) })
            line.field("mtime", facts.map { Timestamp(since1970: $0.modified) })
            line.object("hash") { $0.field("sha256", facts?.hash) }
        }
    }

    /// `wallwatch.config_file`: what became of it.
    mutating func configFile(_ report: ConfigFileReport, _ fields: ProcessFields) {
        let change = report.change
        let limits = fields.limits
        object("config_file") { line in
            line.field("kind", change.kind.rawValue)
            line.field("operation", change.operation.rawValue)
            line.field("source", change.source.rawValue)
            line.field("attributed", report.author != nil)
            line.field("moved_from", bytes: change.movedFrom.map { limits.cut($0.bytes[...]) })
            line.facts("before", change.before, limits)
            line.facts("after", change.after, limits)
            line.field("diff", list: limits.lines(of: report.difference))
            line.array("others") { line in
                for process in limits.isBare ? [] : report.others {
                    line.element { line in
                        line.field("pid", process.id.pid)
                        line.field("start", Timestamp(boottime: process.id.start, offset: fields.offset))
                        line.field("executable", bytes: limits.cut(process.image.path))
                    }
                }
            }
        }
    }

    private mutating func facts(_ key: StaticString, _ facts: FileFacts?, _ limits: Limits) {
        guard let facts else { return }
        object(key) { line in
            line.field("type", facts.kind.rawValue)
            line.field("target_path", bytes: facts.target.map { limits.cut($0[...]) })
            line.field("size", facts.size)
            line.field("sha256", facts.hash)
            line.field("mode", octal(facts.mode))
            line.field("uid", id: facts.user)
            line.field("gid", id: facts.group)
        }
    }
}

extension EventSchema {
    static var file: [SchemaField] {
        [
            SchemaField("path", .text(), required: true), SchemaField("directory", .text()),
            SchemaField("name", .text()), SchemaField("type", .text(oneOf: FileFacts.Kind.allCases.map(\.rawValue))),
            SchemaField("target_path", .text()), SchemaField("size", .integer), SchemaField("mode", .text()),
            SchemaField("uid", .identifier), SchemaField("owner", .text()), SchemaField("gid", .identifier),
            SchemaField("group", .text()), SchemaField("inode", .identifier), SchemaField("mtime", .timestamp),
            SchemaField("hash", .object([SchemaField("sha256", .text())])),
        ]
    }

    static var configFile: [SchemaField] {
        let facts = SchemaNode.object([
            SchemaField("type", .text(oneOf: FileFacts.Kind.allCases.map(\.rawValue))),
            SchemaField("target_path", .text()), SchemaField("size", .integer), SchemaField("sha256", .text()),
            SchemaField("mode", .text()), SchemaField("uid", .identifier), SchemaField("gid", .identifier),
        ])
        return [
            SchemaField("kind", .text(oneOf: ConfigKind.allCases.map(\.rawValue)), required: true),
            SchemaField(
                "operation", .text(oneOf: ConfigChange.Operation.allCases.map(\.rawValue)), required: true),
            SchemaField("source", .text(oneOf: ConfigChange.Source.allCases.map(\.rawValue)), required: true),
            SchemaField("attributed", .flag, required: true), SchemaField("moved_from", .text()),
            SchemaField("before", facts), SchemaField("after", facts),
            SchemaField("diff", .list(.text()), "the lines that went and came, as diff -u shows them"),
            SchemaField(
                "others",
                .list(
                    .object([
                        SchemaField("pid", .integer, required: true), SchemaField("start", .timestamp, required: true),
                        SchemaField("executable", .text()),
                    ])), "who else touched it shortly before"),
        ]
    }
}

extension Limits {
    /// As many of the lines as there is room for.
    fileprivate func lines(of difference: [Substring]) -> [String] {
        var room = text
        return difference.prefix { line in
            room -= min(line.utf8.count, 256) + 4
            return room >= 0
        }.map { $0.utf8.count > 256 ? String(decoding: $0.utf8.prefix(255), as: UTF8.self) + "…" : String($0) }
    }

    func cuts(_ difference: [Substring]) -> Bool {
        lines(of: difference).count < difference.count || difference.contains { $0.utf8.count > 256 }
    }
}
