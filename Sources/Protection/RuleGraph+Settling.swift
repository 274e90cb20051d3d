extension RuleGraph {
    func isReached(_ chain: Int) -> Bool {
        chains[chain].exists && (chains[chain].isHooked || chains[chain].entries > 0)
    }

    /// What follows for a rule from what it asks and where it leads.
    func state(of kind: RuleKind, _ links: Links?) -> RuleState {
        var state: RuleState = links == nil ? [] : .links
        guard !kind.isNever else { return state }
        var isConditional = kind.isConditional
        for lookup in links?.lookups ?? [] {
            let mayHold = sets[lookup.set].mayHold
            switch lookup.question {
            case .isIn, .verdict:
                guard mayHold else { return state }
                isConditional = true
            case .isNotIn: if mayHold { isConditional = true }
            case .adds: isConditional = true
            }
        }
        state.insert(.matches)
        let isFinal = links?.chain.map { chains[$0].isFinal } ?? false
        switch kind.verdict {
        case .goesOn: break
        case .passes: if !isConditional { state.insert(.ends) }
        case .blocks:
            state.insert(.blocks)
            if !isConditional { state.insert(.ends) }
        case .returns:
            state.insert(.returns)
            if !isConditional { state.insert(.ends) }
        case .jumps: if !isConditional, isFinal { state.insert(.ends) }
        case .goes:
            if !isFinal { state.insert(.returns) }
            if !isConditional { state.insert(.ends) }
        }
        for branch in links?.branches ?? [] { add(branch, to: &state) }
        for lookup in links?.lookups ?? [] where lookup.question == .verdict {
            for branch in sets[lookup.set].branches.keys { add(branch, to: &state) }
        }
        return state
    }

    private func add(_ branch: Branch, to state: inout RuleState) {
        switch branch.verdict {
        case .blocks: state.insert(.blocks)
        case .returns: state.insert(.returns)
        case .goes: if branch.chain.map({ !chains[$0].isFinal }) ?? true { state.insert(.returns) }
        case .goesOn, .passes, .jumps: break
        }
    }

    /// Looks again at what follows for a rule.
    mutating func askAgain(_ rule: RuleID) {
        guard let spot = chains[rule.chain].rules.spot(of: rule.handle) else { return }
        let links = chains[rule.chain].links[rule.handle]
        let before = chains[rule.chain].rules[state: spot]
        var after = state(of: chains[rule.chain].rules[kind: spot], links)
        if before.contains(.counted) {
            if after.contains(.matches) {
                after.insert(.counted)
            } else if let links {
                count(links, -1)
            }
        }
        guard after != before else { return }
        chains[rule.chain].rules.set(after, at: spot)
        touch(rule.chain)
    }

    /// A rule that leads somewhere became effective (1) or is no more (-1).
    mutating func count(_ links: Links, _ change: Int) {
        if let chain = links.chain { enter(chain, change) }
        for branch in links.branches { if let chain = branch.chain { enter(chain, change) } }
        for lookup in links.lookups where lookup.question == .verdict {
            let before = sets[lookup.set].callers
            sets[lookup.set].callers += change
            guard (before == 0) != (sets[lookup.set].callers == 0) else { continue }
            for branch in sets[lookup.set].branches.keys { if let chain = branch.chain { enter(chain, change) } }
        }
    }

    mutating func enter(_ chain: Int, _ change: Int) {
        let before = chains[chain].entries
        chains[chain].entries += change
        if (before == 0) != (chains[chain].entries == 0) { touch(chain) }
    }

    /// Brings the figures up to what was put in and taken out.
    package mutating func settle() {
        // In a ruleset that the kernel took a chain is looked at again at most once a level.
        var fuel = 64 * (chains.count + 1)
        var next = 0
        while next < stale.count, fuel > 0 {
            fuel -= 1
            let chain = stale[next]
            next += 1
            chains[chain].isStale = false
            refresh(chain)
        }
        for chain in stale[next...] { chains[chain].isStale = false }
        let done = stale
        stale.removeAll(keepingCapacity: true)
        for chain in done { release(chain: chain) }
    }

    private mutating func refresh(_ number: Int) {
        let isReached = isReached(number)
        let end = chains[number].rules.firstEnd
        let live = end.map { chains[number].rules.sum(through: $0) } ?? chains[number].rules.total
        if live.leading > 0 || chains[number].rules.total.counted > 0 { recount(number, isReached, through: end) }

        let old = chains[number].figures
        let new = isReached ? Figures(effective: Int(live.matching), blocking: Int(live.blocking)) : .zero
        chains[number].figures = new
        figures += new - old

        let ends = end != nil || chains[number].hasFinalEnd
        let isFinal = chains[number].exists && ends && live.returning == 0
        guard chains[number].isFinal != isFinal else { return }
        chains[number].isFinal = isFinal
        for rule in chains[number].askers { askAgain(rule) }
        for set in chains[number].askingMaps.keys { askAgain(usersOf: set) }
    }

    /// Counts those rules that lead somewhere and are effective, and no others.
    private mutating func recount(_ number: Int, _ isReached: Bool, through end: RuleList.Spot?) {
        for chunk in chains[number].rules.sums.indices {
            let sum = chains[number].rules.sums[chunk]
            if !isReached || chunk > end?.chunk ?? .max {
                if sum.counted > 0 { recount(number, chunk, through: -1) }
            } else if let end, chunk == end.chunk {
                if sum.counted > 0 || sum.leading > 0 { recount(number, chunk, through: end.offset) }
            } else if sum.counted != sum.leading {
                recount(number, chunk, through: .max)
            }
        }
    }

    private mutating func recount(_ number: Int, _ chunk: Int, through end: Int) {
        for (offset, handle, state) in chains[number].rules.leading(in: chunk) {
            let isEffective = offset <= end && state.contains(.matches)
            guard isEffective != state.contains(.counted), let links = chains[number].links[handle] else { continue }
            chains[number].rules.set(
                isEffective ? state.union(.counted) : state.subtracting(.counted),
                at: RuleList.Spot(chunk: chunk, offset: offset))
            count(links, isEffective ? 1 : -1)
        }
    }
}

extension RuleGraph: Hashable {
    /// The same rules in the same order; numbers and chunks may differ.
    package static func == (one: RuleGraph, other: RuleGraph) -> Bool {
        let names = Set(one.chains.lazy.filter(\.exists).map(\.name))
        guard names == Set(other.chains.lazy.filter(\.exists).map(\.name)) else { return false }
        return names.allSatisfy { name in
            one.rules(of: name).elementsEqual(other.rules(of: name)) {
                $0.handle == $1.handle && $0.outline == $1.outline
            }
        }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(chains.lazy.filter(\.exists).count) }
}
