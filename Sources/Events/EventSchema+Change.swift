internal import Inventory
internal import RuleText

extension EventSchema {
    static var count: SchemaNode {
        .object(
            ["before", "after", "delta"].map { SchemaField($0, .integer, required: true) }
                + [SchemaField("min", .integer, "the least there was in the burst it belongs to, if that was less")])
    }

    static var netns: SchemaField {
        SchemaField(
            "netns",
            .object([
                SchemaField("id", .identifier, required: true), SchemaField("is_host", .flag, required: true),
                SchemaField("user_owned", .flag, "it belongs to a user namespace of somebody's own"),
                SchemaField("cookie", .identifier, "tells it from others that had the same id in this boot"),
            ]), required: true)
    }

    private static var backend: SchemaField { SchemaField("backend", .text(oneOf: Backend.allCases.map(\.rawValue))) }

    static var change: [SchemaField] {
        [
            backend, netns, SchemaField("generation", .integer), SchemaField("family", .text()),
            SchemaField("source", .text(oneOf: Source.allCases.map(\.rawValue))), SchemaField("attributed", .flag),
            SchemaField(
                "claimed", .object([SchemaField("pid", .integer), SchemaField("comm", .text())]),
                "who the notification says it was, where nobody was seen: anybody can forge it"),
            SchemaField(
                "request", .object([SchemaField("bytes", .integer), SchemaField("truncated", .flag)]),
                "what the sender sent; truncated: not all of it was copied, what was done was read elsewhere"),
            SchemaField("while_down", .flag, "it happened before this collector ran, and was kept by the kernel half"),
            SchemaField("errno", .integer), SchemaField("operations", .list(.object(operation))),
            SchemaField("operations_count", .integer, "of the whole change; those that did not fit follow in details"),
            SchemaField("rules", count, "of the namespace, over all backends"),
            SchemaField("effective_rules", count, "those that can still meet a packet"),
            SchemaField("blocking_rules", count, "those of them that drop or reject"),
            SchemaField("elements", count, "of its named sets, over all backends"),
            SchemaField("policies", .list(.object(policy))),
            SchemaField(
                "killed_by",
                .object([
                    SchemaField("signal", .integer, required: true),
                    SchemaField("process", .object(processFields(depth: 1))),
                ]), "who sent the signal that ended the owner of a table"),
            SchemaField("latency_us", .integer, "from the kernel's moment to the line"),
            SchemaField("suppressed", .integer, "failures of the same user that were not told before this one"),
            SchemaField("id", .text(), "of the change that a detail belongs to"), SchemaField("part", .integer),
            SchemaField("parts", .integer),
        ]
    }

    private static var operation: [SchemaField] {
        [
            SchemaField("op", .text(oneOf: Operation.Kind.allCases.map(\.rawValue)), required: true),
            SchemaField("family", .text()), SchemaField("table", .text()), SchemaField("chain", .text()),
            SchemaField("set", .text()), SchemaField("handle", .identifier),
            SchemaField("count", .integer, "rules concerned, or elements where it is about elements or sets"),
            SchemaField("policy", .object([SchemaField("before", .text()), SchemaField("after", .text())])),
            SchemaField("detail", .text()),
        ] + words + [
            SchemaField(
                "rules", .list(.object([SchemaField("handle", .identifier)] + words)), "of several, each in words")
        ]
    }

    private static var words: [SchemaField] {
        [
            SchemaField("rule", .text(), "what it says; of one that went, what it said"),
            SchemaField("rule_before", .text(), "what the one said that it replaced"),
            SchemaField("rule_form", .text(oneOf: RuleText.Form.allCases.map(\.rawValue)), "in whose words"),
        ]
    }

    private static var policy: [SchemaField] {
        ["family", "table", "chain", "before", "after"].map { SchemaField($0, .text()) }
    }

    static var state: [SchemaField] {
        let figures = { (names: [String]) in SchemaNode.object(names.map { SchemaField($0, .integer) }) }
        return [
            SchemaField("occasion", .text(oneOf: ["start", "request", "interval"]), required: true), netns,
            SchemaField("generation", .integer), SchemaField("rules", .integer, required: true),
            SchemaField("effective_rules", .integer, required: true, "those that can still meet a packet"),
            SchemaField("blocking_rules", .integer, required: true, "those of them that drop or reject"),
            SchemaField("elements", .integer, required: true),
            SchemaField("nftables", figures(["tables", "rules", "effective_rules", "blocking_rules", "elements"])),
            SchemaField("xtables-legacy", figures(["tables", "rules", "effective_rules", "blocking_rules"])),
            SchemaField("ipset", figures(["sets", "elements"])),
            SchemaField(
                "changed_while_down", .object(gap), "against the state that an earlier collector saved, at the start"),
            SchemaField(
                "baseline",
                .object(
                    [SchemaField("saved_at", .text(), required: true), SchemaField("differs", .flag, required: true)]
                        + ["missing", "added", "moved"].map { SchemaField($0, .integer, required: true) }
                        + ["effective_rules", "blocking_rules"].map { SchemaField($0, count, required: true) }),
                "against the documented state (wallwatch baseline)"),
            SchemaField(
                "high_water",
                .object([
                    SchemaField("effective_rules", .integer, required: true),
                    SchemaField("at", .timestamp, required: true),
                ]), "the most effective rules since the documented state was saved"),
            SchemaField("chains_count", .integer),
            SchemaField("chains", .list(.object(chain)), "the first of them"),
        ]
    }

