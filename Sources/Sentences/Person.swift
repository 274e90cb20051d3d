internal import JSON

/// Who did something, in a few words.
struct Person {
    let text: String

    init(_ event: JSONValue) {
        guard event["process"] != nil else {
            text = "nobody that was seen"
            return
        }
        let name = event.text("process.name") ?? "a process"
        var words = event.number("process.pid").map { ["pid \($0)"] } ?? []
        let user = event.text("process.user.name") ?? event.text("process.user.id").map { "user \($0)" }
        let login = event.text("wallwatch.login.name")
        if let user { words.append(login.map { $0 == user ? user : "\(user), logged in as \($0)" } ?? user) }
        if let entry = event.text("process.entry_leader.entry_meta.type") {
            let address = event.text("process.entry_leader.entry_meta.source.ip").map { " from \($0)" } ?? ""
            words.append("by \(entry)\(address)")
        }
        if let unit = event.text("wallwatch.unit"), unit.hasSuffix(".service") { words.append(unit) }
        if let parent = event.text("process.parent.name") { words.append("below \(parent)") }
        var text = "\(name) (\(words.joined(separator: ", ")))"
        if let asked = event.text("wallwatch.initiator.command_line") ?? event.text("wallwatch.initiator.name") {
            let user = event.text("wallwatch.initiator.user.name").map { " of \($0)" } ?? ""
            text += " for \(asked)\(user)"
        }
        self.text = text
    }
}
