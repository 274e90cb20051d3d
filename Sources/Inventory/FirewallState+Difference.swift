internal import Netlink
internal import Protection
internal import XTables

extension FirewallState {
    /// What turned this state into another.
    ///
    /// `byShape`: rules are counted and not known by their handles, which a reboot gives out anew.
    package func difference(to other: FirewallState, byShape: Bool) -> Change {
        var operations = Inventory.operations(
            from: byShape ? nft.shape : nft, to: byShape ? other.nft.shape : other.nft, isAudit: true)
        for id in legacy.keys.sorted(by: isBefore) where other.legacy[id] == nil {
            operations.append(
                Operation(.deleteTable, family: id.family.rawValue, table: id.name, count: legacy[id]?.ruleCount))
        }
        for id in other.legacy.keys.sorted(by: isBefore) {
            guard let table = other.legacy[id] else { continue }
            operations += Inventory.operations(from: legacy[id], to: table)
        }
        operations += ipsets.operations(to: other.ipsets, requests: [], succeeded: false, isAudit: true)
        return Change(operations: operations, from: totals, to: other.totals)
    }
}

private func isBefore(_ one: FirewallState.LegacyID, _ other: FirewallState.LegacyID) -> Bool {
    (one.family.rawValue, one.name) < (other.family.rawValue, other.name)
}

extension NFTState {
    /// The same tables, chains and sets with as many rules and the same elements.
    package func isAlike(_ other: NFTState) -> Bool {
        operations(from: shape, to: other.shape, isAudit: true).isEmpty
    }

    /// The same, with the rules of each chain numbered through, in no order.
    fileprivate var shape: NFTState {
        var shape = self
        for id in tables.keys { shape.tables[id]?.graph = RuleGraph() }
        for (id, table) in tables {
            for (name, chain) in table.chains {
                shape.tables[id]?.chains[name]?.rules = Set((0..<chain.rules.count).map(UInt64.init))
            }
        }
        return shape
    }
}