    private static var gap: [SchemaField] {
        [
            SchemaField("since", .timestamp, required: true, "when that state was saved"),
            SchemaField("changed", .flag, required: true), SchemaField("reboot", .flag, required: true),
            SchemaField("changes_told", .integer, "in lines of their own, with their authors"),
            SchemaField("rules", count), SchemaField("effective_rules", count), SchemaField("blocking_rules", count),
            SchemaField("elements", count), SchemaField("operations_count", .integer),
            SchemaField("operations", .list(.object(operation)), "the first of them"),
        ]
    }

    private static var chain: [SchemaField] {
        [backend]
            + ["family", "table", "chain", "policy"].map { SchemaField($0, .text()) }
            + ["rules", "effective_rules", "blocking_rules"].map { SchemaField($0, .integer) }
            + [SchemaField("dormant", .flag)]
    }

    static var collector: [SchemaField] {
        let perFamily = SchemaNode.object(
            ["process", "netlink", "socket", "xtables", "module", "sysctl", "tampering", "notifications"].map {
                SchemaField($0, .text())
            })
        let lost = [
            "lineage", "firewall", "other", "refused_attempts", "user_namespaces", "unread", "unreadable", "malformed",
            "forged_notifications", "process_lines", "firewall_lines", "alert_lines", "spill_bytes", "torn_bytes",
        ]
        return [
            SchemaField("pid", .integer), SchemaField("tier", perFamily), SchemaField("hooks", perFamily),
            SchemaField("blind", perFamily, "what is not seen, per family"), SchemaField("watch", .text()),
            SchemaField("namespaces", .integer), SchemaField("processes", .integer),
            SchemaField("namespaces_beyond", .integer, "those for which netns.max leaves no room"),
            SchemaField(
                "config_files",
                .object([
                    SchemaField("files", .integer), SchemaField("folders", .integer),
                    SchemaField("cut", .flag, "there are more files than are looked at"),
                    SchemaField("folders_anonymous", .integer, "those in which the kernel does not tell who did it"),
                ]), "what is watched of the firewall's configuration"),
            SchemaField("baseline", .text(), "none, the same, differs, or why it was refused"),
            SchemaField("rule_text", .text(), "where the words of rules come from"),
            SchemaField("bus", .text(), "whether the system bus is listened to"),
            SchemaField("services", .list(.text()), "firewall services that run as daemons"),
            SchemaField("state_directory", .text()), SchemaField("signal", .integer), SchemaField("file", .text()),
            SchemaField(
                "pinned",
                .object([
                    SchemaField("path", .text()), SchemaField("reason", .text(), "why not"),
                    SchemaField("not", .list(.text()), "families that end with the process"),
                ]), "what goes on recording when this process is dead"),
            SchemaField(
                "inherited",
                .object([
                    SchemaField("records", .integer), SchemaField("readable", .flag),
                    SchemaField("instances", .integer),
                    SchemaField("same_installation", .flag),
                ]), "what an earlier collector's kernel half recorded since"),
            SchemaField(
                "deed",
                .text(oneOf: [
                    "map-read", "map-open", "link-open", "link-detach", "link-update", "unpin", "unmount",
                ]), "what was done to the kernel half"), SchemaField("id", .integer, "of the map or link"),
            SchemaField("pin", .text()), SchemaField("pins", .list(.text())), SchemaField("family", .text()),
            SchemaField(
                "output",
                .object([
                    SchemaField("status", .text(oneOf: ["healthy", "blocked", "stalled", "broken"])),
                    SchemaField("error", .text()), SchemaField("seconds", .integer, "how long it took no lines"),
                    SchemaField("queue_bytes", .integer), SchemaField("spill_bytes", .integer),
                    SchemaField("lines_spilled", .integer),
                ]), "how the writing of lines goes"),
            SchemaField("queue_bytes", .integer), SchemaField("spill_bytes", .integer, "what waits on disk"),
            SchemaField("cpu_us", .integer), SchemaField("max_rss_kib", .integer),
            SchemaField("lost", .object(lost.map { SchemaField($0, .integer) })),
        ]
    }
}
