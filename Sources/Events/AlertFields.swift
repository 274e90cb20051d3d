internal import Detection
internal import JSON
internal import Records

extension Alert {
    /// Ids of the lines that told what was done, as many as there is room for.
    func deeds(_ limits: Limits) -> [String] { Array(deeds.prefix(max(1, min(limits.operations, 16)))) }
}

extension JSONWriter {
    /// `wallwatch.alert`, and by what analytic of MITRE ATT&CK it was found.
    mutating func alert(_ alert: Alert, _ fields: ProcessFields) {
        let limits = fields.limits
        field("analytic", "AN0407")
        field("detection_strategy", "DET0145")
        object("alert") { line in
            line.field("id", alert.id)
            line.field("state", alert.state.rawValue)
            line.field("score", alert.score.value)
            line.array("reasons") { line in
                for reason in alert.score.reasons {
                    line.element {
                        $0.field("id", reason.id)
                        $0.field("weight", reason.weight)
                        if !limits.isBare { $0.field("text", limits.cut(reason.text)) }
                    }
                }
            }
            line.field("rule_ids", list: alert.rules.map(\.rawValue))
            line.netns(NetnsReport(id: alert.netns.id, isHost: alert.netns.isHost))
            line.field("window_seconds", Double(alert.span / 1_000_000) / 1000)
            line.level("rules", alert, \.rules)
            line.level("effective_rules", alert, \.effective)
            line.level("blocking_rules", alert, \.blocking)
            if let usual = alert.usual {
                line.object("usual") { line in
                    line.object("effective_rules") {
                        $0.field("min", usual.low)
                        $0.field("max", usual.high)
                    }
                    line.field("largest_loss", usual.largestLoss)
                    line.field("days", usual.days)
                }
            }
            if fields.format == .ecs {
                line.field("changes", list: alert.deeds(limits))
                line.field("changes_count", alert.deedCount)
            }
            line.field("occurrences", alert.occurrences)
            line.field("restored_after_ms", alert.restoredAfter.map { $0 / 1_000_000 })
            if let restorer = alert.restorer {
                line.object("restored_by") { $0.briefly(restorer, fields) }
            }
        }
    }

    /// Somebody who is in the line beside its author.
    private mutating func briefly(_ actor: Actor, _ fields: ProcessFields) {
        let limits = fields.limits
        field("pid", actor.id.pid)
        field("entity_id", hexadecimal: fields.entityNumber(actor.id))
        guard !limits.isBare else { return }
        field("start", Timestamp(boottime: actor.id.start, offset: fields.offset))
        field("name", actor.executable.split(separator: "/").last.map { limits.cut(String($0)) })
        field("executable", actor.executable.isEmpty ? nil : limits.cut(actor.executable))
        field("command_line", actor.command.isEmpty ? nil : limits.cut(actor.command))
        account("user", actor.user)
        object("login") { line in
            line.field("uid", id: actor.login?.id)
            line.field("name", actor.login?.name)
        }
    }

    private mutating func account(_ key: StaticString, _ account: Account) {
        object(key) {
            $0.field("id", id: account.id)
            $0.field("name", account.name)
        }
    }

    /// `wallwatch.covered_by`.
    mutating func coverage(_ coverage: Coverage?, _ limits: Limits) {
        guard let coverage else { return }
        object("covered_by") {
            $0.field("kind", coverage.kind.rawValue)
            $0.field("name", limits.cut(coverage.name))
            $0.field("reason", coverage.reason.map(limits.cut))
        }
    }

    private mutating func level(_ key: StaticString, _ alert: Alert, _ figure: KeyPath<Level, Int>) {
        let before = alert.before[keyPath: figure]
        let after = alert.after[keyPath: figure]
        object(key) {
            $0.field("before", before)
            $0.field("after", after)
            $0.field("delta", after - before)
            $0.field("min", alert.lowest[keyPath: figure])
        }
    }

    /// `rule` and `threat`, as ECS has them beside `process`.
    mutating func ruleAndThreat(of alert: Alert) {
        object("rule") {
            $0.field("id", alert.rule.rawValue)
            $0.field("name", alert.rule.name)
            $0.field("ruleset", "wallwatch")
        }
        object("threat") { line in
            line.field("framework", "MITRE ATT&CK")
            line.object("tactic") { $0.field("name", list: ["Defense Impairment"]) }
            line.object("technique") {
                $0.field("id", list: ["T1686"])
                $0.field("name", list: ["Disable or Modify System Firewall"])
            }
        }
    }
}
