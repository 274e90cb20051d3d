/// Which plan each family is to have: the best that was not refused so far.
struct Choice {
    private var left: [HookFamily: ArraySlice<Plan>] = [:]
    private var refusals: [HookFamily: [Coverage.Refusal]] = [:]

    /// `tier`: that one and no other, of families that have a choice. nil: the best.
    init(_ tier: Tier?) {
        for family in HookFamily.allCases { restore(family, tier) }
    }

    /// As if nothing had been tried.
    mutating func restore(_ family: HookFamily, _ tier: Tier?) {
        let plans = family.plans
        left[family] = plans.filter { tier == nil || tier == $0.tier || plans.count == 1 }[...]
        refusals[family] = []
    }

    /// nil: nothing is left.
    subscript(family: HookFamily) -> Plan? { left[family]?.first }

    mutating func refuse(_ family: HookFamily, because reason: String) {
        guard let plan = left[family]?.popFirst() else { return }
        refusals[family, default: []].append(Coverage.Refusal(tier: plan.tier, reason: reason))
    }

    /// The programs of all.
    var programs: Set<String> {
        HookFamily.allCases.compactMap { self[$0]?.all }.reduce(into: []) { $0.formUnion($1) }
    }

    /// Whose plan has this program: no two families share one.
    func family(of program: String) -> HookFamily? {
        HookFamily.allCases.first { self[$0]?.all.contains(program) == true }
    }

    func coverage(of family: HookFamily) -> Coverage {
        let refused = refusals[family] ?? []
        guard let plan = self[family] else {
            return Coverage(
                family: family, tier: nil, hooks: "", blind: family.blindWithout, cost: "", refusals: refused)
        }
        return Coverage(
            family: family, tier: plan.tier, hooks: plan.hooks, blind: plan.blind, cost: plan.cost, refusals: refused)
    }
}
