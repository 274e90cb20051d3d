package import Netlink
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

    package init() {}

    /// Rules over all backends.
    package var ruleCount: Int { nft.ruleCount + legacy.values.reduce(0) { $0 + $1.ruleCount } }
    /// Elements of named nftables sets and of ipsets.
    package var elementCount: Int { nft.elementCount + ipsets.elementCount }

    /// Applies one commit of nftables.
    package mutating func commit(_ notices: [NFTMessage], intent: RequestIntent?) -> Change {
        apply(intent) { transaction in
            for notice in notices { transaction.take(notice) }
        }
    }

    mutating func apply(_ intent: RequestIntent?, _ body: (inout NFTTransaction) -> Void) -> Change {
        let rules = ruleCount
        let elements = elementCount
        var transaction = NFTTransaction(nft, intent: intent)
        nft = NFTState()
        body(&transaction)
        let result = transaction.finish()
        nft = result.state
        return change(result.operations, rules, elements + result.appeared)
    }

    /// Takes a whole nftables ruleset as it was dumped, and tells how it differs from what was believed.
    package mutating func replace(nft new: NFTState, isAudit: Bool = false) -> Change {
        let rules = ruleCount
        let elements = elementCount
        let operations = Inventory.operations(from: nft, to: new, isAudit: isAudit)
        nft = new
        return change(operations, rules, elements)
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
        let rules = ruleCount
        let elements = elementCount
        guard let table else {
            let gone = legacy.removeValue(forKey: id)
            let operation = Operation(
                .deleteTable, family: id.family.rawValue, table: id.name, count: gone?.ruleCount ?? 0)
            return change(gone == nil ? [] : [operation], rules, elements)
        }
        let operations = Inventory.operations(from: legacy[id], to: table)
        legacy[id] = table
        return change(operations, rules, elements)
    }

    /// Takes the ipsets as they were listed, after these requests.
    package mutating func replace(
        ipsets new: IPSets, requests: [IPSetRequest] = [], succeeded: Bool = false, isAudit: Bool = false
    ) -> Change {
        let rules = ruleCount
        let elements = elementCount
        let operations = ipsets.operations(to: new, requests: requests, succeeded: succeeded, isAudit: isAudit)
        ipsets = new
        return change(operations, rules, elements)
    }

    private func change(_ operations: [Operation], _ rules: Int, _ elements: Int) -> Change {
        Change(
            operations: operations, rules: Count(before: rules, after: ruleCount),
            elements: Count(before: elements, after: elementCount))
    }
}

/// A base chain that drops what no rule decided.
package struct DroppingChain: Hashable, Sendable {
    package var family: String
    package var table: String
    package var chain: String

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
