internal import JSON

/// What every event line says of itself.
struct EventLine {
    let event: JSONValue
    /// Microseconds since 1970.
    let time: Int
    /// When it was written, which `event.sequence` follows.
    let written: Int
    let action: String
    let id: String
    let sequence: Int
    /// The installation whose `event.sequence` it is.
    let agent: String
    let host: String

    /// nil: it is JSON, and no event of wallwatch's in ECS.
    init?(_ event: JSONValue) {
        guard event.text("event.module") == "wallwatch", let action = event.text("event.action"),
            let time = event.text("@timestamp").flatMap({ Timestamp($0) })
        else { return nil }
        self.event = event
        self.action = action
        self.time = time.microseconds
        written = event.text("event.created").flatMap({ Timestamp($0) })?.microseconds ?? time.microseconds
        id = event.text("event.id") ?? ""
        sequence = event.number("event.sequence") ?? 0
        agent = event.text("agent.id") ?? ""
        host = event.text("host.id") ?? event.text("host.hostname") ?? ""
    }

    /// It is of a process, whose time may be long before anything was watched.
    var isOfProcess: Bool { action == "exec" || action == "end" }

    /// `before` and `after` of one of the figures of a change or an alert.
    func figure(_ path: String) -> Figure {
        Figure(before: event.number("\(path).before") ?? 0, after: event.number("\(path).after") ?? 0)
    }
}

/// A count before and after.
struct Figure: Hashable {
    var before = 0
    var after = 0

    var delta: Int { after &- before }
}
