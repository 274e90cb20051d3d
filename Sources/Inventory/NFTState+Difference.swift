internal import Netlink
internal import Protection

/// What turned one nftables ruleset into another, where no notification tells. Handles are never used twice,
/// so rules are told apart exactly.
///
/// In an audit what comes and goes by itself, such as elements that time takes, is no difference.
func operations(from before: NFTState, to after: NFTState, isAudit: Bool) -> [Operation] {
    var operations: [Operation] = []
    for id in before.tables.keys.sorted(by: isBefore) where after.tables[id] == nil {
        operations.append(
            Operation(
                .deleteTable, family: id.family.name, table: id.name, count: before.tables[id]?.ruleCount,
                moves: before.tables[id]?.handles.map { RuleMove(before: $0) } ?? []))
    }
    for id in after.tables.keys.sorted(by: isBefore) {
        guard let new = after.tables[id] else { continue }
        let old = before.tables[id]
        if old == nil { operations.append(Operation(.addTable, family: id.family.name, table: id.name)) }
        let wasDormant = old?.flags.contains(.dormant) ?? false
        if wasDormant != new.flags.contains(.dormant) {
            operations.append(
                Operation(wasDormant ? .tableAwake : .tableDormant, family: id.family.name, table: id.name))
        }
        operations += chainOperations(id, old?.chains ?? [:], new.chains)
        if let old { operations += reorderings(id, old, new) }
        operations += setOperations(id, old?.sets ?? [:], new.sets, isAudit)
    }
    return operations
}

private func isBefore(_ one: TableID, _ other: TableID) -> Bool {
    (one.family.rawValue, one.name) < (other.family.rawValue, other.name)
}

private func chainOperations(
    _ id: TableID, _ before: [String: NFTState.Chain], _ after: [String: NFTState.Chain]
) -> [Operation] {
    var operations: [Operation] = []
    func note(
        _ kind: Operation.Kind, _ chain: String, _ count: Int? = nil, _ policy: PolicyChange? = nil,
        moves: [RuleMove] = []
    ) {
        operations.append(
            Operation(
                kind, family: id.family.name, table: id.name, chain: chain, count: count, policy: policy, moves: moves))
    }
    for name in before.keys.sorted() where after[name] == nil {
        let rules = before[name]?.rules.sorted() ?? []
        note(.deleteChain, name, rules.count, moves: rules.map { RuleMove(before: $0) })
    }
    for name in after.keys.sorted() {
        guard let new = after[name] else { continue }
        let old = before[name]
        let policy = PolicyChange(before: old?.policy?.name, after: new.policy?.name)
        if old == nil {
            note(.addChain, name, nil, new.policy == nil ? nil : policy)
        } else if policy.before != policy.after {
            note(.policy, name, nil, policy)
        }
        let deleted = old?.rules.subtracting(new.rules).sorted().map { RuleMove(before: $0) } ?? []
        let added = new.rules.subtracting(old?.rules ?? []).sorted().map { RuleMove(after: $0) }
        if !deleted.isEmpty {
            let isFlush = deleted.count > 1 && new.rules.isEmpty
            note(isFlush ? .flushChain : .deleteRule, name, deleted.count, moves: deleted)
        }
        if !added.isEmpty { note(.addRule, name, added.count, moves: added) }
    }
    return operations
}

/// Chains that have the same rules in another order. Notifications that were understood leave none.
private func reorderings(_ id: TableID, _ before: NFTState.Table, _ after: NFTState.Table) -> [Operation] {
    after.chains.keys.sorted().compactMap { name in
        guard let old = before.chains[name], old.rules == after.chains[name]?.rules,
            before.graph.handles(of: name) != after.graph.handles(of: name)
        else { return nil }
        return Operation(
            .other, family: id.family.name, table: id.name, chain: name, detail: "the rules stand in another order")
    }
}

private func setOperations(
    _ id: TableID, _ before: [String: NFTState.ElementSet], _ after: [String: NFTState.ElementSet],
    _ isAudit: Bool
) -> [Operation] {
    var operations: [Operation] = []
    func note(_ kind: Operation.Kind, _ set: String, _ count: Int? = nil) {
        operations.append(Operation(kind, family: id.family.name, table: id.name, set: set, count: count))
    }
    for name in before.keys.sorted() where after[name] == nil { note(.deleteSet, name, before[name]?.count) }
    for name in after.keys.sorted() {
        guard let new = after[name] else { continue }
        if before[name] == nil { note(.addSet, name) }
        if isAudit, new.isVolatile { continue }
        let deleted = before[name]?.keys.subtracting(new.keys).count ?? 0
        let added = new.keys.subtracting(before[name]?.keys ?? []).count
        if deleted > 0 { note(new.keys.isEmpty ? .flushSet : .deleteElements, name, deleted) }
        if added > 0 { note(.addElements, name, added) }
    }
    return operations
}
