internal import Netlink

/// What happened to each chain and set of a transaction, in the order in which they were first touched.
struct Ledger {
    /// A chain or set that gathers counts, or something that is told as it is.
    private struct Entry {
        var table: TableID
        var chain: String?
        var set: String?
        var added = 0
        var deleted = 0
        var replaced = 0
        /// Deleted in favour of a rule that has not come yet.
        var awaited = 0
        var handle: UInt64?
        var came: [RuleMove] = []
        var went: [RuleMove] = []
        var swapped: [RuleMove] = []
        /// Those that are awaited, oldest first.
        var leaving: ArraySlice<UInt64> = []
        var policy: PolicyChange?
        var fixed: Operation?
        var isSuperseded = false

        /// Those that went, also those whose successor never came.
        var gone: [RuleMove] { went + leaving.map { RuleMove(before: $0) } }
    }

    private struct Key: Hashable {
        var table: TableID
        var name: String
        var isSet: Bool
    }

    private var entries: [Entry] = []
    private var open: [Key: Int] = [:]
    private(set) var deletedTables: Set<TableID> = []

    private mutating func entry(_ table: TableID, _ name: String, isSet: Bool) -> Int {
        let key = Key(table: table, name: name, isSet: isSet)
        if let index = open[key] { return index }
        entries.append(Entry(table: table, chain: isSet ? nil : name, set: isSet ? name : nil))
        open[key] = entries.count - 1
        return entries.count - 1
    }

    mutating func note(_ kind: Operation.Kind, _ table: TableID, _ detail: String? = nil) {
        append(Operation(kind, family: table.family.name, table: table.name, detail: detail), table)
    }

    mutating func note(_ kind: Operation.Kind, _ table: TableID, set: String, count: Int? = nil) {
        append(Operation(kind, family: table.family.name, table: table.name, set: set, count: count), table)
        if kind == .deleteSet { open[Key(table: table, name: set, isSet: true)] = nil }
    }

    mutating func addChain(_ table: TableID, _ chain: String, policy: String?) {
        append(
            Operation(
                .addChain, family: table.family.name, table: table.name, chain: chain,
                policy: policy.map { PolicyChange(before: nil, after: $0) }), table)
    }

    mutating func policy(_ table: TableID, _ chain: String, _ change: PolicyChange) {
        append(
            Operation(.policy, family: table.family.name, table: table.name, chain: chain, policy: change), table)
    }

    mutating func addRule(_ table: TableID, _ chain: String, handle: UInt64?) {
        let index = entry(table, chain, isSet: false)
        entries[index].handle = handle
        if entries[index].awaited > 0 {
            entries[index].awaited -= 1
            entries[index].replaced += 1
            entries[index].swapped.append(RuleMove(before: entries[index].leaving.popFirst(), after: handle))
        } else {
            entries[index].added += 1
            entries[index].came.append(RuleMove(after: handle))
        }
    }

    mutating func deleteRule(_ table: TableID, _ chain: String, handle: UInt64, isReplaced: Bool) {
        let index = entry(table, chain, isSet: false)
        entries[index].handle = handle
        if isReplaced {
            entries[index].awaited += 1
            entries[index].leaving.append(handle)
        } else {
            entries[index].deleted += 1
            entries[index].went.append(RuleMove(before: handle))
        }
    }

    /// The one that came last took the place of the one that goes.
    mutating func replaceRule(_ table: TableID, _ chain: String, handle: UInt64) {
        let index = entry(table, chain, isSet: false)
        entries[index].handle = handle
        if entries[index].added > 0 {
            entries[index].added -= 1
            _ = entries[index].came.popLast()
        }
        entries[index].replaced += 1
        entries[index].swapped.append(RuleMove(before: handle, after: handle))
    }

    mutating func elements(_ table: TableID, _ set: String, added: Int = 0, deleted: Int = 0) {
        let index = entry(table, set, isSet: true)
        entries[index].added += added
        entries[index].deleted += deleted
    }

    /// `rest`: the rules that it still had.
    mutating func deleteChain(_ table: TableID, _ chain: String, rest: [UInt64]) {
        let key = Key(table: table, name: chain, isSet: false)
        var count = rest.count
        var moves = rest.map { RuleMove(before: $0) }
        if let index = open.removeValue(forKey: key) {
            entries[index].isSuperseded = true
            count += entries[index].deleted
            moves = entries[index].went + moves
        }
        append(
            Operation(
                .deleteChain, family: table.family.name, table: table.name, chain: chain, count: count, moves: moves),
            table)
    }

