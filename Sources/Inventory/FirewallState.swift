package import Netlink
package import Protection
package import XTables

/// The firewall of one network namespace: what stands, moved by what was committed.
package struct FirewallState: Hashable, Sendable {
    package struct LegacyID: Hashable, Sendable {
        package var family: XTFamily
        package var name: String

        package init(family: XTFamily, name: String) {
            self.family = family
            self.name = name
        }
    }

    package private(set) var nft = NFTState()
    package private(set) var legacy: [LegacyID: XTable] = [:]
    package private(set) var ipsets = IPSets()
    /// What leads from one rule to another in each legacy table.
    package private(set) var legacyGraphs: [LegacyID: RuleGraph] = [:]

    package init() {}

    /// Rules over all backends.
    package var ruleCount: Int { nft.ruleCount + legacy.values.reduce(0) { $0 + $1.ruleCount } }
    /// Elements of named nftables sets and of ipsets.
    package var elementCount: Int { nft.elementCount + ipsets.elementCount }

    /// Effective rules over all backends.
    package var figures: Figures { nft.figures + legacyFigures }
    /// Those of legacy tables.
    package var legacyFigures: Figures { legacyGraphs.values.reduce(.zero) { $0 + $1.figures } }

    /// Those of a chain of a legacy table.
    package func figures(of chain: String, in table: LegacyID) -> Figures {
        legacyGraphs[table]?.figures(of: chain) ?? .zero
    }

    /// What a change is reckoned from, and to.
    package var totals: Totals { Totals(rules: ruleCount, elements: elementCount, figures: figures) }

    /// Applies one commit of nftables.
    package mutating func commit(_ notices: [NFTMessage], intent: RequestIntent?) -> Change {
        apply(intent) { transaction in
            for notice in notices { transaction.take(notice) }
        }
    }

    mutating func apply(_ intent: RequestIntent?, _ body: (inout NFTTransaction) -> Void) -> Change {
        var before = totals
        var transaction = NFTTransaction(nft, intent: intent)
        nft = NFTState()
        body(&transaction)
        let result = transaction.finish()
        nft = result.state
        before.elements += result.appeared
        return change(result.operations, before)
    }

    /// Takes a whole nftables ruleset as it was dumped, and tells how it differs from what was believed.
    package mutating func replace(nft new: NFTState, isAudit: Bool = false) -> Change {
        let before = totals
        let operations = Inventory.operations(from: nft, to: new, isAudit: isAudit)
        nft = new
        return change(operations, before)
    }

    mutating func remove(_ table: TableID) -> NFTState.Table? {
        let gone = nft.tables.removeValue(forKey: table)
        nft.ruleCount -= gone?.ruleCount ?? 0
        nft.elementCount -= gone?.elementCount ?? 0
        return gone
    }

    mutating func free(_ table: TableID) {
        nft.tables[table]?.owner = nil
        nft.tables[table]?.flags.remove(.owner)
    }

    /// Takes a legacy table as it was dumped. nil: it is gone.
    package mutating func replace(legacy id: LegacyID, with table: XTable?) -> Change {
        let before = totals
        guard let table else {
            let gone = legacy.removeValue(forKey: id)
            let operation = Operation(
                .deleteTable, family: id.family.rawValue, table: id.name, count: gone?.ruleCount ?? 0)
            legacyGraphs[id] = nil
            return change(gone == nil ? [] : [operation], before)
        }
        let operations = Inventory.operations(from: legacy[id], to: table)
        legacy[id] = table
        legacyGraphs[id] = RuleGraph(table)
        return change(operations, before)
    }

    /// Takes the ipsets as they were listed, after these requests.
    package mutating func replace(
        ipsets new: IPSets, requests: [IPSetRequest] = [], succeeded: Bool = false, isAudit: Bool = false
    ) -> Change {
        let before = totals
        let operations = ipsets.operations(to: new, requests: requests, succeeded: succeeded, isAudit: isAudit)
        ipsets = new
        return change(operations, before)
    }

    private mutating func change(_ operations: [Operation], _ before: Totals) -> Change {
        tellIPSets()
        return Change(operations: operations, from: before, to: totals)
    }

    /// Tells the rules that ask ipsets what those hold.
    private mutating func tellIPSets() {
        let tables = nft.tables.filter { !$0.value.graph.ipsets.isEmpty }.map(\.key)
        let legacyTables = legacyGraphs.filter { !$0.value.ipsets.isEmpty }.map(\.key)
        guard !tables.isEmpty || !legacyTables.isEmpty else { return }
        // Rules that add to sets as packets pass tell nobody.
        let isFilled =
            tables.contains { nft.tables[$0]?.graph.fillsIPSets == true }
            || legacyTables.contains { legacyGraphs[$0]?.fillsIPSets == true }
        var counts: [String: Int] = [:]
        for set in ipsets.sets.values {
            guard let index = set.index else { continue }
            counts[RuleOutline.Lookup.name(ofIPSet: index)] = isFilled ? nil : set.elements
        }
        for id in tables { nft.tables[id]?.graph.setIPSets(counts) }
        for id in legacyTables { legacyGraphs[id]?.setIPSets(counts) }
    }
}

/// The figures of a namespace's firewall.
package struct Totals: Hashable, Sendable {
    package var rules: Int
    package var elements: Int
    package var figures: Figures

    package init(rules: Int, elements: Int, figures: Figures) {
        self.rules = rules
        self.elements = elements
        self.figures = figures
    }

    package static let zero = Totals(rules: 0, elements: 0, figures: .zero)
}

extension Change {
    package init(operations: [Operation], from before: Totals, to after: Totals) {
        self.init(
            operations: operations, rules: Count(before: before.rules, after: after.rules),
            elements: Count(before: before.elements, after: after.elements),
            effective: Count(before: before.figures.effective, after: after.figures.effective),
            blocking: Count(before: before.figures.blocking, after: after.figures.blocking))
    }
}

/// A base chain that drops what no rule decided.
package struct DroppingChain: Hashable, Sendable, Codable {
    package var family: String
    package var table: String
    package var chain: String

    package init(family: String, table: String, chain: String) {
        self.family = family
        self.table = table
        self.chain = chain
    }

    package var order: (String, String, String) { (family, table, chain) }
}

extension FirewallState {
    /// Base chains of all backends whose policy is to drop.
    package var dropping: Set<DroppingChain> {
        var found: Set<DroppingChain> = []
        for (id, table) in nft.tables {
            for (name, chain) in table.chains where chain.policy == .drop {
                found.insert(DroppingChain(family: id.family.name, table: id.name, chain: name))
            }
        }
        for (id, table) in legacy {
            for chain in table.chains where chain.policy == .drop {
                found.insert(DroppingChain(family: id.family.rawValue, table: id.name, chain: chain.name))
            }
        }
        return found
    }
}
