/// The most that the host's firewall ever protected: what is lost little by little is measured against it.
struct Erosion {
    private var most = Level.zero

    mutating func note(_ level: Level, most effective: Int = 0) {
        most.effective = max(most.effective, level.effective, effective)
        most.blocking = max(most.blocking, level.blocking)
        most.rules = max(most.rules, level.rules)
    }

    /// What was taken away by whose it was is not missed.
    mutating func allow(_ alteration: Alteration) {
        let moved = most.adding(alteration.before, to: alteration.after)
        most = Level(
            rules: min(most.rules, moved.rules), effective: min(most.effective, moved.effective),
            blocking: min(most.blocking, moved.blocking))
    }

    /// What was told is not told again.
    mutating func begin(anew level: Level) { most = level }

    /// Looks at where a burst led that was nothing by itself. Returns one that begins with the most there was, if too
    /// much of it is gone.
    mutating func judge(_ episode: Episode, _ tuning: Tuning) -> Episode? {
        note(episode.current)
        let lost = most.effective - episode.current.effective
        guard lost >= tuning.dropRules, 100 * lost >= tuning.erosionPercent * most.effective else { return nil }
        return episode.eroded(from: most)
    }
}
