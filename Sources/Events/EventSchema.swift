internal import Inventory
internal import JSON

/// The JSON Schema of the events by ECS's names, and of what is in the lines of every format.
enum EventSchema {
    static var text: String {
        text(
            of: event,
            "One line of `wallwatch run`. Names and types are those of ECS 9.4; the rest is under wallwatch.")
    }

    static func text(of line: [SchemaField], _ description: String) -> String {
        var writer = JSONWriter()
        writer.line {
            $0.field("$schema", "https://json-schema.org/draft/2020-12/schema")
            $0.field("title", "wallwatch event")
            $0.field("description", description)
            SchemaNode.object(line).write(to: &$0)
        }
        return String(decoding: writer.bytes.dropLast(), as: UTF8.self)
    }

    static let actions =
        [
            "firewall-changed", "firewall-change-failed", "firewall-change-detail", "firewall-state", "model-drift",
            "exec",
            "end", "firewall-module-loaded", "firewall-module-unloaded", "firewall-config-changed",
            "firewall-sysctl-changed",
            "firewall-service-started",
            "firewall-service-stopped", "firewall-alert", "record",
        ] + CollectorReport.Action.allCases.map(\.rawValue)

    private static var event: [SchemaField] {
        [
            SchemaField("@timestamp", .timestamp, required: true, "when it happened, by the kernel's clock"),
            SchemaField("ecs", .object([SchemaField("version", .text(), required: true)]), required: true),
            SchemaField("event", .object(head), required: true),
            SchemaField("host", .object(host), required: true),
            SchemaField("agent", .object(agent), required: true),
            SchemaField("process", .object(processFields(depth: 1)), "the task that did it"),
            SchemaField("rule", .object(["id", "name", "ruleset"].map { SchemaField($0, .text(), required: true) })),
            SchemaField("threat", .object(threat), "by MITRE ATT&CK"),
            SchemaField("container", .object(container), "the container that it runs in"),
            SchemaField("file", .object(file), "the file that changed, as it is now; one that is gone, as it was"),
            SchemaField("wallwatch", .object(own(ancestor: ancestor, alert: alert))),
        ]
    }

    private static var head: [SchemaField] {
        [
            SchemaField("kind", .text(oneOf: ["alert", "event", "metric", "state"]), required: true),
            SchemaField("severity", .integer, "of an alert: 21 low, 47 medium, 73 high, 99 critical"),
            SchemaField("risk_score", .number, "of an alert, 0 to 100: the sum of its reasons' weights"),
            SchemaField("category", .list(.text()), required: true),
            SchemaField("type", .list(.text()), required: true),
            SchemaField("action", .text(oneOf: actions), required: true),
            SchemaField("outcome", .text(oneOf: ["success", "failure", "unknown"]), required: true),
            SchemaField("reason", .text()), SchemaField("id", .text(), required: true),
            SchemaField(
                "sequence", .integer, required: true, "rises by one a line, over restarts too: a gap is a lost line"),
            SchemaField("created", .timestamp, required: true, "when the line was written"),
            SchemaField("module", .text(), required: true), SchemaField("dataset", .text(), required: true),
            SchemaField("provider", .text(), required: true),
        ]
    }

    private static var host: [SchemaField] {
        [
            SchemaField("id", .text(), required: true), SchemaField("hostname", .text(), required: true),
            SchemaField("boot", .object([SchemaField("id", .text(), required: true)]), required: true),
            SchemaField("os", .object([SchemaField("type", .text()), SchemaField("kernel", .text())]), required: true),
        ]
    }

    private static var agent: [SchemaField] {
        ["type", "version", "id", "ephemeral_id"].map { SchemaField($0, .text(), required: true) }
    }

    /// `wallwatch`, all parts of it.
    static func own(ancestor: [SchemaField], alert: [SchemaField]) -> [SchemaField] {
        [
            SchemaField("login", .object(login), "who logged in (loginuid), whatever user that became"),
            SchemaField("unit", .text(), "systemd's, from the control group"),
            SchemaField("traits", .list(.object(trait)), "facts about the process that make one wonder"),
            SchemaField("process", .object(ownProcess)),
            SchemaField("ancestry", .list(.object(ancestor)), "up to pid 1, nearest first"),
            SchemaField("change", .object(change)), SchemaField("state", .object(state)),
            SchemaField("module", .object([SchemaField("name", .text()), SchemaField("loaded", .flag)])),
            SchemaField("config_file", .object(configFile), "a file that decides the firewall after the next boot"),
            SchemaField("sysctl", .object(sysctl), "a switch of the kernel that was written"),
            SchemaField("netns", netns.node, "the namespace whose switch it is"),
            SchemaField("service", .object(service), "a firewall service that began or ended"),
            SchemaField("initiator", .object(initiator), "who asked the author to do it"),
            SchemaField("covered_by", .object(coverage), "why it raises no alert"),
            SchemaField("analytic", .text(), "of MITRE ATT&CK, that found it"),
            SchemaField("detection_strategy", .text()),
            SchemaField("alert", .object(alert), "an incident: what was lost, and why it matters"),
            SchemaField("collector", .object(collector)),
            SchemaField("record", .object(record), "what the detector was told, for wallwatch replay"),
            SchemaField("truncated", .list(.text()), "members that had to be cut"),
            SchemaField("escaped", .flag, "bytes that are no text stand as \\xHH, a backslash before an x as \\x5c"),
        ]
    }
}
