internal import Identity

/// Who changes this host's firewall, and when: what was never seen before is worth a word.
package struct Habits: Hashable, Sendable, Codable {
    /// How many of a kind are remembered, and how long after the last time, in seconds.
    static let capacity = 512
    static let memory: Int64 = 90 * 86_400
    /// How long, and how many changes, it takes to know a host's hours, in seconds.
    static let hoursAfter: Int64 = 28 * 86_400
    static let hoursOf = 50

    /// When each was seen last, in seconds since 1970.
    private var executables: [String: Int64] = [:]
    private var ancestors: [String: Int64] = [:]
    private var users: [String: Int64] = [:]
    private var units: [String: Int64] = [:]
    /// Changes by the hour of the day (UTC), of working days and of weekends.
    private var hours: [Int] = Array(repeating: 0, count: 48)
    /// How much protects, and how much is taken away at once, in the host's namespace.
    var levels = Levels()
    /// When the first change was seen; before that everything is new.
    private var since: Int64?

    package init() {}

    /// Whether it may be reckoned with though it was read from a file.
    var isPlausible: Bool {
        hours.count == 48 && hours.allSatisfy { $0 >= 0 && $0.isPlausible } && levels.isPlausible
            && [executables, ancestors, users, units].allSatisfy { $0.values.allSatisfy(\.isPlausibleMoment) }
            && since?.isPlausibleMoment != false
    }

    /// What is new about somebody who changes a firewall, and takes note of him. `learning`: how long after the first
    /// change there is nothing new, in seconds.
    mutating func meet(_ actor: Actor, at wall: Int64, learning: Int64) -> [Trait] {
        let began = since ?? wall
        since = began
        let isKnown = wall - began >= learning
        var traits: [Trait] = []
        func note(_ kind: Trait.Kind, _ seen: inout [String: Int64], _ key: String?) {
            guard let key, !key.isEmpty else { return }
            let isNew = seen[key].map { wall - $0 > Self.memory } ?? true
            if isNew, isKnown { traits.append(Trait(kind, key)) }
            seen[key] = max(wall, seen[key] ?? wall)
            guard seen.count > Self.capacity else { return }
            let oldest = seen.min { ($0.value, $0.key) < ($1.value, $1.key) }
            if let oldest { seen[oldest.key] = nil }
        }
        note(.firstExecutable, &executables, Self.key(actor.chain.first))
        note(.firstAncestor, &ancestors, Self.key(actor.chain.dropFirst().first))
        let user = actor.initiator?.login ?? actor.initiator?.user ?? actor.login ?? actor.user
        note(.firstUser, &users, user.shown)
        note(.firstUnit, &units, actor.unit)
        let hour = Self.hour(wall)
        if wall - began >= Self.hoursAfter, hours.reduce(0, +) >= Self.hoursOf, hours[hour] == 0 {
            traits.append(
                Trait(
                    .unusualHour,
                    "no change was ever made at \(hour % 24):00 UTC \(hour < 24 ? "of a working day" : "of a weekend")")
            )
        }
        hours[hour] += 1
        return traits
    }

    private static func key(_ program: Program?) -> String? {
        program.map { program in program.script.map { "\(program.executable) \($0)" } ?? program.executable }
    }

    private static func hour(_ wall: Int64) -> Int {
        let day = (wall / 86_400 + 3) % 7
        return Int(wall / 3600 % 24) + (day >= 5 ? 24 : 0)
    }
}
