internal import JSON

/// A machine that told something.
struct Host {
    let id: String
    let name: String
    let kernel: String
    let version: String
    var last: Int

    init(_ line: EventLine) {
        id = String(line.host.prefix(128))
        name = line.event.text("host.hostname").map { String($0.prefix(256)) } ?? id
        kernel = line.event.text("host.os.kernel").map { String($0.prefix(128)) } ?? ""
        version = line.event.text("agent.version").map { String($0.prefix(64)) } ?? ""
        last = line.written
    }

    var json: JSONValue {
        .members(["id": .text(id), "name": .text(name), "kernel": .text(kernel), "version": .text(version)])
    }
}

/// A network namespace of one.
struct Space {
    let host: Int
    let id: String
    let isHost: Bool
    var states: [State] = []
}

/// What a `firewall-state` line said.
struct State {
    let time: Int
    let sequence: Int
    let figures: [Int]
    let value: JSONValue

    init(_ line: EventLine, _ state: JSONValue) {
        time = line.time
        sequence = line.sequence
        figures = ["rules", "effective_rules", "blocking_rules"].map { state.number($0) ?? 0 }
        value = .members(["chains": state["chains"], "chains_count": state["chains_count"]])
    }
}

/// The collector began or ended.
struct Run {
    let host: Int
    let time: Int
    let isStart: Bool
    /// When the host was heard of last before that.
    let lineBefore: Int

    var json: JSONValue {
        .members([
            "host": .number(host), "time": .number(time), "start": .flag(isStart), "before": .number(lineBefore),
        ])
    }
}

/// Anything else that is told: a file, a service, a module, a switch, the collector.
struct Note {
    let time: Int
    let sequence: Int
    private let value: JSONValue

    init(_ line: EventLine, host: Int, actor: Int?, process: JSONValue?, text: String) {
        time = line.time
        sequence = line.sequence
        let event = line.event
        value = .members([
            "time": .number(line.time), "sequence": .number(line.sequence), "id": .text(line.id),
            "host": .number(host), "action": .text(line.action), "text": .text(text),
            "reason": event["event.reason"]?.clipped, "outcome": event["event.outcome"]?.clipped,
            "actor": actor.map { .number($0) }, "process": process, "file": event["file"]?.clipped,
            "config_file": event["wallwatch.config_file"]?.clipped, "service": event["wallwatch.service"]?.clipped,
            "sysctl": event["wallwatch.sysctl"]?.clipped, "module": event["wallwatch.module"]?.clipped,
            "collector": event["wallwatch.collector"]?.clipped,
            "while_down": event["wallwatch.state.changed_while_down"]?.clipped,
        ])
    }

    var json: JSONValue { value }
}

extension Actor {
    mutating func note(_ change: Change, isOfHost: Bool) {
        guard change.kind != .failed else { return failed += 1 }
        changes += 1
        if change.isWeakening { weakening += 1 }
        rules += change.rules.delta
        effective += change.effective.delta
        blocking += change.blocking.delta
        worst = min(worst, change.effective.delta)
        for deed in change.deeds.prefix(32) where places.count < 64 {
            if let table = deed.table { places.insert("\(deed.family.map { "\($0) " } ?? "")\(table)") }
        }
    }
}
