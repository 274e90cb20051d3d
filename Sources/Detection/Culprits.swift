internal import Records

/// Who took what part in an episode.
struct Culprits: Hashable, Codable {
    /// How many are told apart.
    static let capacity = 32
    /// How many of them the next collector hears of.
    private static let keptCapacity = 4

    struct One: Hashable, Codable {
        /// nil: nobody was seen.
        var actor: Actor?
        var suspicion: Suspicion
        /// What he took away, in effective rules and those that block.
        var taken = 0

        init(_ actor: Actor?, _ tuning: Tuning) {
            self.actor = actor
            suspicion = Suspicion(of: actor, tuning)
        }
    }

    /// Whether it may be reckoned with though it was read from a file.
    var isPlausible: Bool {
        let all = (suspect.map { [$0] } ?? []) + takers.values + losers.values
        return all.allSatisfy { $0.taken.isPlausible && $0.suspicion.isPlausible }
    }

    /// A tool is started anew for each rule: all of the same tree that run the same program are one.
    private struct Party: Hashable, Codable {
        var root: ProcessID?
        var executable: String
    }

    /// The most suspicious; of several the last.
    private(set) var suspect: One?
    private var takers: [Party: One] = [:]
    private var losers: [Loss: One] = [:]

    mutating func note(_ deed: Deed, weakens: Bool, _ tuning: Tuning) {
        let one = One(deed.actor, tuning)
        guard weakens || one.suspicion.percent >= Suspicion.grave else { return }
        if one.suspicion.percent >= suspect?.suspicion.percent ?? 0 { suspect = one }
        guard weakens, let alteration = deed.alteration else { return }
        let effective = max(0, alteration.before.effective - alteration.after.effective)
        let blocking = max(0, alteration.before.blocking - alteration.after.blocking)
        take(one, effective + blocking)
    }

    mutating func note(_ loss: Loss, by actor: Actor?, _ tuning: Tuning) {
        if losers.count < Self.capacity || losers[loss] != nil { losers[loss] = One(actor, tuning) }
    }

    private mutating func take(_ one: One, _ count: Int) {
        let party = Party(root: one.actor?.root, executable: one.actor?.executable ?? "")
        guard takers.count < Self.capacity || takers[party] != nil else { return }
        var one = one
        one.taken = (takers[party]?.taken ?? 0) + count
        takers[party] = one
    }

    /// Those of a later episode: it is what is told now.
    mutating func merge(_ other: Culprits) {
        if other.suspect?.suspicion.percent ?? -1 >= suspect?.suspicion.percent ?? -1 { suspect = other.suspect }
        if !other.takers.isEmpty { takers = other.takers }
        for (loss, one) in other.losers where losers.count < Self.capacity || losers[loss] != nil { losers[loss] = one }
    }

    /// As it is kept for the next collector: those who took most, and without all that is told of a process.
    var kept: Culprits {
        var kept = self
        let most = takers.sorted { $0.value.taken > $1.value.taken }.prefix(Self.keptCapacity)
        kept.takers = Dictionary(most.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        kept.losers = Dictionary(
            losers.prefix(Self.keptCapacity).map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        return kept
    }

    /// Whose suspicion counts where that finding is the gravest: that of who is suspicious, whatever he did.
    func one(for gravest: Finding?) -> One? {
        if let suspect, suspect.suspicion.percent >= Suspicion.grave { return suspect }
        return doer(of: gravest) ?? suspect
    }

    /// Who is named for it: of several who are suspicious not the most suspicious, but who did it; nor who is suspicious
    /// and took nothing, where another did.
    func named(for gravest: Finding?) -> One? {
        guard let doer = doer(of: gravest) else { return one(for: gravest) }
        let isOthers = doer.taken > 0 && !hasTaken(suspect)
        return doer.suspicion.percent >= Suspicion.grave || isOthers ? doer : one(for: gravest)
    }

    private func hasTaken(_ one: One?) -> Bool {
        guard let actor = one?.actor else { return false }
        return losers.values.contains { $0.actor?.id == actor.id }
            || takers.values.contains {
                $0.taken > 0 && $0.actor?.root == actor.root && $0.actor?.executable == actor.executable
            }
    }

    private func doer(of gravest: Finding?) -> One? {
        if let loss = gravest?.loss, let one = losers[loss] { return one }
        // Of several who took as much the one that took last cannot be told: the order is that of their numbers.
        return takers.values.max { ($0.taken, $0.actor?.id.start ?? 0) < ($1.taken, $1.actor?.id.start ?? 0) }
    }
}
