package import Netlink
package import Protection

/// What the model of effective rules is told. Each of these keeps the plain figures and the graph in step.
extension NFTState.Table {
    package mutating func put(_ chain: NFTState.Chain, _ name: String, _ family: NFTFamily) {
        chains[name] = chain
        graph.setChain(name, isHooked: chain.isHooked(family))
    }

    /// Its hook has changed.
    mutating func rehook(_ chain: String, _ family: NFTFamily) {
        if let known = chains[chain] { graph.setChain(chain, isHooked: known.isHooked(family)) }
    }

    mutating func removeChain(_ name: String) -> NFTState.Chain? {
        graph.removeChain(name)
        return chains.removeValue(forKey: name)
    }

    mutating func renameChain(_ name: String, to new: String) {
        chains[new] = chains.removeValue(forKey: name)
        graph.renameChain(name, to: new)
    }

    /// Puts a rule in; whether it is a new one.
    mutating func insert(_ rule: NFTRule, _ handle: UInt64, into chain: String, _ place: Place) -> Bool {
        let outline = RuleOutline(rule) { loose[$0] }
        graph.insert(handle, outline, into: chain, place)
        for case .lookup(let set, _, _, _) in rule.expressions { loose[set] = nil }
        return chains[chain, default: NFTState.Chain()].rules.insert(handle).inserted
    }

    /// Adds a rule that was saved.
    package mutating func append(_ handle: UInt64, _ outline: RuleOutline, to chain: String) {
        graph.insert(handle, outline, into: chain, .last)
        chains[chain]?.rules.insert(handle)
    }

    mutating func removeRule(_ handle: UInt64, from chain: String) -> Bool {
        graph.remove(handle, from: chain)
        return chains[chain]?.rules.remove(handle) != nil
    }

    package mutating func put(_ set: NFTState.ElementSet, _ name: String) {
        sets[name] = set
        graph.addSet(name, isFilled: set.flags.contains(.eval))
        graph.setCount(set.count, of: name)
        for verdict in set.verdicts.values { graph.changeBranch(verdict, of: name, by: 1) }
    }

    mutating func removeSet(_ name: String) -> NFTState.ElementSet? {
        graph.removeSet(name)
        return sets.removeValue(forKey: name)
    }

    /// Whether it is new to the set.
    mutating func insert(_ element: NFTElement, into set: String) -> Bool {
        let isNew = sets[set]?.keys.insert(element.keyHash).inserted == true
        if let verdict = element.verdict {
            let branch = RuleOutline.Branch(verdict)
            let old = sets[set]?.verdicts.updateValue(branch, forKey: element.keyHash)
            graph.changeBranch(branch, of: set, by: 1)
            if let old { graph.changeBranch(old, of: set, by: -1) }
        }
        graph.setCount(sets[set]?.count ?? 0, of: set)
        return isNew
    }

    /// Whether the set had it.
    mutating func remove(_ element: NFTElement, from set: String) -> Bool {
        let wasThere = sets[set]?.keys.remove(element.keyHash) != nil
        if let old = sets[set]?.verdicts.removeValue(forKey: element.keyHash) {
            graph.changeBranch(old, of: set, by: -1)
        }
        graph.setCount(sets[set]?.count ?? 0, of: set)
        return wasThere
    }
}

extension NFTState.Chain {
    /// Whether packets come to it by themselves. A chain of devices stands nowhere when it has none.
    func isHooked(_ family: NFTFamily) -> Bool {
        guard let hook, let number = hook.number else { return false }
        let isOfDevices = family == .netdev || family == .inet && number == 5  // NF_INET_INGRESS
        return !isOfDevices || !hook.devices.isEmpty
    }
}

/// From a dump.
extension NFTState {
    package mutating func take(_ chain: NFTChain) {
        tables[TableID(family: chain.family, name: chain.table)]?.put(
            Chain(handle: chain.handle, hook: chain.hook, policy: chain.policy, type: chain.type), chain.name ?? "",
            chain.family)
    }

    /// Before any rule.
    package mutating func take(_ set: NFTSet, _ elements: [NFTElement]) {
        let id = TableID(family: set.family, name: set.table)
        let name = set.name ?? ""
        let flags = set.flags ?? []
        if flags.contains(.anonymous) {
            var known = LooseSet(isFilled: flags.contains(.eval))
            for element in elements { known.add(element) }
            tables[id]?.loose[name] = known
        } else {
            var known = ElementSet(flags: flags, handle: set.handle)
            for element in elements where !element.isIntervalEnd {
                known.keys.insert(element.keyHash)
                if let verdict = element.verdict { known.verdicts[element.keyHash] = RuleOutline.Branch(verdict) }
            }
            tables[id]?.put(known, name)
        }
    }

    /// In the order of the chain.
    package mutating func take(_ rule: NFTRule) {
        guard let handle = rule.handle else { return }
        _ = tables[TableID(family: rule.family, name: rule.table)]?.insert(
            rule, handle, into: rule.chain ?? "", .last)
    }

    /// When all is taken.
    package mutating func settle() {
        for id in tables.keys {
            tables[id]?.loose.removeAll()
            tables[id]?.graph.settle()
        }
        recount()
    }
}
