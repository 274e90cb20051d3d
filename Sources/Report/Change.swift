internal import JSON

/// One change of a firewall, or an attempt.
struct Change {
    enum Kind: Int {
        case changed, failed, drift
    }

    var kind: Kind
    var time: Int
    var sequence: Int
    var id: String
    var space: Int
    var actor: Int
    var rules: Figure
    var effective: Figure
    var blocking: Figure
    var deeds: [Deed]
    /// Of the whole change, those that no line tells included.
    var deedCount: Int
    var isCovered: Bool
    var whileDown: Bool
    /// What is shown of it when somebody asks.
    var detail: JSONValue
    /// The operations that `detail` shows, those of its `firewall-change-detail` lines behind.
    var operations: [JSONValue]
    /// What was done, in a few operations: where it stands on the shelf.
    var summary = 0

    /// Less protects than before it. An attempt weakens nothing.
    var isWeakening: Bool { kind != .failed && (effective.delta < 0 || blocking.delta < 0 || opensPolicy) }

    private var opensPolicy: Bool { deeds.contains { $0.isOpening } }

    /// More than that nobody reads.
    static let operationsShown = 256

    init?(_ line: EventLine, kind: Kind, space: Int, actor: Int, process: JSONValue?, text: String) {
        let path = "wallwatch.change"
        guard let change = line.event[path] else { return nil }
        self.kind = kind
        time = line.time
        sequence = line.sequence
        id = line.id
        self.space = space
        self.actor = actor
        rules = line.figure("\(path).rules")
        effective = line.figure("\(path).effective_rules")
        blocking = line.figure("\(path).blocking_rules")
        let operations = line.event.list("\(path).operations")
        let isLegacy = !["nftables", "module"].contains(change.text("backend") ?? "nftables")
        deeds = operations.map { Deed($0, isLegacy: isLegacy) }
        deedCount = max(change.number("operations_count") ?? 0, operations.count)
        isCovered = line.event["wallwatch.covered_by"] != nil
        whileDown = change.flag("while_down")
        self.operations = operations.prefix(Self.operationsShown).map(\.clipped)
        detail = .members([
            "id": .text(line.id), "text": .text(text), "reason": line.event["event.reason"]?.clipped,
            "backend": change["backend"], "generation": change["generation"], "source": change["source"],
            "attributed": change["attributed"], "claimed": change["claimed"]?.clipped, "errno": change["errno"],
            "killed_by": change["killed_by"]?.clipped, "latency": change["latency_us"], "elements": change["elements"],
            "policies": change["policies"]?.clipped, "suppressed": change["suppressed"],
            "effective_min": change["effective_rules.min"], "covered": line.event["wallwatch.covered_by"]?.clipped,
            "truncated": line.event["wallwatch.truncated"]?.clipped, "process": process,
        ])
    }

    /// A line with operations for which the change's own had no room.
    mutating func more(_ line: EventLine) {
        let more = line.event.list("wallwatch.change.operations")
        // Under the same `op` without its `count`: words of rules whose number is told already.
        let new = more.filter { $0["count"] != nil || $0["rules"] == nil && $0["rule"] == nil }
        deeds += new.map { Deed($0, isLegacy: deeds.first?.isLegacy ?? false) }
        operations += more.prefix(max(0, Self.operationsShown - operations.count)).map(\.clipped)
    }

    /// The row of the page. `detail` is where it stands there, or -1.
    func row(detail: Int) -> JSONValue {
        .numbers([
            time, sequence, space, kind.rawValue, rules.before, rules.after, effective.before, effective.after,
            blocking.before, blocking.after, actor, (isCovered ? 1 : 0) | (whileDown ? 2 : 0) | (isWeakening ? 4 : 0),
            detail, summary,
        ])
    }

    /// Its first operations, without the words of rules, and how many there are.
    var summaryJSON: JSONValue {
        let first = operations.prefix(3).map { operation in
            JSONValue.members([
                "op": operation["op"], "family": operation["family"], "table": operation["table"],
                "chain": operation["chain"], "set": operation["set"], "count": operation["count"],
                "policy": operation["policy"], "detail": operation["detail"],
            ])
        }
        return .members(["operations": .array(first), "count": .number(deedCount)])
    }

    var wholeDetail: JSONValue {
        guard case .object(var members) = detail else { return detail }
        members["operations"] = .array(operations)
        members["operations_count"] = .number(deedCount)
        return .object(members)
    }
}

/// One operation, as far as counts go.
struct Deed: Hashable {
    var op: String
    var isLegacy: Bool
    var family: String?
    var table: String?
    var chain: String?
    var count: Int
    var isOpening: Bool

    init(_ operation: JSONValue, isLegacy: Bool) {
        op = operation.text("op") ?? ""
        self.isLegacy = isLegacy
        family = operation.text("family")
        table = operation.text("table").map { String($0.prefix(256)) }
        chain = operation.text("chain").map { String($0.prefix(256)) }
        count = operation.number("count") ?? (["add-rule", "delete-rule"].contains(op) ? 1 : 0)
        isOpening = operation.text("policy.before") == "drop" && operation.text("policy.after") == "accept"
    }
}
