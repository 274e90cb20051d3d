/// The most that the host's firewall ever protected: what is lost little by little is measured against it.
struct Erosion: Hashable, Codable {
    private var most = Level.zero

    /// Whether it may be reckoned with though it was read from a file.
    var isPlausible: Bool { most.isPlausible }

    mutating func note(_ level: Level, most effective: Int = 0) {
        most = most.highest(level)
        most.effective = max(most.effective, effective)
    }

    /// What was taken away by whose it was is not missed.
    mutating func allow(_ alteration: Alteration) {
        most = most.lowest(most.adding(alteration.before, to: alteration.after))
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
