package import Inventory
internal import RuleText

/// Something that happened, as far as it matters to the detector.
package struct Deed: Hashable, Sendable, Codable {
    /// `event.id` of the line that told it.
    package var id: String
    /// In nanoseconds of CLOCK_BOOTTIME, and in seconds since 1970.
    package var time: UInt64
    package var wall: Int64
    package var netns: Netns
    package var what: What
    /// nil: nobody was seen.
    package var actor: Actor?
    /// Where it was done all ends, as far as that can be known: nobody misses anything there, unless it goes on.
    package var isShuttingDown = false

    package init(id: String = "", time: UInt64, wall: Int64, netns: Netns, what: What, actor: Actor?) {
        self.id = id
        self.time = time
        self.wall = wall
        self.netns = netns
        self.what = what
        self.actor = actor
    }

    package enum What: Hashable, Sendable, Codable {
        case changed(Alteration)
        case service(name: String, isStart: Bool, isDaemon: Bool, signal: Int32?)
        /// `alteration`: what went with it.
        case module(name: String, isLoaded: Bool, alteration: Alteration?)
        case configuration(path: String, ConfigWeakness)
        /// A switch of the running kernel. `isOff`: less is filtered with it.
        case sysctl(name: String, value: String, isOff: Bool)
        case tampered(String)
    }
}

/// A network namespace.
package struct Netns: Hashable, Sendable, Codable {
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
package struct Level: Hashable, Sendable, Codable {
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
package struct Alteration: Hashable, Sendable, Codable {
    /// One kind of thing it did in one place.
    package struct Step: Hashable, Sendable, Codable {
        package var kind: Operation.Kind
        package var family: String?
        package var table: String?
        package var chain: String?
        package var set: String?
        package var policy: PolicyChange?
        /// The chains that the rules lead to which came or went; nil: they are not all known to lead to one.
        package var leadsTo: Set<String>?
    }

    /// How many different steps are kept.
    static let capacity = 256

    /// As `wallwatch.change.backend` has it.
    package var backend: String
    package var before: Level
    package var after: Level
    package private(set) var steps: [Step] = []
    /// There were more different ones.
    package private(set) var isCut = false

    package init(_ change: Change, backend: String) {
        self.backend = backend
        before = Level(
            rules: change.rules.before, effective: change.effective.before, blocking: change.blocking.before)
        after = Level(rules: change.rules.after, effective: change.effective.after, blocking: change.blocking.after)
        var seen: Set<Step> = []
        for operation in change.operations {
            let step = Step(
                kind: operation.kind, family: operation.family, table: operation.table, chain: operation.chain,
                set: operation.set, policy: operation.policy, leadsTo: operation.leadsTo)
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

extension Inventory.Operation {
    /// The chains that its rules lead to, by their words; nil: they have none, or one leads nowhere.
    fileprivate var leadsTo: Set<String>? {
        guard [.deleteRule, .addRule, .replaceRule].contains(kind), !lines.value.isEmpty,
            lines.value.count == count ?? 1
        else { return nil }
        var found: Set<String> = []
        for line in lines.value {
            for text in [line.before, line.after] {
                guard let text else { continue }
                guard let chain = Self.target(text.text) else { return nil }
                found.insert(chain)
            }
        }
        return found.isEmpty ? nil : found
    }

    /// `-j CHAIN` or `-g CHAIN` of iptables, `jump CHAIN` or `goto CHAIN` of nft: at the end of the rule.
    private static func target(_ text: String) -> String? {
        let words = text.split(separator: " ")
        guard words.count >= 2, ["-j", "-g", "jump", "goto"].contains(words[words.count - 2]) else { return nil }
        let chain = words[words.count - 1]
        // The end of a comment.
        return chain.contains("\"") ? nil : String(chain)
    }
}
