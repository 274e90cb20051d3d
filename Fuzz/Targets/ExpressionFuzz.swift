import Inventory
import Netlink
import Protection
import RuleText

/// The reading of rules of nftables, and what the model makes of them: messages as the kernel notifies them or as user space
/// sends them, committed one generation after the other, and taken as a dump.
enum ExpressionFuzz: FuzzTarget {
    static func take(_ bytes: RawSpan) throws -> Bool {
        var commits: [[NFTMessage]] = [[]]
        var handle: UInt64 = 1 << 32
        forEachMessage(in: bytes) { header, payload in
            guard
                var message = NFTMessage(
                    type: header.message, flags: header.flags, payload: payload, keepingExpressionBytes: true)
            else { return }
            // A request has no handle for a rule that is to be made; the kernel would give it one.
            if case .newRule(var rule) = message, rule.handle == nil {
                rule.handle = handle
                handle += 1
                message = .newRule(rule)
            }
            commits[commits.count - 1].append(message)
            if case .newGeneration = message { commits.append([]) }
        }
        let intent = RequestIntent(NFNetlinkRequest.decode(bytes))
        var state = FirewallState()
        for (number, messages) in commits.enumerated() {
            _ = state.commit(messages, intent: number % 2 == 0 ? intent : nil)
            try check(state.nft)
        }
        let stood = state.ruleCount
        _ = state.replace(nft: try dumped(commits.joined()))
        try check(state.nft)
        return stood > 0 || state.ruleCount > 0
    }

    /// The same as a dump has it: tables, chains, sets with their elements, then rules.
    private static func dumped(_ messages: some Sequence<NFTMessage>) throws -> NFTState {
        var state = NFTState()
        var elements: [String: [NFTElement]] = [:]
        for case .newTable(let table) in messages {
            state.tables[TableID(family: table.family, name: table.name ?? "")] = NFTState.Table(table)
        }
        for case .newChain(let chain) in messages { state.take(chain) }
        for case .newElements(let added) in messages { elements[added.set, default: []] += added.elements }
        for case .newSet(let set) in messages { state.take(set, elements[set.name ?? ""] ?? []) }
        for case .newRule(let rule) in messages {
            state.take(rule)
            let text = RuleText(summaryOf: rule).text
            try demand(text.utf8.count <= 210, "a summary is short: \(text)")
        }
        state.settle()
        return state
    }

    private static func check(_ state: NFTState) throws {
        var counted = state
        counted.recount()
        try demand(
            counted.ruleCount == state.ruleCount && counted.elementCount == state.elementCount,
            "\(state.ruleCount) rules and \(state.elementCount) elements, and there are \(counted.ruleCount) and \(counted.elementCount)"
        )
        for table in state.tables.values {
            let (told, rules) = (table.graph.figures, table.ruleCount)
            try demand(
                0 <= told.blocking && told.blocking <= told.effective && told.effective <= rules,
                "\(told) of \(rules) rules")
            guard !hasLoop(table) else { continue }
            let anew = rebuilt(table).graph
            try demand(anew.figures == told, "\(told), and made anew \(anew)")
            for name in table.chains.keys {
                try demand(anew.effective(in: name) == table.graph.effective(in: name), "chain \(name)")
            }
        }
    }

    /// The table, put together in one go.
    private static func rebuilt(_ table: NFTState.Table) -> NFTState.Table {
        var state = NFTState()
        let id = TableID(family: .inet, name: "")
        var fresh = NFTState.Table()
        for (name, chain) in table.chains {
            var chain = chain
            chain.rules = []
            fresh.put(chain, name, id.family)
        }
        for (name, set) in table.sets { fresh.put(set, name) }
        for name in table.chains.keys {
            for rule in table.graph.rules(of: name) { fresh.append(rule.handle, rule.outline, to: name) }
        }
        state.tables[id] = fresh
        state.settle()
        return state.tables[id] ?? fresh
    }

    /// The kernel refuses these; what is said of them is bounded, and no more.
    private static func hasLoop(_ table: NFTState.Table) -> Bool {
        var next: [String: Set<String>] = [:]
        for name in table.chains.keys {
            for (_, rule) in table.graph.rules(of: name) {
                var targets = [rule.chain] + rule.branches.map(\.chain)
                for lookup in rule.lookups where lookup.question == .verdict {
                    targets += table.sets[lookup.set]?.verdicts.values.map(\.chain) ?? []
                }
                next[name, default: []].formUnion(targets.compactMap { $0 })
            }
        }
        // What leads nowhere is taken away until nothing is left, or a loop.
        while let end = next.first(where: { $0.value.allSatisfy { next[$0] == nil } })?.key { next[end] = nil }
        return !next.isEmpty
    }
}
