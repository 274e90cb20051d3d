internal import JSON
internal import Sentences

/// What a recording says, made ready for one page.
///
///     var report = Report(since: nil, until: nil)
///     report.begin("events.jsonl")
///     report.take(line)
///     let page = report.page(version: "0.1.0", at: now)
package struct Report {
    /// A file that was read.
    package struct Input: Hashable, Sendable {
        package var name: String
        package var lines = 0
        /// Lines that are no JSON: cut, or of something else.
        package var bad = 0
        /// JSON, and no event of wallwatch in ECS.
        package var foreign = 0
    }

    package private(set) var inputs: [Input] = []
    /// Lines that came before, from another file.
    package private(set) var repeated = 0
    /// Lines that were told, and those before and after what was asked for.
    package private(set) var taken = 0
    package private(set) var outside = 0

    let since: Int?
    let until: Int?
    var first = Int.max
    var last = Int.min

    var hosts: [Host] = []
    var spaces: [Space] = []
    var actors: [Actor] = []
    var changes: [Change] = []
    var incidents: [Incident] = []
    var notes: [Note] = []
    var runs: [Run] = []
    var lost: [String: Int] = [:]
    var shelf = Shelf()
    var sequences: [String: LineNumbers] = [:]
    var actions: [String: Int] = [:]

    private var seen: Set<String> = []
    private var hostPlaces: [String: Int] = [:]
    private var spacePlaces: [String: Int] = [:]
    private var actorPlaces: [Actor.Key: Int] = [:]
    private var incidentPlaces: [String: Int] = [:]
    private var changePlaces: [String: Int] = [:]
    /// Details may come before their change, in another file.
    private var waiting: [String: [EventLine]] = [:]

    /// Both in microseconds since 1970; what lies on them counts.
    package init(since: Int? = nil, until: Int? = nil) {
        self.since = since
        self.until = until
    }

    /// The next lines are of this file.
    package mutating func begin(_ name: String) { inputs.append(Input(name: name)) }

    package mutating func take(_ bytes: [UInt8]) {
        if inputs.isEmpty { begin("-") }
        let input = inputs.count - 1
        inputs[input].lines += 1
        guard let value = JSONValue(bytes) else { return inputs[input].bad += 1 }
        guard let line = EventLine(value) else { return inputs[input].foreign += 1 }
        guard line.time >= since ?? Int.min, line.time <= until ?? Int.max else { return outside += 1 }
        if !line.id.isEmpty, !seen.insert("\(line.agent) \(line.id)").inserted { return repeated += 1 }
        taken += 1
        let moment = line.isOfProcess ? line.written : line.time
        first = min(first, moment)
        last = max(last, moment)
        actions[line.action, default: 0] += 1
        sequences[line.agent, default: LineNumbers()].note(line.sequence, at: line.written)
        tell(line, host: host(line))
    }

    private mutating func tell(_ line: EventLine, host: Int) {
        switch line.action {
        case "firewall-changed": change(line, .changed, host)
        case "firewall-change-failed": change(line, .failed, host)
        case "model-drift": change(line, .drift, host)
        case "firewall-module-unloaded":
            if line.event["wallwatch.change.rules"] != nil { change(line, .changed, host) }
            note(line, host)
        case "firewall-change-detail": detail(line)
        case "firewall-state": state(line, host)
        case "firewall-alert": alert(line, host)
        case "exec", "end", "record", "collector-health": break
        default:
            if line.action == "collector-started" || line.action == "collector-stopped" { run(line, host) }
            if case .object(let lost)? = line.event["wallwatch.collector.lost"] {
                for case (let kind, .number(let count)) in lost { self.lost[kind, default: 0] += Int(count) }
            }
            note(line, host)
        }
        hosts[host].last = max(hosts[host].last, line.written)
    }

    private mutating func change(_ line: EventLine, _ kind: Change.Kind, _ host: Int) {
        let actor = actor(line, host)
        let process = shelf.process(line.event)
        guard let space = space(line.event["wallwatch.change.netns"], host),
            var change = Change(
                line, kind: kind, space: space, actor: actor, process: process, text: sentence(line))
        else { return }
        for more in waiting.removeValue(forKey: line.id) ?? [] { change.more(more) }
        change.summary = shelf.place(change.summaryJSON)
        changePlaces[line.id] = changes.count
        actors[actor].note(change, isOfHost: spaces[space].isHost)
        changes.append(change)
    }

    private mutating func detail(_ line: EventLine) {
        guard let id = line.event.text("wallwatch.change.id") else { return }
        if let place = changePlaces[id] { changes[place].more(line) } else { waiting[id, default: []].append(line) }
    }

    private mutating func state(_ line: EventLine, _ host: Int) {
        guard let state = line.event["wallwatch.state"], let space = space(state["netns"], host) else { return }
        spaces[space].states.append(State(line, state))
        if state.flag("changed_while_down.changed") { note(line, host) }
    }

    private mutating func alert(_ line: EventLine, _ host: Int) {
        let key = "\(host) \(line.event.text("wallwatch.alert.id") ?? line.id)"
        let actor = actor(line, host)
        let space = space(line.event["wallwatch.alert.netns"], host)
        let place = incidentPlaces[key] ?? incidents.count
        if place == incidents.count {
            incidents.append(Incident(line, host: host, space: space))
            incidentPlaces[key] = place
        }
        incidents[place].take(line, actor: actor, process: shelf.process(line.event))
        if line.event["process"] != nil { actors[actor].alerts.insert(place) }
    }

    private mutating func note(_ line: EventLine, _ host: Int) {
        var actor: Int?
        if line.event["process"] != nil {
            let place = self.actor(line, host)
            actors[place].others += 1
            actor = place
        }
        notes.append(
            Note(line, host: host, actor: actor, process: shelf.process(line.event), text: sentence(line)))
    }

    private mutating func run(_ line: EventLine, _ host: Int) {
        runs.append(
            Run(host: host, time: line.time, isStart: line.action == "collector-started", lineBefore: hosts[host].last))
    }

    private func sentence(_ line: EventLine) -> String {
        EventSentence(event: line.event).map { String($0.text.prefix(2048)) } ?? line.action
    }

    // MARK: - Places

    private mutating func host(_ line: EventLine) -> Int {
        if let place = hostPlaces[line.host] { return place }
        hostPlaces[line.host] = hosts.count
        hosts.append(Host(line))
        return hosts.count - 1
    }

    private mutating func space(_ netns: JSONValue?, _ host: Int) -> Int? {
        guard let netns else { return nil }
        let id = netns.text("id") ?? "?"
        let key = "\(host) \(id)"
        if let place = spacePlaces[key] { return place }
        spacePlaces[key] = spaces.count
        spaces.append(Space(host: host, id: String(id.prefix(64)), isHost: netns.flag("is_host")))
        return spaces.count - 1
    }

    private mutating func actor(_ line: EventLine, _ host: Int) -> Int {
        let key = Actor.Key(line.event, host: host)
        let place = actorPlaces[key] ?? actors.count
        if place == actors.count {
            actors.append(Actor(key: key, at: line.time))
            actorPlaces[key] = place
        }
        actors[place].note(line)
        return place
    }
}
