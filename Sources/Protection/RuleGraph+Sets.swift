extension RuleGraph {
    /// Adds a named set or map, without elements. `isFilled`: packets may add to it.
    package mutating func addSet(_ name: String, isFilled: Bool = false) {
        let set = setNumber(name)
        let before = sets[set].mayHold
        sets[set].exists = true
        sets[set].isFilled = isFilled
        if sets[set].mayHold != before { askAgain(usersOf: set) }
    }

    package mutating func removeSet(_ name: String) {
        guard let set = setNumbers[name] else { return }
        let before = sets[set].mayHold
        for (branch, count) in sets[set].branches { changeBranch(set, branch, -count) }
        sets[set].exists = false
        sets[set].count = 0
        sets[set].isFilled = false
        if sets[set].mayHold != before { askAgain(usersOf: set) }
        release(set: set)
    }

    /// Says how many elements a set holds.
    package mutating func setCount(_ count: Int, of name: String) {
        guard let set = setNumbers[name] else { return }
        let before = sets[set].mayHold
        sets[set].count = count
        if sets[set].mayHold != before { askAgain(usersOf: set) }
    }

    /// Says how many elements the ipsets hold, by `Lookup.name(ofIPSet:)`. Those that are not told may hold anything.
    package mutating func setIPSets(_ counts: [String: Int]) {
        for name in ipsets where name != RuleOutline.Lookup.anyIPSet {
            guard let set = setNumbers[name] else { continue }
            let before = sets[set].mayHold
            sets[set].exists = counts[name] != nil
            sets[set].count = counts[name] ?? 0
            if sets[set].mayHold != before { askAgain(usersOf: set) }
        }
        settle()
    }

    /// An element of a map came or went.
    package mutating func changeBranch(_ branch: RuleOutline.Branch, of name: String, by change: Int) {
        guard let set = setNumbers[name] else { return }
        changeBranch(set, Branch(verdict: branch.verdict, chain: branch.chain.map { chainNumber($0) }), change)
    }

    private mutating func changeBranch(_ set: Int, _ branch: Branch, _ change: Int) {
        let before = sets[set].branches[branch] ?? 0
        let after = max(before + change, 0)
        sets[set].branches[branch] = after == 0 ? nil : after
        guard let chain = branch.chain else {
            if (before == 0) != (after == 0) { askAgain(usersOf: set) }
            return
        }
        chains[chain].mentions += after - before
        if (before == 0) != (after == 0) {
            if sets[set].callers > 0 { enter(chain, after > 0 ? 1 : -1) }
            if branch.verdict == .goes {
                chains[chain].askingMaps[set] = after > 0 ? 1 : nil
                askAgain(usersOf: set)
            }
        }
        release(chain: chain)
    }

    /// What a set holds has changed in a way that matters to those who ask it.
    mutating func askAgain(usersOf set: Int, but skipped: RuleID? = nil) {
        for rule in sets[set].users where rule != skipped { askAgain(rule) }
    }
}
