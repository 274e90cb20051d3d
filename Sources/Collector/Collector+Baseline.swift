internal import Baseline
internal import Configuration
internal import Events
internal import Host
internal import Inventory
internal import Protection
internal import SavedState
internal import SystemPackage

/// What stands against what was documented.
extension Collector {
    /// The documented state, read anew; nil: there is none. Throws why it is not believed.
    private func savedBaseline() throws(BaselineRefusal) -> Baseline? {
        let path = configuration.state.directory.appending(LiveBaseline.fileName)
        let text: [UInt8]
        do throws(TrustedFile.Failure) { text = try TrustedFile.read(path) } catch {
            if case .missing = error { return nil }
            throw BaselineRefusal(reason: error.description)
        }
        do throws(Baseline.Malformed) { return try Baseline(text: text) } catch {
            throw BaselineRefusal(reason: error.description)
        }
    }

    private struct BaselineRefusal: Error {
        var reason: String
    }

    /// How the host's namespace differs from it.
    func compareBaseline() -> BaselineReport? {
        guard let saved = try? savedBaseline() else { return nil }
        let host = namespaces.host
        let now = Baseline(host.state, texts: host.texts, savedAt: "", hostname: saved.hostname)
        let difference = BaselineDifference(from: saved, to: now)
        let (missing, added, moved) = difference.counts
        return BaselineReport(
            savedAt: saved.savedAt, differs: difference.differs, missing: missing, added: added, moved: moved,
            effective: Count(before: difference.effectiveRules.before, after: difference.effectiveRules.after),
            blocking: Count(before: difference.blockingRules.before, after: difference.blockingRules.after))
    }

    /// In a word, for `collector-started`.
    var baselineStanding: String {
        do throws(BaselineRefusal) {
            guard try savedBaseline() != nil else { return "none" }
            return compareBaseline()?.differs == true ? "differs" : "the same"
        } catch { return "refused: \(error.reason)" }
    }

    /// Takes up the mark where an earlier collector left it, unless another state was documented since.
    func beginHighWater() {
        let baseline = (try? savedBaseline())?.savedAt ?? ""
        if let kept = keeper.savedHighWater, kept.baseline == baseline { highWater = kept }
        highWater.baseline = baseline
        noteLevel()
    }

    /// Raises the mark, if there are more effective rules than ever.
    func noteLevel() {
        if highWater.note(namespaces.host.state.figures.effective, at: Clock.realtime) { isHighWaterRaised = true }
    }
}
