internal import Detection

extension EventSchema {
    static var threat: [SchemaField] {
        let names = SchemaNode.object([SchemaField("id", .list(.text())), SchemaField("name", .list(.text()))])
        return [
            SchemaField("framework", .text(), required: true), SchemaField("tactic", names),
            SchemaField("technique", names, required: true),
        ]
    }

    static var coverage: [SchemaField] {
        [
            SchemaField("kind", .text(oneOf: Coverage.Kind.allCases.map(\.rawValue)), required: true),
            SchemaField("name", .text(), required: true, "the writer, the entry of the configuration, or switch"),
            SchemaField("reason", .text(), "what the entry gives"),
        ]
    }

    static var record: [SchemaField] {
        [
            SchemaField("part", .integer, required: true), SchemaField("parts", .integer, required: true),
            SchemaField("data", .text(), required: true, "JSON, of several parts one behind the other"),
        ]
    }

    static var alert: [SchemaField] {
        let level = SchemaNode.object(
            ["before", "after", "delta", "min"].map { SchemaField($0, .integer, required: true) })
        return [
            SchemaField("id", .text(), required: true, "the same in every line of one incident"),
            SchemaField("state", .text(oneOf: Alert.State.allCases.map(\.rawValue)), required: true),
            SchemaField("score", .integer, required: true),
            SchemaField(
                "reasons",
                .list(
                    .object([
                        SchemaField("id", .text(), required: true, "a rule, or what makes its author suspicious"),
                        SchemaField("weight", .integer, required: true), SchemaField("text", .text(), "what was seen"),
                    ])), required: true, "their weights add up to the score"),
            SchemaField("rule_ids", .list(.text(oneOf: Rule.allCases.map(\.rawValue))), required: true),
            netns, SchemaField("window_seconds", .number, "from the first change of it to the last"),
            SchemaField("rules", level, required: true), SchemaField("effective_rules", level, required: true),
            SchemaField("blocking_rules", level, required: true),
            SchemaField(
                "usual",
                .object([
                    SchemaField(
                        "effective_rules", .object([SchemaField("min", .integer), SchemaField("max", .integer)]),
                        "of the last 30 days, without alerts"),
                    SchemaField("largest_loss", .integer, "the most that one burst took away without an alert"),
                    SchemaField("days", .integer),
                ]), "of the host's namespace, once it is known for a week"),
            SchemaField("changes", .list(.text()), "event.id of what was done, the first of them"),
            SchemaField("changes_count", .integer),
            SchemaField("occurrences", .integer, "how often the same was done again by the same process tree"),
            SchemaField("restored_after_ms", .integer),
            SchemaField("restored_by", .object(processFields(depth: 0)), "whose change brought back what was lost"),
        ]
    }
}
