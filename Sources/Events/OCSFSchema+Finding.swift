internal import Detection

extension OCSFSchema {
    static var finding: [SchemaField] {
        let analytic = [
            SchemaField("uid", .text(oneOf: Rule.allCases.map(\.rawValue)), required: true, "rule.id"),
            SchemaField("name", .text(oneOf: Rule.allCases.map(\.name)), "rule.name"),
            SchemaField("type_id", .code([1]), required: true),
        ]
        let named = { (prefix: String) in
            SchemaNode.object([
                SchemaField("uid", .text(), "\(prefix).id"),
                SchemaField("name", .text(), required: true, "\(prefix).name"),
            ])
        }
        return [
            SchemaField("uid", .text(), required: true, "wallwatch.alert.id"),
            SchemaField("title", .text(oneOf: Rule.allCases.map(\.name)), required: true, "rule.name"),
            SchemaField("analytic", .object(analytic), required: true),
            SchemaField("related_analytics", .list(.object(analytic)), "the others of wallwatch.alert.rule_ids"),
            SchemaField(
                "attacks",
                .list(
                    .object([
                        SchemaField("tactic", named("threat.tactic"), required: true),
                        SchemaField("technique", named("threat.technique"), required: true),
                    ])), required: true),
            SchemaField(
                "related_events", .list(.object([SchemaField("uid", .text(), required: true)])),
                "wallwatch.alert.changes"),
            SchemaField("related_events_count", .integer, required: true, "wallwatch.alert.changes_count"),
        ]
    }

    /// What has a name in ECS, or is wallwatch's own.
    static var unmapped: [SchemaField] {
        let kept = ["real_user", "saved_user", "args", "args_count"]
        let whole = EventSchema.processFields(depth: 1)
        let process =
            whole.filter { kept.contains($0.name) }
            + whole.filter { ["group_leader", "session_leader", "entry_leader", "tty"].contains($0.name) }
            + [SchemaField("parent", .object(whole.filter { kept.contains($0.name) }))]
        let file = EventSchema.file.filter { ["path", "target_path", "mode", "gid", "group"].contains($0.name) }
        let own = EventSchema.own(
            ancestor: EventSchema.ancestor.filter { ["pid", "unit", "user"].contains($0.name) },
            alert: EventSchema.alert.filter { !["changes", "changes_count"].contains($0.name) })
        return [
            SchemaField("process", .object(process), "what is left of process"),
            SchemaField(
                "file", .object(file.map { SchemaField($0.name, $0.node, $0.note) }),
                "what is left of file; path is that of a switch"),
            SchemaField("wallwatch", .object(own), "wallwatch"),
        ]
    }
}
