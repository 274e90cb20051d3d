internal import ConfigFiles
internal import Detection
internal import Inventory
internal import JSON
internal import Lineage
internal import Records

extension JSONWriter {
    /// Whether the host's firewall stands: whether a rule is left that a packet can meet.
    mutating func securityStates(_ effective: Count) {
        field("state_id", effective.after > 0 ? 2 : 1)
        let states: [(StaticString, Int)] = [
            ("prev_security_states", effective.before), ("security_states", effective.after),
        ]
        for (key, count) in states where count == 0 {
            array(key) {
                $0.element {
                    $0.field("state_id", 4)
                    $0.field("state", "Protection off")
                }
            }
        }
    }

    /// The file an event is about; of one that was moved, as it was called before, and `file_result` as it is called now.
    mutating func files(_ change: ConfigChange, _ fields: ProcessFields) {
        let facts = change.after ?? change.before
        if let from = change.movedFrom {
            object("file") { $0.file(from, change.before ?? facts, fields) }
            object("file_result") { $0.file(change.path, facts, fields) }
        } else {
            object("file") { $0.file(change.path, facts, fields) }
        }
    }

    private mutating func file(_ path: BytePath, _ facts: FileFacts?, _ fields: ProcessFields) {
        let limits = fields.limits
        field("name", bytes: limits.cut(path.name))
        field("path", bytes: limits.cut(path.bytes[...]))
        field("parent_folder", bytes: limits.cut(path.folder.opened[...]))
        switch facts?.kind {
        case .file: field("type_id", 1)
        case .symlink: field("type_id", 7)
        case .other, nil: field("type_id", 0)
        }
        guard let facts else { return }
        field("uid", id: facts.inode)
        field("size", facts.size)
        object("owner") {
            $0.field("uid", id: facts.user)
            $0.field("name", fields.names.user(facts.user))
        }
        field("modified_time", facts.modified / 1_000_000)
        sha256(facts.hash)
    }

    /// What ECS's `file` has besides.
    fileprivate mutating func unnamed(_ report: ConfigFileReport, _ fields: ProcessFields) {
        let limits = fields.limits
        let change = report.change
        let facts = change.after ?? change.before
        object("file") { line in
            if report.live != nil { line.field("path", bytes: limits.cut(change.path.bytes[...])) }
            line.field("target_path", bytes: facts?.target.map { limits.cut($0[...]) })
            line.field("mode", facts.map { octal($0.mode) })
            line.field("gid", id: facts?.group)
            line.field("group", facts.flatMap { fields.names.group($0.group) })
        }
    }

    /// What a Detection Finding says of an alert.
    mutating func finding(_ alert: Alert, _ content: LineContent) {
        let limits = content.limits
        field("status_id", alert.state.ocsfStatus)
        field("is_alert", true)
        field("risk_score", alert.score.value)
        field("count", alert.occurrences)
        object("finding_info") { line in
            line.field("uid", alert.id)
            line.field("title", alert.rule.name)
            line.object("analytic") {
                $0.field("uid", alert.rule.rawValue)
                $0.field("name", alert.rule.name)
                $0.field("type_id", 1)
            }
            line.array("related_analytics") { line in
                for rule in alert.rules where rule != alert.rule {
                    line.element {
                        $0.field("uid", rule.rawValue)
                        if !limits.isBare { $0.field("name", rule.name) }
                        $0.field("type_id", 1)
                    }
                }
            }
            line.array("attacks") { line in
                line.element { line in
                    line.object("tactic") { $0.field("name", "Defense Impairment") }
                    line.object("technique") {
                        $0.field("uid", "T1686")
                        $0.field("name", "Disable or Modify System Firewall")
                    }
                }
            }
            line.array("related_events") { line in
                for deed in alert.deeds(limits) { line.element { $0.field("uid", deed) } }
            }
            line.field("related_events_count", alert.deedCount)
        }
        guard let telling = content.telling else { return }
        array("evidences") { line in
            line.element { line in
                line.object("actor") { $0.members(written: telling.members, escaped: telling.isEscaped) }
            }
        }
    }

    /// `unmapped`. Returns whether something had to be cut.
    mutating func unmapped(_ content: LineContent, _ shown: ShownArguments?, cut: [String]) -> Bool {
        let fields = content.fields
        var isCut = false
        object("unmapped") { line in
            if let (process, _) = content.event.author, let shown { fields.writeUnnamed(process, shown, to: &line) }
            if let unnamed = content.telling?.unnamed { line.members(written: unnamed) }
            if case .file(let report) = content.event { line.unnamed(report, fields) }
            line.object("wallwatch") { isCut = $0.own(content, cut: cut) }
        }
        return isCut
    }
}
