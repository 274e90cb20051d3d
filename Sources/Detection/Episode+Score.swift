extension Episode {
    /// What speaks for an alert, as things are now.
    func findings(_ tuning: Tuning) -> [Finding] {
        var found: [Finding] = []
        let policies = losses.contains { if case .policy = $0 { true } else { false } }
        let lost = before.effective - current.effective
        let blocking = before.blocking - current.blocking
        let isEmptied = current.effective == 0 && lost > 0 && (before.blocking > 0 || policies || lost >= 5)
        if isEmptied {
            found.append(
                Finding(rule: .emptied, points: 100, text: "all \(before.effective) effective rules are gone"))
        } else if let drop = drop(lost: lost, blocking: blocking, tuning) {
            found.append(drop)
        }
        for loss in losses {
            guard let words = words[loss], words.points > 0 else { continue }
            found.append(Finding(rule: loss.rule, points: words.points, text: words.text, loss: loss))
        }
        let weakens = !found.isEmpty || !current.reaches(before)
        if suspicion.percent >= Suspicion.grave, culprits.suspect?.actor != nil {
            found.append(
                Finding(
                    rule: .suspiciousWriter, points: weakens ? 50 : 30,
                    text: weakens ? "its author is suspicious" : "a suspicious process changed it, weakening nothing"))
        }
        return found.filter { !tuning.off.contains($0.rule) }
    }

    private func drop(lost: Int, blocking: Int, _ tuning: Tuning) -> Finding? {
        // Rules that drop are the protection itself; of the others many only let in, or translate addresses.
        let ofBlocking = before.blocking > 0 ? 100 * blocking / before.blocking : 0
        let ofAll = before.effective > 0 ? (blocking > 0 ? 60 : 30) * lost / before.effective : 0
        let percent = max(ofBlocking, ofAll)
        let isLarge =
            percent >= (blocking > 0 ? tuning.dropPercent : tuning.dropPercent / 2)
            && max(lost, blocking) >= tuning.dropRules
        guard isLarge else { return nil }
        return Finding(
            rule: isErosion ? .erosion : .suddenDrop, points: min(100, percent),
            text:
                "effective rules \(before.effective) to \(current.effective), of them blocking \(before.blocking) to \(current.blocking)"
        )
    }

    /// Who is named for it: who did what is gravest, if he is suspicious or nobody is; else who is, whatever he did.
    func culprit(_ tuning: Tuning) -> Culprits.One? { culprits.named(for: findings(tuning).gravest) }

    func score(_ tuning: Tuning) -> (findings: [Finding], score: Score) {
        let findings = findings(tuning)
        let share = netns.isHost ? 100 : tuning.otherNamespaces
        var suspicion = culprits.one(for: findings.gravest)?.suspicion ?? .none
        if let usual, isLarger(than: usual, tuning) { suspicion.add(usual, lost: before.effective - current.effective) }
        return (findings, Score(findings, suspicion, share: share))
    }

    private func isLarger(than usual: Usual, _ tuning: Tuning) -> Bool {
        before.effective - current.effective > max(2 * usual.largestLoss, tuning.dropRules)
    }
}
