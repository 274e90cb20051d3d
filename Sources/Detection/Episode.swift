internal import Records

/// Changes that belong together: from the level before the first of them to where they led.
struct Episode: Hashable, Codable {
    /// How long after the last deed another of the same process tree belongs to it, in nanoseconds.
    private static let kinship: UInt64 = 600_000_000_000
    /// How many deeds are named.
    static let capacity = 32

    let netns: Netns
    let began: UInt64
    /// When the last deed of it was done.
    private(set) var last: UInt64
    /// What protected before, and the sum of what those did who may.
    private var base: Level
    private var covered = Level.zero
    /// What protected before, less what those took away for good who may. What they added is missed by nobody.
    var before: Level { base.adding(.zero, to: covered.lowest(.zero)) }
    private(set) var current: Level
    /// A service has begun that may bring back what is missing.
    private(set) var isAwaiting = false
    /// The least there was.
    private(set) var lowest: Level
    private(set) var losses: [Loss] = []
    /// How many of one kind are looked for; a transaction can empty 100,000 sets.
    static let lossCapacity = 64
    private static let gainCapacity = 256
    /// What was given within it: if that goes again, nothing is lost.
    private var gains: Set<Loss> = []
    /// What is said of losses that are no names.
    private(set) var words: [Loss: Words] = [:]
    /// Who took part in it.
    private(set) var culprits = Culprits()
    private(set) var isErosion = false
    /// All of it was done because all ends.
    private(set) var isShuttingDown: Bool?
    private(set) var deeds: [String] = []
    private(set) var deedCount = 0
    private var roots: Set<ProcessID> = []
    /// Who brought back what was lost.
    private(set) var restorer: Actor?
    /// In seconds since 1970, when the last deed of it was done.
    private(set) var wall: Int64 = 0
    /// What is usual where it happened, once it is told.
    var usual: Usual?

    struct Words: Hashable, Codable {
        var points: Int
        var text: String
    }

    init(_ netns: Netns, at time: UInt64, level: Level) {
        self.netns = netns
        began = time
        last = time
        base = level
        current = level
        lowest = level
    }

    /// Whether it may be reckoned with though it was read from a file.
    var isPlausible: Bool {
        [base, covered, current, lowest].allSatisfy(\.isPlausible) && deedCount.isPlausible && wall.isPlausibleMoment
            && words.values.allSatisfy { $0.points.isPlausible } && usual?.isPlausible != false && culprits.isPlausible
    }

    /// The lowest of each figure that fell below where it began; the highest number of those that did not.
    var dip: Level {
        func figure(_ figure: KeyPath<Level, Int>) -> Int {
            lowest[keyPath: figure] < base[keyPath: figure] ? lowest[keyPath: figure] : .max
        }
        return Level(rules: figure(\.rules), effective: figure(\.effective), blocking: figure(\.blocking))
    }

    /// Whether a deed comes so soon that it belongs to it.
    func holds(_ deed: Deed, _ tuning: Tuning) -> Bool { deed.time <= last &+ tuning.quiet }

    /// Whether another, later one is of the same process tree.
    func isKin(of other: Episode) -> Bool {
        other.began <= last &+ Self.kinship && !roots.isDisjoint(with: other.roots)
    }

    /// As it is kept for the next collector.
    var kept: Episode {
        var kept = self
        kept.culprits = culprits.kept
        return kept
    }

    /// Takes what a later one lost as lost too.
    mutating func merge(_ other: Episode) {
        last = max(last, other.last)
        base = before.highest(other.before)
        covered = .zero
        current = other.current
        lowest = lowest.lowest(other.lowest)
        for loss in other.losses {
            if let words = other.words[loss] { miss(loss, words) }
        }
        deeds = Array((deeds + other.deeds).suffix(Self.capacity))
        deedCount += other.deedCount
        roots.formUnion(other.roots)
        culprits.merge(other.culprits)
    }

    /// What was added and has stood for a moment is missed when it goes; what is only there while something is rebuilt is
    /// not.
    mutating func takeRoot(at time: UInt64, _ tuning: Tuning) {
        guard time >= last &+ tuning.quiet / 4, isRestored else { return }
        base = current
        covered = .zero
        gains = []
    }

    /// `isCovered`: whoever did it may, and is no part of what is wrong.
    mutating func note(_ deed: Deed, weakens: Bool, isCovered: Bool, _ tuning: Tuning) {
        last = max(last, deed.time)
        wall = max(wall, deed.wall)
        deedCount += 1
        isShuttingDown = (isShuttingDown ?? true) && deed.isPartOfShutdown(tuning)
        if deeds.count < Self.capacity { deeds.append(deed.id) }
        if let actor = deed.actor, roots.count < Self.capacity { roots.insert(actor.root) }
        if !isCovered { culprits.note(deed, weakens: weakens, tuning) }
    }

    /// The most suspicious of those who took part.
    var suspicion: Suspicion { culprits.suspect?.suspicion ?? .none }

    /// `isAllowed`: it is the author's to do, and its loss is none.
    mutating func move(_ alteration: Alteration, isAllowed: Bool) {
        if isAllowed { covered = covered.adding(alteration.before, to: alteration.after) }
        current = alteration.after
        lowest = lowest.lowest(current)
    }

    /// The same, measured against what there was long before it.
    func eroded(from most: Level) -> Episode {
        var eroded = self
        eroded.base = most
        eroded.covered = .zero
        eroded.isErosion = true
        return eroded
    }

    /// As much protects now, by another's doing.
    mutating func rise(to level: Level) { current = level }

    mutating func lose(_ loss: Loss, points: Int = 0, _ text: String = "", by actor: Actor?, _ tuning: Tuning) {
        guard gains.remove(loss) == nil, miss(loss, Words(points: points, text: text)) else { return }
        culprits.note(loss, by: actor, tuning)
    }

    /// Returns whether it is looked for: not beyond so many of its kind, lest one kind crowd out another.
    @discardableResult
    private mutating func miss(_ loss: Loss, _ said: Words) -> Bool {
        if words[loss] == nil {
            guard losses.count(where: { $0.rule == loss.rule }) < Self.lossCapacity else { return false }
            losses.append(loss)
        }
        words[loss] = said
        return true
    }

    mutating func await() { isAwaiting = true }

    mutating func regain(_ back: [Loss], by actor: Actor?) {
        for loss in back where words[loss] == nil && gains.count < Self.gainCapacity { gains.insert(loss) }
        let back = Set(back)
        let isLevel = current.reaches(before)
        losses.removeAll { back.contains($0) || isLevel && $0.endsWithLevel }
        words = words.filter { losses.contains($0.key) }
        if isRestored { restorer = actor }
    }

    /// A service that began has yet to load what is missing; or one that was stopped, and took nothing along, may begin
    /// again.
    var isComingBack: Bool {
        guard !isRestored else { return false }
        return isAwaiting
            || current.reaches(before)
                && losses.allSatisfy { loss in
                    if case .service = loss { (words[loss]?.points ?? 0) < 70 } else { false }
                }
    }

    /// Nothing is missing. Hands that were laid on the collector cannot be undone, and keep nothing open.
    var isRestored: Bool { current.reaches(before) && losses.allSatisfy { $0 == .tampered } }
}
