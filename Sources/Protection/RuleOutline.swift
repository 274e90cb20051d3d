/// What a rule does with the packets that meet it, as far as it matters for the other rules.
///
/// Two things it must never say: that a rule ends every packet where one could pass it by, and that a rule can
/// match nothing where it could. What is not understood is a condition.
package struct RuleOutline: Hashable, Sendable {
    package enum Verdict: UInt8, Hashable, Sendable {
        /// No verdict: the packet goes on with the next rule.
        case goesOn
        /// Accepted, queued, translated: no later rule of this base chain meets it.
        case passes
        /// Dropped or rejected.
        case blocks
        /// Back to where the chain was jumped from.
        case returns
        /// To another chain, and back.
        case jumps
        /// To another chain, and back to where this one was jumped from.
        case goes
    }

    /// What a rule asks a named set.
    package enum Question: UInt8, Hashable, Sendable {
        /// Whether the packet is in it.
        case isIn
        /// Whether it is not in it.
        case isNotIn
        /// What becomes of the packet: a verdict map.
        case verdict
        /// Nothing: the rule puts packets in.
        case adds
    }

    package struct Lookup: Hashable, Sendable {
        package var set: String
        package var question: Question

        package init(_ set: String, _ question: Question) {
            self.set = set
            self.question = question
        }
    }

    /// One verdict of a map.
    package struct Branch: Hashable, Sendable {
        package var verdict: Verdict
        package var chain: String?

        package init(_ verdict: Verdict, chain: String? = nil) {
            self.verdict = verdict
            self.chain = chain
        }
    }

    package var verdict: Verdict
    /// Where it jumps or goes.
    package var chain: String?
    /// Not every packet that meets it is treated so, whatever its sets hold.
    package var isConditional: Bool
    /// No packet ever is.
    package var isNever: Bool
    package var lookups: [Lookup] = []
    /// Verdicts of maps that belong to the rule.
    package var branches: [Branch] = []

    package init(
        _ verdict: Verdict = .goesOn, chain: String? = nil, isConditional: Bool = false, isNever: Bool = false
    ) {
        self.verdict = verdict
        self.chain = chain
        self.isConditional = isConditional
        self.isNever = isNever
    }

    var kind: RuleKind { RuleKind(verdict, isConditional: isConditional, isNever: isNever) }
}

/// A rule's outline without the names in it, in a byte.
struct RuleKind: Hashable, Sendable {
    var rawValue: UInt8

    init(_ verdict: RuleOutline.Verdict, isConditional: Bool, isNever: Bool) {
        rawValue = verdict.rawValue | (isConditional ? 8 : 0) | (isNever ? 16 : 0)
    }

    var verdict: RuleOutline.Verdict { RuleOutline.Verdict(rawValue: rawValue & 7) ?? .goesOn }
    var isConditional: Bool { rawValue & 8 != 0 }
    var isNever: Bool { rawValue & 16 != 0 }
}

/// What follows for a rule from its outline, from what its sets hold, and from the chains that it leads to.
struct RuleState: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    /// A packet that meets it can match it.
    static let matches = RuleState(rawValue: 1)
    /// It drops or rejects what it matches.
    static let blocks = RuleState(rawValue: 2)
    /// No packet that meets it meets the next rule.
    static let ends = RuleState(rawValue: 4)
    /// A packet may leave the chain by it, and come back to where the chain was jumped from.
    static let returns = RuleState(rawValue: 8)
    /// It leads to chains or asks sets.
    static let links = RuleState(rawValue: 16)
    /// It is effective, and where it leads to was told so.
    static let counted = RuleState(rawValue: 32)
}

/// How many rules are effective, and how many of those block.
package struct Figures: Hashable, Sendable {
    package var effective: Int
    package var blocking: Int

    package static let zero = Figures(effective: 0, blocking: 0)

    package init(effective: Int, blocking: Int) {
        self.effective = effective
        self.blocking = blocking
    }

    package static func + (one: Figures, other: Figures) -> Figures {
        Figures(effective: one.effective + other.effective, blocking: one.blocking + other.blocking)
    }

    package static func - (one: Figures, other: Figures) -> Figures {
        Figures(effective: one.effective - other.effective, blocking: one.blocking - other.blocking)
    }

    package static func += (one: inout Figures, other: Figures) { one = one + other }
}
