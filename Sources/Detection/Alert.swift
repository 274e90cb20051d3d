internal import Records

/// What there is to tell of an incident.
package struct Alert: Hashable, Sendable {
    package enum State: String, CaseIterable, Sendable, Codable {
        case open
        case update
        case resolved
    }

    /// The same for one incident.
    package var id: String
    package var state: State
    /// What weighs most, and all of them.
    package var rule: Rule
    package var rules: [Rule]
    package var score: Score
    package var severity: Severity { Severity(score: score.value) }
    package var netns: Netns
    /// What protected before, what does now, and the least there was between.
    package var before: Level
    package var after: Level
    package var lowest: Level
    package var actor: Actor?
    /// Ids of the lines that told what was done, the first of them, and how many there are.
    package var deeds: [String]
    package var deedCount: Int
    /// From the first to the last, in nanoseconds.
    package var span: UInt64
    /// When it is told, in nanoseconds of CLOCK_BOOTTIME.
    package var time: UInt64
    /// What is usual there; nil: it is not the host's, or not known for long enough.
    package var usual: Usual?
    /// How long it was open, and who made it good.
    package var restoredAfter: UInt64?
    package var restorer: Actor?
    /// How often the same happened again, this time counted.
    package var occurrences: Int
}

extension Alert {
    /// In one line, for people.
    package var sentence: String {
        let who =
            actor.map { " by \($0.name)" } ?? ", by whom is not known"
        let figures =
            "effective rules \(before.effective) to \(after.effective), blocking \(before.blocking) to \(after.blocking)"
        return state == .resolved ? "made good: \(rule.name); \(figures)" : "\(rule.name)\(who); \(figures)"
    }
}
