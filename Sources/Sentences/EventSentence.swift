package import JSON

/// An event line in a sentence for people.
package struct EventSentence: Hashable, Sendable {
    /// How it is to be seen at a glance.
    package enum Tone: Sendable {
        case plain
        /// More protects than before.
        case gain
        case loss
        case warning
        case alarm
    }

    /// Of the day, UTC.
    package let time: String
    package let tone: Tone
    package let text: String

    /// Whether it is of a process that came or went, and changed nothing by that.
    package let isOfProcess: Bool

    /// nil: it is no event line of wallwatch, or is for machines.
    package init?(_ line: [UInt8]) {
        guard let event = JSONValue(line) else { return nil }
        self.init(event: event)
    }

    /// nil: it is no event of wallwatch, or is for machines.
    package init?(event: JSONValue) {
        guard let stamp = event.text("@timestamp"),
            let action = event.text("event.action"),
            event.text("event.module") == "wallwatch", action != "record", let time = stamp.split(separator: "T").last
        else { return nil }
        self.time = String(time.prefix(8))
        let (tone, text) = Self.told(action, event)
        self.tone = tone
        isOfProcess = action == "exec" || action == "end"
        self.text = Self.printable(text)
    }

    /// Whether it is a line by OCSF's names: no sentence is made of it.
    package static func isOCSF(_ line: [UInt8]) -> Bool {
        line.starts(with: #"{"time":"#.utf8) && JSONValue(line)?.number("class_uid") != nil
    }

    private static func told(_ action: String, _ event: JSONValue) -> (Tone, String) {
        let who = Person(event).text
        switch action {
        case "firewall-changed", "model-drift": return changed(event, who)
        case "firewall-change-failed":
            return (.plain, "\(who) tried to change the firewall: \(event.text("event.reason") ?? "refused")")
        case "firewall-change-detail": return (.plain, "more of \(event.text("wallwatch.change.id") ?? "a change")")
        case "firewall-alert": return alert(event)
        case "firewall-state":
            let state = "wallwatch.state"
            return (
                .plain,
                "\(place(event, state)): \(figure(event, "\(state).rules", "rule")), \(event.number("\(state).effective_rules") ?? 0) effective, \(event.number("\(state).blocking_rules") ?? 0) of them block"
            )
        case "firewall-service-stopped", "firewall-service-started":
            let isEnd = action.hasSuffix("stopped")
            let name = event.text("wallwatch.service.name") ?? "a service"
            let signal = event.number("wallwatch.service.signal").map { " by signal \($0)" } ?? ""
            let why = event.flag("wallwatch.service.shutting_down") ? ", the machine shuts down" : ""
            return (isEnd ? .warning : .gain, "\(name) \(isEnd ? "ended\(signal)" : "began"): \(who)\(why)")
        case "firewall-config-changed":
            let how = event.text("wallwatch.config_file.operation") ?? "changed"
            return (.warning, "\(event.text("file.path") ?? "a file") was \(how) by \(who)")
        case "firewall-sysctl-changed":
            let name = event.text("wallwatch.sysctl.name") ?? "a switch"
            let isWeaker = event.flag("wallwatch.sysctl.weaker")
            return (isWeaker ? .loss : .plain, "\(name) is \(event.text("wallwatch.sysctl.after") ?? "?") by \(who)")
        case "firewall-module-unloaded":
            return (.loss, "the module \(event.text("wallwatch.module.name") ?? "?") was unloaded by \(who)")
        case "firewall-module-loaded":
            return (.plain, "the module \(event.text("wallwatch.module.name") ?? "?") was loaded by \(who)")
        case "exec": return (.plain, "\(who) ran \(event.text("process.command_line") ?? "")")
        case "end": return (.plain, "\(who) ended")
        case "collector-tampered", "collector-events-lost":
            return (.alarm, event.text("event.reason") ?? action)
        default:
            let reason = event.text("event.reason").map { ": \($0)" } ?? ""
            return (.plain, "\(action.replacing("-", with: " "))\(reason)")
        }
    }

    private static func changed(_ event: JSONValue, _ who: String) -> (Tone, String) {
        let change = "wallwatch.change"
        let deeds = event.list("\(change).operations").prefix(3).compactMap(deed)
        let count = event.number("\(change).operations_count") ?? deeds.count
        let more = count > deeds.count ? " and \(count - deeds.count) more" : ""
        let left = event.number("\(change).effective_rules.after") ?? 0
        let delta = event.number("\(change).effective_rules.delta") ?? 0
        let blocking = event.number("\(change).blocking_rules.delta") ?? 0
        let tone: Tone = delta < 0 || blocking < 0 ? .loss : delta > 0 ? .gain : .plain
        let covered = event.text("wallwatch.covered_by.name").map { " [covered by \($0)]" } ?? ""
        let what = deeds.isEmpty ? "changed the firewall" : deeds.joined(separator: ", ")
        return (
            tone,
            "\(who) \(what)\(more)\(place(event, change, isHostPlain: true)): \(left) effective left (\(signed(delta)))\(covered)"
        )
    }

    private static func alert(_ event: JSONValue) -> (Tone, String) {
        let alert = "wallwatch.alert"
        let state = event.text("\(alert).state") ?? ""
        let score = event.number("\(alert).score") ?? 0
        let rule = "\(event.text("rule.id") ?? "") \(event.text("rule.name") ?? "")"
        func move(_ key: String) -> String {
            "\(event.number("\(alert).\(key).before") ?? 0) to \(event.number("\(alert).\(key).after") ?? 0)"
        }
        let figures = "effective \(move("effective_rules")), blocking \(move("blocking_rules"))"
        let who = event["process"] == nil ? "nobody that was seen" : Person(event).text
        if state == "resolved" { return (.gain, "RESOLVED \(rule): \(figures)") }
        return (.alarm, "\(state == "open" ? "ALERT" : "ALERT again") \(score) \(rule) by \(who): \(figures)")
    }

    private static func deed(_ operation: JSONValue) -> String? {
        guard let op = operation.text("op") else { return nil }
        let place = ["family", "table", "chain", "set"].compactMap(operation.text).joined(separator: " ")
        let count = operation.number("count")
        switch op {
        case "add-rule": return "added \(rules(count)) to \(place)"
        case "delete-rule": return "deleted \(rules(count)) of \(place)"
        case "replace-rule": return "replaced \(rules(count)) of \(place)"
        case "flush-ruleset": return "flushed all rules"
        case "policy":
            return
                "set the policy of \(place) from \(operation.text("policy.before") ?? "none") to \(operation.text("policy.after") ?? "none")"
        case "table-dormant": return "set the table \(place) dormant"
        default: return "\(op.replacing("-", with: " ")) \(place)"
        }
    }

    private static func rules(_ count: Int?) -> String { count ?? 1 == 1 ? "a rule" : "\(count ?? 0) rules" }

    private static func place(_ event: JSONValue, _ path: String, isHostPlain: Bool = false) -> String {
        if event.flag("\(path).netns.is_host") { return isHostPlain ? "" : "the host" }
        return "\(isHostPlain ? " in " : "")namespace \(event.text("\(path).netns.id") ?? "?")"
    }

    private static func figure(_ event: JSONValue, _ path: String, _ noun: String) -> String {
        let count = event.number(path) ?? 0
        return "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private static func signed(_ number: Int) -> String { number > 0 ? "+\(number)" : "\(number)" }

    /// What a terminal would obey is shown as what it is.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.value {
                    case 0..<0x20, 0x7f..<0xa0, 0x200e...0x200f, 0x202a...0x202e, 0x2066...0x2069: "\u{fffd}"
                    default: scalar
                    }
                }))
    }
}
