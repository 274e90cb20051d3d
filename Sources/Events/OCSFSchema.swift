/// The JSON Schema of the lines by OCSF's names. What a member is called by ECS stands beside it: `docs/ocsf.md` has
/// its table from here.
enum OCSFSchema {
    static var text: String {
        EventSchema.text(
            of: event,
            "One line of `wallwatch run --format ocsf`. Names and types are those of OCSF 1.8.0; the rest is under unmapped."
        )
    }

    private static var event: [SchemaField] {
        [
            SchemaField("time", .integer, required: true, "@timestamp, in milliseconds"),
            SchemaField("time_dt", .timestamp, required: true, "@timestamp"),
            SchemaField("class_uid", .code(OCSFClass.allCases.map(\.rawValue)), required: true),
            SchemaField("category_uid", .code(Array(Set(OCSFClass.allCases.map(\.category))).sorted()), required: true),
            SchemaField("activity_id", .code(activities), required: true),
            SchemaField("activity_name", .text(oneOf: EventSchema.actions), "event.action, of activity 99"),
            SchemaField("type_uid", .code(types), required: true),
            SchemaField("severity_id", .code([1, 2, 3, 4, 5]), required: true, "event.severity"),
            SchemaField("message", .text(), "event.reason"),
            SchemaField("status_id", .code([0, 1, 2, 4]), "event.outcome; of a finding, wallwatch.alert.state"),
            SchemaField("device", .object(device), required: true), SchemaField("actor", .object(actor)),
            SchemaField("launch_type_id", .code([3])), SchemaField("exit_code", .integer, "process.exit_code"),
            SchemaField("process", .object(process(depth: 1)), "process, of class 1007"),
            SchemaField("state_id", .code([1, 2]), "whether wallwatch.change.effective_rules.after is above 0"),
            SchemaField("prev_security_states", .list(.object(state)), "effective_rules.before is 0"),
            SchemaField("security_states", .list(.object(state)), "effective_rules.after is 0"),
            SchemaField("status_code", .text(), "wallwatch.change.errno"),
            SchemaField("driver", .object([SchemaField("file", .object(module), required: true)])),
            SchemaField("file", .object(stored), "file; of one that was moved, as it was"),
            SchemaField("file_result", .object(stored), "file, of one that was moved"),
            SchemaField(
                "app",
                .object([
                    SchemaField("name", .text(), required: true, "wallwatch.service.name, or wallwatch"),
                    SchemaField("version", .text(), "agent.version"),
                ])), SchemaField("is_alert", .flag), SchemaField("risk_score", .integer, "event.risk_score"),
            SchemaField("count", .integer, "wallwatch.alert.occurrences"),
            SchemaField("finding_info", .object(finding)),
            SchemaField("evidences", .list(.object([SchemaField("actor", .object(actor), required: true)]))),
            SchemaField("unmapped", .object(unmapped)), SchemaField("metadata", .object(metadata), required: true),
        ]
    }

    private static var activities: [Int] { Set(OCSFClass.allCases.flatMap(\.activities)).sorted() }

    private static var types: [Int] {
        OCSFClass.allCases.flatMap { kind in kind.activities.map { kind.rawValue * 100 + $0 } }
    }

    private static var metadata: [SchemaField] {
        [
            SchemaField("version", .text(oneOf: [OCSFLayout.version]), required: true),
            SchemaField(
                "product",
                .object([
                    SchemaField("name", .text(), required: true), SchemaField("vendor_name", .text(), required: true),
                    SchemaField("version", .text(), required: true, "agent.version"),
                ]), required: true),
            SchemaField("event_code", .text(oneOf: EventSchema.actions), required: true, "event.action"),
            SchemaField("uid", .text(), required: true, "event.id"),
            SchemaField("correlation_uid", .text(), "wallwatch.change.id"),
            SchemaField("sequence", .integer, required: true, "event.sequence"),
            SchemaField("logged_time", .integer, required: true, "event.created, in milliseconds"),
            SchemaField("log_name", .text(), required: true, "event.dataset"),
            SchemaField("profiles", .list(.text(oneOf: OCSFLayout.profiles + [OCSFLayout.control])), required: true),
            SchemaField("is_truncated", .flag, "there is a wallwatch.truncated"),
        ]
    }

