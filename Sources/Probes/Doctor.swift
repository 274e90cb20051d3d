internal import BPF

/// What this kernel allows, tried hook by hook.
package struct Doctor: Sendable {
    package struct Finding: Hashable, Sendable {
        package var family: HookFamily
        package var tier: Tier
        package var hooks: String
        package var blind: String
        package var cost: String
        /// Why not; nil: it loads and attaches.
        package var refusal: String?
    }

    package var findings: [Finding]

    /// Loads and attaches every plan, each for a moment.
    package static func examine() -> Doctor {
        var findings: [Finding] = []
        for family in HookFamily.allCases {
            for plan in family.plans {
                findings.append(
                    Finding(
                        family: family, tier: plan.tier, hooks: plan.hooks, blind: plan.blind, cost: plan.cost,
                        refusal: plan.refusal()))
            }
        }
        return Doctor(findings: findings)
    }

    /// What `run` would use.
    package func best(_ family: HookFamily) -> Finding? {
        findings.first { $0.family == family && $0.refusal == nil }
    }

    /// Whether `run` can work.
    package var isUsable: Bool { best(.process) != nil }

    /// What is not seen of a family that nothing serves.
    package func blindness(of family: HookFamily) -> String { best(family)?.blind ?? family.blindWithout }
}
