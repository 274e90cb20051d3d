package import Identity
package import Inventory
package import Lineage
package import Records
package import Services

/// Something that happened, as far as it matters to the detector.
package struct Deed {
    /// `event.id` of the line that told it.
    package var id: String
    /// In nanoseconds of CLOCK_BOOTTIME.
    package var time: UInt64
    package var netns: Netns
    package var what: What
    /// nil: nobody was seen.
    package var actor: Actor?

    package init(id: String, time: UInt64, netns: Netns, what: What, actor: Actor?) {
        self.id = id
        self.time = time
        self.netns = netns
        self.what = what
        self.actor = actor
    }

    package enum What {
        case changed(Alteration)
        case service(name: String, isStart: Bool, isDaemon: Bool, signal: Int32?)
        /// `alteration`: what went with it.
        case module(name: String, isLoaded: Bool, alteration: Alteration?)
        case configuration(path: String, ConfigWeakness)
        case tampered(String)
    }
}

/// A network namespace.
package struct Netns: Hashable, Sendable {
    package var id: UInt32
    package var isHost: Bool
    /// It belongs to a user namespace of somebody's own: what is in it protects but him.
    package var isUserOwned: Bool

    package init(id: UInt32, isHost: Bool, isUserOwned: Bool = false) {
        self.id = id
        self.isHost = isHost
        self.isUserOwned = isUserOwned
    }
}

/// How much there is.
package struct Level: Hashable, Sendable {
    package var rules: Int
    package var effective: Int
    package var blocking: Int

    package init(rules: Int, effective: Int, blocking: Int) {
        self.rules = rules
        self.effective = effective
        self.blocking = blocking
    }

    package static let zero = Level(rules: 0, effective: 0, blocking: 0)

    /// Whether this much protects no less.
    func reaches(_ other: Level) -> Bool { effective >= other.effective && blocking >= other.blocking }

    /// Of each figure the greater, and the lesser.
    func highest(_ other: Level) -> Level {
        Level(
            rules: max(rules, other.rules), effective: max(effective, other.effective),
            blocking: max(blocking, other.blocking))
    }

    func lowest(_ other: Level) -> Level {
        Level(
            rules: min(rules, other.rules), effective: min(effective, other.effective),
            blocking: min(blocking, other.blocking))
    }

    func adding(_ before: Level, to after: Level) -> Level {
        Level(
            rules: rules + after.rules - before.rules, effective: effective + after.effective - before.effective,
            blocking: blocking + after.blocking - before.blocking)
    }
}

/// What a change did, without the rules one by one.
package struct Alteration {
    /// One kind of thing it did in one place.
    package struct Step: Hashable, Sendable {
        package var kind: Operation.Kind
        package var family: String?
        package var table: String?
        package var chain: String?
        package var set: String?
        package var policy: PolicyChange?
    }

    /// How many different steps are kept.
    static let capacity = 256

    package var before: Level
    package var after: Level
    package private(set) var steps: [Step] = []
    /// There were more different ones.
    package private(set) var isCut = false

    package init(_ change: Change) {
        before = Level(
            rules: change.rules.before, effective: change.effective.before, blocking: change.blocking.before)
        after = Level(rules: change.rules.after, effective: change.effective.after, blocking: change.blocking.after)
        var seen: Set<Step> = []
        for operation in change.operations {
            let step = Step(
                kind: operation.kind, family: operation.family, table: operation.table, chain: operation.chain,
                set: operation.set, policy: operation.policy)
            // Policies say what protects: none of them is left out.
            guard step.policy != nil || steps.count < Self.capacity else {
                isCut = true
                continue
            }
            if seen.insert(step).inserted { steps.append(step) }
        }
    }

    /// Less protects than before.
    var weakens: Bool { !after.reaches(before) }
}

/// Who did it.
package struct Actor {
    package var id: ProcessID
    /// nil: read from a record.
    package var process: Process?
    /// What he and everything else belongs to that was started by the same login, job or container: the process that
    /// was let in, or started by init.
    package var root: ProcessID
    /// On whose behalf he did it.
    package var initiator: Askers.Initiator?
    package var executable: String
    package var traits: [Trait]
    /// Whom he and his ancestors are taken for, where nothing speaks against it.
    package var writers: Set<KnownWriter>

    package init(
        id: ProcessID, process: Process?, root: ProcessID, executable: String, traits: [Trait],
        writers: Set<KnownWriter>
    ) {
        self.id = id
        self.process = process
        self.root = root
        self.executable = executable
        self.traits = traits
        self.writers = writers
    }
}
