/// Why something raises no alert, or a lower one: it is told with what was done.
package struct Coverage: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// It was done to what is the writer's own (``KnownWriter``).
        case knownWriter = "known_writer"
        /// An operator trusts whoever did it with that (`[[trust]]`).
        case trust
        /// It was done in a maintenance window.
        case maintenance
    }

    package var kind: Kind
    package var name: String
    package var reason: String?

    init(_ kind: Kind, _ name: String, reason: String? = nil) {
        self.kind = kind
        self.name = name
        self.reason = reason
    }
}

/// What there is to say of something that was done before it is judged with what else is done.
package struct Judgement: Hashable, Sendable {
    package var coverage: Coverage?
    /// The least that protected in the burst it belongs to, before it.
    package var lowest: Level?
}

extension Detector {
    package func judgement(of deed: Deed) -> Judgement {
        Judgement(coverage: coverage(of: deed), lowest: lowest(before: deed))
    }

    /// Why a deed is nobody's alarm; nil: it is judged.
    package func coverage(of deed: Deed) -> Coverage? {
        // Nobody cannot be trusted, and who lays hands on the collector is not.
        guard let actor = deed.actor else { return nil }
        if case .tampered = deed.what { return nil }
        let wall = deed.wall
        if let name = tuning.trust.first(where: { $0.covers(deed, by: actor) }) {
            return Coverage(.trust, name.name, reason: name.reason)
        }
        if Suspicion(of: actor, tuning).percent < Suspicion.grave {
            if let pause, pause.until > wall { return Coverage(.maintenance, "switch", reason: pause.reason) }
            if let window = tuning.windows.first(where: { $0.holds(wall) }) {
                return Coverage(.maintenance, window.name, reason: window.reason)
            }
        }
        // What is the writer's own is not whatever others have him do with it: to let in what was kept out.
        let isAsked = actor.initiator?.program != nil
        guard let alteration = deed.alteration, alteration.after.effective > 0,
            !isAsked || !alteration.tricks.contains(.shadow),
            let writer = KnownWriter.builtIn.first(where: { $0.isWriter(actor, deed.netns) && $0.owns(alteration) })
        else { return nil }
        return Coverage(.knownWriter, writer.name)
    }
}

extension Deed {
    /// Who comes by a login, or is suspicious, does not end with the machine.
    func isPartOfShutdown(_ tuning: Tuning) -> Bool {
        guard isShuttingDown else { return false }
        if case .tampered = what { return false }
        let isService = if case .service = what { true } else { actor?.unit?.hasSuffix(".service") ?? false }
        return isService && Suspicion(of: actor, tuning).percent < Suspicion.grave
    }

    var alteration: Alteration? {
        switch what {
        case .changed(let alteration), .module(_, _, .some(let alteration)): alteration
        default: nil
        }
    }
}
