internal import JSON

/// The lines of one alert, from its opening on.
struct Incident {
    let id: String
    let host: Int
    let space: Int?
    private(set) var first: Int
    private(set) var last: Int
    private(set) var state = ""
    private(set) var score = -1
    private(set) var changes: [String] = []
    private(set) var actor = -1
    private var lines: [JSONValue] = []
    private var gravest: JSONValue = .null
    private var latest: JSONValue = .null
    private var process: JSONValue?

    init(_ line: EventLine, host: Int, space: Int?) {
        id = line.event.text("wallwatch.alert.id") ?? line.id
        self.host = host
        self.space = space
        first = line.time
        last = line.time
    }

    mutating func take(_ line: EventLine, actor: Int, process: JSONValue?) {
        first = min(first, line.time)
        let score = line.event.number("wallwatch.alert.score") ?? 0
        let state = line.event.text("wallwatch.alert.state") ?? "open"
        if line.time >= last {
            last = line.time
            self.state = state
            latest = line.event
        }
        // A line that resolves may have no score of its own any more.
        if score > self.score || gravest == .null {
            self.score = score
            gravest = line.event
            self.actor = actor
            self.process = process
        }
        for change in line.event.list("wallwatch.alert.changes") {
            if case .text(let id) = change, !changes.contains(id), changes.count < 64 { changes.append(id) }
        }
        if lines.count < 256 {
            lines.append(
                .members([
                    "time": .number(line.time), "sequence": .number(line.sequence), "state": .text(state),
                    "score": .number(score), "reason": line.event["event.reason"]?.clipped,
                ]))
        }
    }

    /// `rows`: where its changes stand in the page.
    func json(rows: [Int]) -> JSONValue {
        let alert = "wallwatch.alert"
        return .members([
            "id": .text(id), "host": .number(host), "space": space.map { .number($0) }, "first": .number(first),
            "last": .number(last), "state": .text(state), "score": .number(max(0, score)),
            "severity": gravest["event.severity"], "rule": gravest["rule.id"]?.clipped,
            "name": gravest["rule.name"]?.clipped, "rule_ids": latest["\(alert).rule_ids"]?.clipped,
            "reason": gravest["event.reason"]?.clipped, "reasons": gravest["\(alert).reasons"]?.clipped,
            "rules": latest["\(alert).rules"], "effective_rules": latest["\(alert).effective_rules"],
            "blocking_rules": latest["\(alert).blocking_rules"], "window": latest["\(alert).window_seconds"],
            "usual": gravest["\(alert).usual"]?.clipped, "occurrences": latest["\(alert).occurrences"],
            "restored_ms": latest["\(alert).restored_after_ms"],
            "restored_by": latest["\(alert).restored_by"]?.clipped, "changes_count": latest["\(alert).changes_count"],
            "technique": gravest["threat.technique.id"]?.clipped, "actor": .number(actor), "process": process,
            "lines": .array(lines), "changes": .numbers(rows),
        ])
    }
}
