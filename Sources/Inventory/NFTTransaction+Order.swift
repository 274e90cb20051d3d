internal import Netlink
internal import Protection

/// The order of the rules.
extension NFTTransaction {
    /// Puts a rule in its place. The kernel tells the rule before it, as the chain is when all of the commit is in it:
    /// that one may come later. Of the first and of the last rule it tells none, and which it is by a flag.
    mutating func seat(_ rule: NFTRule, _ known: RequestIntent.RuleID, _ chain: String) {
        let asked = places[RequestIntent.ChainID(table: known.table, chain: chain)]?.popFirst()
        if let position = rule.position {
            let before = RequestIntent.RuleID(table: known.table, handle: position)
            guard state.tables[known.table]?.graph.contains(position, in: chain) == true else {
                waiting[before, default: []].append(rule)
                return
            }
            insert(rule, known, chain, .after(position))
        } else if let place = vacated[known] {
            insert(rule, known, chain, place.map(Place.after) ?? .first)
        } else if let isLast = rule.isAppended {
            insert(rule, known, chain, isLast ? .last : .first)
        } else {
            insert(rule, known, chain, asked ?? .last)
        }
    }

    private mutating func insert(_ rule: NFTRule, _ known: RequestIntent.RuleID, _ chain: String, _ place: Place) {
        _ = state.tables[known.table]?.insert(rule, known.handle, into: chain, place)
        // Those that await it stand behind it, and others may await those.
        var seated = [known]
        while !waiting.isEmpty, let before = seated.popLast() {
            for next in waiting.removeValue(forKey: before) ?? [] {
                guard let handle = next.handle, isThere(next, handle) else { continue }
                _ = state.tables[known.table]?.insert(next, handle, into: next.chain ?? "", .after(before.handle))
                seated.append(RequestIntent.RuleID(table: known.table, handle: handle))
            }
        }
    }

    /// A rule may be deleted by the commit that added it.
    private func isThere(_ rule: NFTRule, _ handle: UInt64) -> Bool {
        let table = state.tables[TableID(family: rule.family, name: rule.table)]
        return table?.chains[rule.chain ?? ""]?.rules.contains(handle) == true
    }

    /// Rules that await one which never came.
    mutating func seatAll() {
        // First those that await what nobody added: others may await these.
        let unseated = Set(waiting.values.joined().compactMap(\.handle))
        let awaited = waiting.keys.sorted {
            (unseated.contains($0.handle) ? 1 : 0, $0.handle) < (unseated.contains($1.handle) ? 1 : 0, $1.handle)
        }
        for known in awaited {
            for rule in waiting.removeValue(forKey: known) ?? [] {
                guard let handle = rule.handle, isThere(rule, handle) else { continue }
                let id = RequestIntent.RuleID(table: known.table, handle: handle)
                insert(rule, id, rule.chain ?? "", .last)
            }
        }
    }
}
