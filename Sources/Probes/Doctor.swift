internal import BPF

/// What this kernel allows, tried hook by hook.
public struct Doctor: Sendable {
    public struct Finding: Hashable, Sendable {
        public var family: HookFamily
        public var tier: Tier
        public var hooks: String
        public var blind: String
        public var cost: String
        /// Why not; nil: it loads and attaches.
        public var refusal: String?
    }

    public var findings: [Finding]

    /// Loads and attaches every plan, each for a moment.
    public static func examine() -> Doctor {
        var findings: [Finding] = []
        for family in HookFamily.allCases {
            for plan in family.plans {
                findings.append(
                    Finding(
                        family: family, tier: plan.tier, hooks: plan.hooks, blind: plan.blind, cost: plan.cost,
                        refusal: ProbeSet.refusal(of: plan)))
            }
        }
        return Doctor(findings: findings)
    }

    /// What `run` would use.
    public func best(_ family: HookFamily) -> Finding? {
        findings.first { $0.family == family && $0.refusal == nil }
    }

    /// Whether `run` can work.
    public var isUsable: Bool { best(.process) != nil }

    /// What is not seen of a family that nothing serves.
    public func blindness(of family: HookFamily) -> String { best(family)?.blind ?? family.blindWithout }
}
