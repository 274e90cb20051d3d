extension RuleGraph {
    /// Puts a rule into a chain. One of that handle that is there takes the outline, and keeps its place.
    package mutating func insert(_ handle: UInt64, _ outline: RuleOutline, into name: String, _ place: Place) {
        let chain = chainNumber(name)
        chains[chain].exists = true
        let spot: RuleList.Spot
        if let known = chains[chain].rules.spot(of: handle) {
            unlink(RuleID(chain: chain, handle: handle), at: known)
            chains[chain].rules.set(outline.kind, at: known)
            spot = known
        } else {
            spot = chains[chain].rules.insert(handle, outline.kind, place)
        }
        link(RuleID(chain: chain, handle: handle), outline, at: spot)
        touch(chain)
    }

    /// Takes a rule out; whether it was there.
    @discardableResult
    package mutating func remove(_ handle: UInt64, from name: String) -> Bool {
        guard let chain = chainNumbers[name], let spot = chains[chain].rules.spot(of: handle) else { return false }
        unlink(RuleID(chain: chain, handle: handle), at: spot)
        chains[chain].rules.remove(at: spot)
        touch(chain)
        return true
    }

    /// The rule before this one; nil also if it is the first, or not there.
    package func predecessor(of handle: UInt64, in name: String) -> UInt64? {
        guard let chain = chainNumbers[name], let spot = chains[chain].rules.spot(of: handle) else { return nil }
        return chains[chain].rules.predecessor(of: spot)
    }

    package func contains(_ handle: UInt64, in name: String) -> Bool {
        chainNumbers[name].map { chains[$0].rules.spot(of: handle) != nil } ?? false
    }

    /// The rules of a chain in their order.
    package func handles(of name: String) -> [UInt64] { chainNumbers[name].map { chains[$0].rules.handles } ?? [] }

    /// The rules of a chain in their order, as they were put in.
    package func rules(of name: String) -> [(handle: UInt64, outline: RuleOutline)] {
        guard let chain = chainNumbers[name] else { return [] }
        var rules: [(handle: UInt64, outline: RuleOutline)] = []
        rules.reserveCapacity(chains[chain].rules.count)
        chains[chain].rules.forEach { handle, kind, _ in
            var outline = RuleOutline(kind.verdict, isConditional: kind.isConditional, isNever: kind.isNever)
            if let links = chains[chain].links[handle] {
                outline.chain = links.chain.map { chains[$0].name }
                outline.lookups = links.lookups.map { RuleOutline.Lookup(sets[$0.set].name, $0.question) }
                outline.branches = links.branches.map { branch in
                    RuleOutline.Branch(branch.verdict, chain: branch.chain.map { chains[$0].name })
                }
            }
            rules.append((handle, outline))
        }
        return rules
    }

    /// Which of a chain's rules are effective.
    package func effective(in name: String) -> Set<UInt64> { effective(in: name, and: []) }

    /// Which of them drop or reject.
    package func blocking(in name: String) -> Set<UInt64> { effective(in: name, and: .blocks) }

    private func effective(in name: String, and wanted: RuleState) -> Set<UInt64> {
        guard let number = chainNumbers[name], isReached(number) else { return [] }
        var found: Set<UInt64> = []
        var isOver = false
        chains[number].rules.forEach { handle, _, state in
            if !isOver, state.contains(.matches), state.isSuperset(of: wanted) { found.insert(handle) }
            if state.contains(.ends) { isOver = true }
        }
        return found
    }

    // MARK: Links

    private mutating func link(_ rule: RuleID, _ outline: RuleOutline, at spot: RuleList.Spot) {
        var links = Links(chain: outline.chain.map { chainNumber($0) })
        for lookup in outline.lookups {
            let set = setNumber(lookup.set)
            links.lookups.append(Links.Lookup(set: set, question: lookup.question))
            sets[set].users.insert(rule)
            if lookup.question == .adds {
                let before = sets[set].mayHold
                sets[set].adders += 1
                if !before { askAgain(usersOf: set, but: rule) }
            }
        }
        for branch in outline.branches {
            links.branches.append(Branch(verdict: branch.verdict, chain: branch.chain.map { chainNumber($0) }))
        }
        for chain in mentioned(links) { chains[chain].mentions += 1 }
        // Whether a packet comes back matters to a jump of every packet, and to any goto.
        for chain in asked(outline.kind, links) { chains[chain].askers.insert(rule) }
        if !links.isEmpty { chains[rule.chain].links[rule.handle] = links }
        chains[rule.chain].rules.set(state(of: outline.kind, links.isEmpty ? nil : links), at: spot)
    }

    private mutating func unlink(_ rule: RuleID, at spot: RuleList.Spot) {
        guard let links = chains[rule.chain].links.removeValue(forKey: rule.handle) else { return }
        let state = chains[rule.chain].rules[state: spot]
        if state.contains(.counted) {
            count(links, -1)
            chains[rule.chain].rules.set(state.subtracting(.counted), at: spot)
        }
        for chain in asked(chains[rule.chain].rules[kind: spot], links) { chains[chain].askers.remove(rule) }
        for chain in mentioned(links) {
            chains[chain].mentions -= 1
            release(chain: chain)
        }
        for lookup in links.lookups {
            sets[lookup.set].users.remove(rule)
            if lookup.question == .adds {
                sets[lookup.set].adders -= 1
                if !sets[lookup.set].mayHold { askAgain(usersOf: lookup.set, but: rule) }
            }
            release(set: lookup.set)
        }
    }

    private func mentioned(_ links: Links) -> [Int] {
        (links.chain.map { [$0] } ?? []) + links.branches.compactMap(\.chain)
    }

    private func asked(_ kind: RuleKind, _ links: Links) -> [Int] {
        var asked = links.branches.compactMap { $0.verdict == .goes ? $0.chain : nil }
        if let chain = links.chain, kind.verdict == .goes || !kind.isConditional { asked.append(chain) }
        return asked
    }
}