    mutating func deleteTable(_ table: TableID, rest: [UInt64]) {
        var count = rest.count
        var moves: [RuleMove] = []
        for index in entries.indices where entries[index].table == table && !entries[index].isSuperseded {
            entries[index].isSuperseded = true
            if let fixed = entries[index].fixed {
                if fixed.kind == .deleteChain || fixed.kind == .deleteTable {
                    count += fixed.count ?? 0
                    moves += fixed.moves.value
                }
            } else if entries[index].chain != nil {
                count += entries[index].deleted + entries[index].awaited
                moves += entries[index].gone
            }
        }
        open = open.filter { $0.key.table != table }
        deletedTables.insert(table)
        moves += rest.map { RuleMove(before: $0) }
        append(
            Operation(.deleteTable, family: table.family.name, table: table.name, count: count, moves: moves), table)
    }

    private mutating func append(_ operation: Operation, _ table: TableID) {
        entries.append(Entry(table: table, fixed: operation))
    }

    /// What it amounts to. `isEmpty` tells whether a chain has no rule left.
    func operations(
        intent: RequestIntent?, flushesRuleset: Bool, isEmpty: (TableID, String) -> Bool
    ) -> [Operation] {
        var operations: [Operation] = []
        var flushed: [TableID: Int] = [:]
        for entry in entries where !entry.isSuperseded {
            if let fixed = entry.fixed {
                operations.append(fixed)
            } else if entry.set != nil {
                operations += elementOperations(entry, intent)
            } else if let chain = entry.chain, intent?.flushedTables.contains(entry.table) == true, entry.deleted > 0 {
                if let index = flushed[entry.table] {
                    operations[index].count = (operations[index].count ?? 0) + entry.deleted
                    operations[index].moves.value += entry.went
                } else {
                    flushed[entry.table] = operations.count
                    operations.append(
                        Operation(
                            .flushTable, family: entry.table.family.name, table: entry.table.name, count: entry.deleted,
                            moves: entry.went))
                }
                operations += ruleOperations(entry, chain, deletion: nil)
            } else if let chain = entry.chain {
                operations += ruleOperations(entry, chain, deletion: deletion(entry, chain, intent, isEmpty))
            }
        }
        if flushesRuleset {
            let count = operations.reduce(0) { $0 + ($1.kind == .deleteTable ? $1.count ?? 0 : 0) }
            operations.insert(Operation(.flushRuleset, count: count), at: 0)
        }
        return operations
    }

    /// With the request at hand, what it asked for; without, an emptied chain counts as flushed.
    private func deletion(
        _ entry: Entry, _ chain: String, _ intent: RequestIntent?, _ isEmpty: (TableID, String) -> Bool
    ) -> Operation.Kind {
        if let intent {
            let isFlush = intent.flushedChains.contains(RequestIntent.ChainID(table: entry.table, chain: chain))
            if isFlush || !intent.isPartial { return isFlush ? .flushChain : .deleteRule }
        }
        return entry.deleted > 1 && isEmpty(entry.table, chain) ? .flushChain : .deleteRule
    }

    private func ruleOperations(_ entry: Entry, _ chain: String, deletion: Operation.Kind?) -> [Operation] {
        var counts: [(Operation.Kind, Int, [RuleMove])] = []
        if let deletion { counts.append((deletion, entry.deleted + entry.awaited, entry.gone)) }
        counts.append((.replaceRule, entry.replaced, entry.swapped))
        counts.append((.addRule, entry.added, entry.came))
        return counts.filter { $0.1 > 0 }.map { kind, count, moves in
            Operation(
                kind, family: entry.table.family.name, table: entry.table.name, chain: chain,
                handle: count == 1 && kind != .flushChain ? entry.handle : nil, count: count, moves: moves)
        }
    }

    private func elementOperations(_ entry: Entry, _ intent: RequestIntent?) -> [Operation] {
        guard let set = entry.set else { return [] }
        let isFlush = intent?.flushedSets.contains(RequestIntent.ChainID(table: entry.table, chain: set)) ?? false
        return [(isFlush ? Operation.Kind.flushSet : .deleteElements, entry.deleted), (.addElements, entry.added)]
            .filter { $0.1 > 0 }
            .map {
                Operation($0.0, family: entry.table.family.name, table: entry.table.name, set: set, count: $0.1)
            }
    }
}
