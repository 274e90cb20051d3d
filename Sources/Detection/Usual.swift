/// How much usually protects a host, and how much is usually taken away at once: what an alert is read against.
package struct Usual: Hashable, Sendable, Codable {
    /// The fewest and the most effective rules there were after changes that raised no alert, and before them.
    package var low: Int
    package var high: Int
    /// The most effective rules that one burst took away without an alert.
    package var largestLoss: Int
    /// Over how many days.
    package var days: Int
}

/// The figures behind it, day by day.
struct Levels: Hashable, Codable {
    /// How many days are kept.
    static let memory: Int64 = 30
    /// From how many on something is usual.
    static let learning = 7

    private struct Day: Hashable, Codable {
        var low: Int
        var high: Int
        var loss: Int
    }

    private var days: [Int64: Day] = [:]
    private var first: Int64?

    /// Whether it may be reckoned with though it was read from a file.
    var isPlausible: Bool {
        first?.isPlausibleMoment != false && days.keys.allSatisfy(\.isPlausibleMoment)
            && days.values.allSatisfy { $0.low.isPlausible && $0.high.isPlausible && $0.loss.isPlausible }
    }

    /// Takes note of a burst that was ordinary. `wall`: in seconds since 1970.
    mutating func note(from before: Int, to after: Int, at wall: Int64) {
        let today = wall / 86_400
        first = first ?? today
        var day = days[today] ?? Day(low: before, high: before, loss: 0)
        day.low = min(day.low, before, after)
        day.high = max(day.high, before, after)
        day.loss = max(day.loss, before - after)
        days[today] = day
        if days.count > Self.memory { days = days.filter { today - $0.key < Self.memory } }
    }

    /// nil: the host is not known for long enough.
    func usual(at wall: Int64) -> Usual? {
        let today = wall / 86_400
        let days = days.filter { today - $0.key < Self.memory }
        guard let first, today - first >= Self.learning, !days.isEmpty else { return nil }
        return Usual(
            low: days.values.reduce(.max) { min($0, $1.low) }, high: days.values.reduce(0) { max($0, $1.high) },
            largestLoss: days.values.reduce(0) { max($0, $1.loss) }, days: Int(min(today - first, Self.memory)))
    }
}
