internal import JSON

/// Somebody who did things, over all his processes: the same program for the same user by the same way in.
struct Actor {
    /// What tells one from another.
    struct Key: Hashable {
        var host: Int
        var program: String?
        var script: String?
        var user: String?
        var login: String?
        var entry: String?
        var peer: String?
        var unit: String?
        var container: String?
        var initiator: String?

        init(_ event: JSONValue, host: Int) {
            self.host = host
            func text(_ path: String) -> String? { event.text(path).map { String($0.prefix(512)) } }
            program = text("process.executable") ?? text("process.name")
            script = text("wallwatch.process.script.path")
            user = text("process.user.name") ?? text("process.user.id")
            login = text("wallwatch.login.name") ?? text("wallwatch.login.uid")
            entry = text("process.entry_leader.entry_meta.type")
            peer = text("process.entry_leader.entry_meta.source.ip")
            // A session or scope has another name each time.
            unit = text("wallwatch.unit").flatMap { $0.hasSuffix(".service") ? $0 : nil }
            container = text("container.id")
            initiator = text("wallwatch.initiator.executable") ?? text("wallwatch.initiator.name")
        }
    }

    let key: Key
    var first: Int
    var last: Int
    var changes = 0
    var weakening = 0
    var failed = 0
    /// Files, services, modules, switches, the collector.
    var others = 0
    var rules = 0
    var effective = 0
    var blocking = 0
    /// The most effective rules lost by one change, as a negative number.
    var worst = 0
    var traits: [String: String] = [:]
    var commands: [String] = []
    var places: Set<String> = []
    var alerts: Set<Int> = []

    init(key: Key, at time: Int) {
        self.key = key
        first = time
        last = time
    }

    mutating func note(_ line: EventLine) {
        first = min(first, line.time)
        last = max(last, line.time)
        for trait in line.event.list("wallwatch.traits").prefix(64) {
            guard let id = trait.text("id"), traits.count < 64 else { continue }
            traits[String(id.prefix(64))] = trait.text("text").map { String($0.prefix(512)) } ?? ""
        }
        if let command = line.event.text("process.command_line").map({ String($0.prefix(512)) }), commands.count < 5,
            !commands.contains(command)
        {
            commands.append(command)
        }
    }

    var json: JSONValue {
        .members([
            "host": .number(key.host), "program": key.program.map { .text($0) }, "script": key.script.map { .text($0) },
            "user": key.user.map { .text($0) }, "login": key.login.map { .text($0) },
            "entry": key.entry.map { .text($0) }, "peer": key.peer.map { .text($0) },
            "unit": key.unit.map { .text($0) }, "container": key.container.map { .text($0) },
            "initiator": key.initiator.map { .text($0) }, "first": .number(first), "last": .number(last),
            "changes": .number(changes), "weakening": .number(weakening), "failed": .number(failed),
            "others": .number(others), "rules": .number(rules), "effective": .number(effective),
            "blocking": .number(blocking), "worst": .number(worst),
            "traits": .array(
                traits.sorted { $0.key < $1.key }.map { .members(["id": .text($0.key), "text": .text($0.value)]) }),
            "commands": .texts(commands), "places": .texts(places.sorted().prefix(12)),
            "alerts": .numbers(alerts.sorted()),
        ])
    }
}
