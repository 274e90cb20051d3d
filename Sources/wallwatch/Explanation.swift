import Detection
import Inventory
import Records

/// How an alert's score came about, for people.
struct Explanation {
    let text: String

    init(_ alert: Alert, _ deeds: [String: Deed], _ tuning: Tuning) {
        var lines = [
            "\(alert.rule.rawValue) \(alert.rule.name): \(alert.state.rawValue), score \(alert.score.value) (\(alert.severity.rawValue))",
            "  alert \(alert.id), threshold \(tuning.threshold), \(alert.netns.isHost ? "in the host's namespace" : "in another namespace, which counts \(tuning.otherNamespaces) %")",
        ]
        for (name, figure) in [("rules", \Level.rules), ("effective", \.effective), ("blocking", \.blocking)] {
            lines.append(
                "  \(name): \(alert.before[keyPath: figure]) before, \(alert.after[keyPath: figure]) after, \(alert.lowest[keyPath: figure]) at the least"
            )
        }
        lines.append("  the score is the sum of")
        for reason in alert.score.reasons {
            let weight = String(reason.weight)
            lines.append(
                "  \(String(repeating: " ", count: max(0, 5 - weight.count)))\(weight)  \(reason.id): \(reason.text)")
        }
        if let actor = alert.actor {
            lines.append("  by \(actor.name) (pid \(actor.id.pid), \(actor.user.shown)): \(actor.command)")
            for program in actor.chain.dropFirst() { lines.append("    below \(program.shown)") }
            if let initiator = actor.initiator {
                let who = initiator.program?.shown ?? "somebody that is not known"
                lines.append("    asked by \(who) (\(initiator.confidence))")
            }
        } else {
            lines.append("  by nobody that was seen")
        }
        for id in alert.deeds { lines.append("  \(id): \(deeds[id]?.shown ?? "not in this recording")") }
        if alert.deedCount > alert.deeds.count { lines.append("  and \(alert.deedCount - alert.deeds.count) more") }
        text = lines.joined(separator: "\n")
    }
}

extension Account {
    fileprivate var shown: String { name.map { "\($0)" } ?? "user \(id)" }
}

extension Program {
    fileprivate var shown: String {
        let path = executable.isEmpty ? "a program whose file is not known" : executable
        return (script.map { "\(path) \($0)" } ?? path) + (unit.map { " in \($0)" } ?? "")
    }
}

extension Deed {
    fileprivate var shown: String {
        switch what {
        case .changed(let alteration): alteration.shown
        case .service(let name, let isStart, _, let signal):
            "\(name) \(isStart ? "began" : "ended")\(signal.map { " after signal \($0)" } ?? "")"
        case .module(let name, let isLoaded, _): "the module \(name) was \(isLoaded ? "loaded" : "unloaded")"
        case .configuration(let path, let weakness): "\(path): \(weakness.text)"
        case .sysctl(let name, let value, _): "\(name) is \(value)"
        case .tampered(let what): what
        }
    }
}

extension Alteration {
    fileprivate var shown: String {
        let kinds = steps.prefix(6).map { step in
            [step.kind.rawValue, step.family, step.table, step.chain ?? step.set].compactMap { $0 }.joined(
                separator: " ")
        }
        let more = steps.count > 6 ? " and \(steps.count - 6) more" : ""
        return "\(kinds.joined(separator: ", "))\(more); effective \(before.effective) to \(after.effective)"
    }
}
