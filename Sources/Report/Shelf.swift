internal import JSON

/// What many details share, once: programs, people, ancestors.
struct Shelf {
    private(set) var values: [JSONValue] = []
    private var places: [JSONValue: Int] = [:]

    /// Where it stands.
    mutating func place(_ value: JSONValue) -> Int {
        if let place = places[value] { return place }
        places[value] = values.count
        values.append(value)
        return values.count - 1
    }

    /// Who did something: `process` with what stands beside it, as far as a person asks for it.
    mutating func process(_ event: JSONValue) -> JSONValue? {
        guard case .object(let process)? = event["process"]?.clipped else { return nil }
        let program = JSONValue.members([
            "executable": process["executable"], "name": process["name"], "sha256": event["process.hash.sha256"],
            "invoked": event["wallwatch.process.invoked"]?.clipped, "comm": event["wallwatch.process.comm"]?.clipped,
            "owner": event["wallwatch.process.exe.owner"], "mode": event["wallwatch.process.exe.mode"],
            "trust": event["wallwatch.process.exe_path_trust"], "deleted": event["wallwatch.process.exe_deleted"],
            "memory": event["wallwatch.process.exe_memfd"], "script": event["wallwatch.process.script"]?.clipped,
        ])
        let person = JSONValue.members([
            "user": process["user"], "real_user": process["real_user"], "group": process["group"],
            "login": event["wallwatch.login"], "entry": event["process.entry_leader.entry_meta.type"],
            "peer": event["process.entry_leader.entry_meta.source.ip"], "unit": event["wallwatch.unit"]?.clipped,
            "container": event["container"]?.clipped, "capabilities": event["wallwatch.process.capabilities"],
        ])
        let traits = event.list("wallwatch.traits").prefix(64).map { JSONValue.number(place($0.clipped)) }
        let ancestry = event.list("wallwatch.ancestry").prefix(64).map { JSONValue.number(place($0.clipped)) }
        return .members([
            "pid": process["pid"], "start": process["start"], "entity": process["entity_id"],
            "command": process["command_line"], "args_count": process["args_count"],
            "folder": process["working_directory"], "stdin": event["wallwatch.process.stdin_kind"],
            "program": .number(place(program)), "person": .number(place(person)), "traits": .array(traits),
            "tree": .array(ancestry), "initiator": event["wallwatch.initiator"]?.clipped,
        ])
    }
}