    private static var device: [SchemaField] {
        let os = [
            SchemaField("name", .text(oneOf: ["Linux"]), required: true),
            SchemaField("type_id", .code([200]), required: true, "host.os.type"),
            SchemaField("kernel_release", .text(), required: true, "host.os.kernel"),
        ]
        let agent = [
            SchemaField("name", .text(), required: true, "agent.type"),
            SchemaField("type_id", .code([OCSFOutline.other]), required: true), SchemaField("type", .text()),
            SchemaField("uid", .text(), required: true, "agent.id"),
            SchemaField("uid_alt", .text(), required: true, "agent.ephemeral_id"),
            SchemaField("version", .text(), required: true, "agent.version"),
        ]
        return [
            SchemaField("type_id", .code([0]), required: true),
            SchemaField("uid", .text(), required: true, "host.id"),
            SchemaField("hostname", .text(), required: true, "host.hostname"),
            SchemaField("boot_uid", .text(), required: true, "host.boot.id"),
            SchemaField("os", .object(os), required: true),
            SchemaField("agent_list", .list(.object(agent)), required: true),
        ]
    }

    private static var actor: [SchemaField] {
        [
            SchemaField("process", .object(process(depth: 1)), "process"),
            SchemaField("app_name", .text(oneOf: ["unknown"]), "there is no process, and the class needs an actor"),
        ]
    }

    private static func process(depth: Int) -> [SchemaField] {
        func account(_ name: String) -> SchemaField {
            let members = [
                SchemaField("uid", .identifier, required: true, "process.\(name).id"),
                SchemaField("name", .text(), "process.\(name).name"),
            ]
            return SchemaField(name, .object(members))
        }
        var fields =
            named + [
                SchemaField("file", .object(file("process.name", "process.executable", nil, "process.hash.sha256"))),
                SchemaField("working_directory", .text(), "process.working_directory"), account("user"),
                account("group"),
                SchemaField("auid", .integer, "wallwatch.login.uid"),
            ]
        guard depth > 0 else { return fields }
        fields += [
            SchemaField("path", .text(), "process.executable, where no more is told of it"),
            SchemaField("ptid", .integer, "process.thread.id"),
            SchemaField("session", .object([SchemaField("uid", .identifier, "wallwatch.login.session")])),
            SchemaField(
                "container",
                .object([
                    SchemaField("uid", .text(), required: true, "container.id"),
                    SchemaField("runtime", .text(), "container.runtime"),
                ])),
            SchemaField("parent_process", .object(process(depth: depth - 1)), "process.parent, of the same members"),
            SchemaField(
                "ancestry", .list(.object(named + [SchemaField("path", .text())])),
                "wallwatch.ancestry: pid, uid, name, path, cmd_line, created_time"),
        ]
        return fields
    }

    private static var named: [SchemaField] {
        [
            SchemaField("pid", .integer, required: true, "process.pid"),
            SchemaField("uid", .text(), required: true, "process.entity_id"),
            SchemaField("name", .text(), "process.name"),
            SchemaField("cmd_line", .text(), "process.command_line"),
            SchemaField("created_time", .integer, required: true, "process.start, in milliseconds"),
        ]
    }

    /// What ECS calls what is in a file's `name`, `path`, `type_id` and `hashes`.
    private static func file(_ name: String, _ path: String, _ type: String?, _ hash: String) -> [SchemaField] {
        let digest = [
            SchemaField("algorithm_id", .code([3]), required: true),
            SchemaField("algorithm", .text(oneOf: ["SHA-256"]), required: true),
            SchemaField("value", .text(), required: true, hash),
        ]
        return [
            SchemaField("name", .text(), required: true, name), SchemaField("path", .text(), path),
            SchemaField("type_id", .code([0, 1, 7]), required: true, type),
            SchemaField("hashes", .list(.object(digest))),
        ]
    }

    /// A file that changed.
    private static var stored: [SchemaField] {
        file("file.name", "file.path", "file.type", "file.hash.sha256") + [
            SchemaField("parent_folder", .text(), "file.directory"), SchemaField("uid", .identifier, "file.inode"),
            SchemaField("size", .integer, "file.size"),
            SchemaField(
                "owner",
                .object([
                    SchemaField("uid", .identifier, required: true, "file.uid"),
                    SchemaField("name", .text(), "file.owner"),
                ])), SchemaField("modified_time", .integer, "file.mtime, in milliseconds"),
        ]
    }

    /// A module of the kernel: its name is all that is known of it.
    private static var module: [SchemaField] {
        [
            SchemaField("name", .text(), required: true, "wallwatch.module.name"),
            SchemaField("type_id", .code([0]), required: true),
        ]
    }

    private static var state: [SchemaField] {
        [
            SchemaField("state_id", .code([4]), required: true),
            SchemaField("state", .text(oneOf: ["Protection off"]), required: true),
        ]
    }
}
