internal import Records

/// An episode that was told as an alert.
struct Incident: Hashable, Codable {
    let id: String
    private(set) var episode: Episode
    private var rules: Set<Rule> = []
    private(set) var primary = Rule.suspiciousWriter
    /// Who is named: of when it was gravest.
    private(set) var culprit: Actor?
    private var score: Score
    private var openedAt: UInt64
    private var toldAt: UInt64
    private var toldScore = 0
    /// What is to be told when it may be told again.
    private var pending: Alert.State?
    private var isRepeating = false
    private(set) var isResolved = false
    private var occurrences = 1

    /// The score has to grow by so much for it to be told again, …
    private static let growth = 10
    /// … and it is told no more often than this, in nanoseconds: who opens and shuts a firewall all the time makes one
    /// line a second.
    private static let pause: UInt64 = 1_000_000_000
    private static let longPause: UInt64 = 10_000_000_000

    init(id: String, _ episode: Episode, _ tuning: Tuning, at time: UInt64) {
        self.id = id
        self.episode = episode
        openedAt = time
        toldAt = time
        score = Score([], .none, share: 0)
        _ = grow(tuning)
    }

    /// Whether it may be reckoned with though it was read from a file.
    var isPlausible: Bool {
        episode.isPlausible && score.value.isPlausible && toldScore.isPlausible && occurrences.isPlausible
    }

    /// As it is kept for the next collector.
    var kept: Incident {
        var kept = self
        kept.episode = episode.kept
        return kept
    }

    /// Takes the gravest it has been. Returns whether there is more to tell than was told.
    private mutating func grow(_ tuning: Tuning) -> Bool {
        let (findings, score) = episode.score(tuning)
        // Of all that was gone some came back: that is no news.
        let found = Set(findings.map(\.rule)).subtracting(rules.contains(.emptied) ? [.suddenDrop] : [])
        let isNew = !rules.isSuperset(of: found)
        rules.formUnion(found)
        if score.value > self.score.value {
            self.score = score
            primary = findings.gravest?.rule ?? primary
            culprit = episode.culprit(tuning)?.actor
        }
        return isNew || self.score.value >= toldScore + Self.growth
    }

    /// Whether a deed belongs to it. What was made good is over: what comes then is judged by itself.
    func holds(_ deed: Deed, _ tuning: Tuning) -> Bool {
        (!isResolved || pending != nil) && episode.holds(deed, tuning)
    }

    /// Takes over what became of its episode. Returns what there is to tell of it now.
    mutating func follow(_ episode: Episode, _ tuning: Tuning, at time: UInt64) -> Alert? {
        self.episode = episode
        let isGrown = grow(tuning)
        if !isResolved, episode.isRestored, isMeasured {
            isResolved = true
            pending = .resolved
        } else if isResolved, !episode.isRestored {
            isResolved = false
            occurrences += 1
            pending = .update
        } else if isGrown, pending == nil {
            pending = .update
        }
        return tell(at: time)
    }

    /// More was done by the same process tree.
    mutating func absorb(_ other: Episode, _ tuning: Tuning, at time: UInt64) -> Alert? {
        // Who did the rest of it is told now, unless he is the less suspicious.
        let isNamed = other.suspicion.percent >= episode.suspicion.percent
        episode.merge(other)
        occurrences += 1
        let isGrown = grow(tuning)
        if isNamed, let latest = other.culprit(tuning) { culprit = latest.actor }
        pending = pending ?? .update
        // One that does the same again and again is counted meanwhile.
        isRepeating = !isGrown
        return tell(at: time)
    }

    /// The same happened again.
    mutating func reopen(_ episode: Episode, _ tuning: Tuning, at time: UInt64) -> Alert? {
        self.episode = episode
        openedAt = time
        isResolved = false
        occurrences += 1
        pending = .update
        _ = grow(tuning)
        return tell(at: time)
    }

    /// When something is to be told that waits.
    var deadline: UInt64? { pending.map { _ in notBefore } }

    private var notBefore: UInt64 { toldAt &+ (isRepeating ? Self.longPause : Self.pause) }

    mutating func tell(at time: UInt64) -> Alert? {
        guard let state = pending, time >= notBefore else { return nil }
        return alert(state, at: time)
    }

    /// What waits, however soon after the last it is.
    mutating func tellAnyway(at time: UInt64) -> Alert? { pending.map { alert($0, at: time) } }

    /// Whether it can be seen to be made good: something was missing.
    private var isMeasured: Bool { !rules.isSubset(of: [.suspiciousWriter, .tampered]) }

    mutating func alert(_ state: Alert.State, at time: UInt64) -> Alert {
        pending = nil
        isRepeating = false
        toldAt = time
        toldScore = score.value
        return Alert(
            id: id, state: state, rule: primary, rules: rules.sorted(), score: score, netns: episode.netns,
            before: episode.before, after: episode.current, lowest: episode.lowest, actor: culprit,
            deeds: episode.deeds, deedCount: episode.deedCount, span: episode.last &- episode.began, time: time,
            usual: episode.usual, restoredAfter: state == .resolved ? time &- openedAt : nil,
            restorer: state == .resolved ? episode.restorer : nil, occurrences: occurrences)
    }

    /// Whether an episode is the same as this one was: the same author doing the same thing in the same namespace.
    func isLike(_ episode: Episode, _ primary: Rule?, by actor: Actor?) -> Bool {
        self.episode.netns == episode.netns && self.primary == primary
            && culprit?.executable == actor?.executable && culprit?.root == actor?.root
    }
}
