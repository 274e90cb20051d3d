internal import Identity
internal import Services

extension EventSchema {
    static func processFields(depth: Int) -> [SchemaField] {
        let account = SchemaNode.object([SchemaField("id", .identifier, required: true), SchemaField("name", .text())])
        let hash = SchemaNode.object([SchemaField("sha256", .text())])
        var fields = [
            SchemaField("pid", .integer, required: true), SchemaField("start", .timestamp),
            SchemaField("entity_id", .text(), required: true), SchemaField("name", .text()),
            SchemaField("executable", .text(), "the resolved file"),
            SchemaField("command_line", .text()), SchemaField("args", .list(.text())),
            SchemaField("args_count", .integer), SchemaField("working_directory", .text()),
            SchemaField("user", account), SchemaField("real_user", account), SchemaField("saved_user", account),
            SchemaField("group", account),
        ]
        guard depth > 0 else { return fields }
        let entry = SchemaNode.object([
            SchemaField("type", .text(oneOf: Entry.Kind.allCases.map(\.rawValue))),
            SchemaField("source", .object([SchemaField("ip", .text())])),
        ])
        let device = SchemaNode.object([SchemaField("major", .integer), SchemaField("minor", .integer)])
        fields += [
            SchemaField("exit_code", .integer), SchemaField("thread", .object([SchemaField("id", .integer)])),
            SchemaField("hash", hash, "of the executable, as it was when it was looked at"),
            SchemaField("group_leader", .object(leader)), SchemaField("session_leader", .object(leader)),
            SchemaField(
                "entry_leader",
                .object(leader + [SchemaField("executable", .text()), SchemaField("entry_meta", entry)]),
                "how it came onto the host"),
            SchemaField("tty", .object([SchemaField("char_device", device)])),
            SchemaField("parent", .object(processFields(depth: depth - 1)), "who forked it, also after re-parenting"),
        ]
        return fields
    }

    private static var leader: [SchemaField] {
        [
            SchemaField("pid", .integer, required: true), SchemaField("entity_id", .text()),
            SchemaField("name", .text()), SchemaField("same_as_process", .flag),
        ]
    }

    /// A process that is told beside the author.
    private static var other: [SchemaField] {
        processFields(depth: 0).filter { !["args", "args_count", "working_directory"].contains($0.name) } + [
            SchemaField("login", .object(login))
        ]
    }

    static var initiator: [SchemaField] {
        [SchemaField("confidence", .text(oneOf: Askers.Confidence.allCases.map(\.rawValue)), required: true)]
            + other.map { SchemaField($0.name, $0.node, $0.note) }
    }

    static var service: [SchemaField] {
        [
            SchemaField("name", .text(), required: true), SchemaField("unit", .text()), netns,
            SchemaField("process", .object(other), "the daemon, or what did the work"),
            SchemaField("exit_code", .integer),
            SchemaField("signal", .integer, "that ended it, or after which it ended"),
            SchemaField("killed", .flag, "by the signal, and not by itself"),
            SchemaField("shutting_down", .flag, "it ended because the machine, or its container, shuts down"),
        ]
    }

    static var container: [SchemaField] {
        [SchemaField("id", .text(), required: true), SchemaField("runtime", .text())]
    }

    static var trait: [SchemaField] {
        [
            SchemaField("id", .text(oneOf: Trait.Kind.allCases.map(\.rawValue)), required: true),
            SchemaField("text", .text(), "what it was seen by"),
        ]
    }

    static var login: [SchemaField] {
        [SchemaField("uid", .identifier), SchemaField("name", .text()), SchemaField("session", .identifier)]
    }

    static var ownProcess: [SchemaField] {
        [
            SchemaField("invoked", .text(), "the path it was called by"), SchemaField("comm", .text()),
            SchemaField("exe_deleted", .flag), SchemaField("exe_memfd", .flag), SchemaField("argv_truncated", .flag),
            SchemaField("exe_path_trust", .text(oneOf: ["trusted", "untrusted", "unknown"])),
            SchemaField("stdin_kind", .text()),
            SchemaField(
                "script", .object([SchemaField("path", .text()), SchemaField("sha256", .text())]),
                "what an interpreter runs"),
            SchemaField("control_group", .text()), SchemaField("user_unit", .text()),
            SchemaField(
                "exe",
                .object([
                    SchemaField("inode", .identifier), SchemaField("device", .text()),
                    SchemaField("owner", .identifier),
                    SchemaField("mode", .text()),
                ])), SchemaField("capabilities", .text(), "effective, a bit each, in hexadecimal"),
            SchemaField("cgroup", .identifier),
            SchemaField(
                "namespaces", .object(["net", "mnt", "pid", "user"].map { SchemaField($0, .identifier) })),
        ]
    }

    static var ancestor: [SchemaField] {
        [
            SchemaField("pid", .integer, required: true), SchemaField("start", .timestamp),
            SchemaField("executable", .text()), SchemaField("name", .text()), SchemaField("command_line", .text()),
            SchemaField("unit", .text()),
            SchemaField("user", .object([SchemaField("id", .identifier), SchemaField("name", .text())])),
        ]
    }
}
