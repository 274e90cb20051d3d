internal import Netlink
internal import Protection

/// Applies the notifications of one commit, in order, and tells what they amount to.
///
/// The kernel names every object it deletes, also below a table that goes as a whole; what is told is what
/// was meant: a deleted table with its count of rules, not each of them.
struct NFTTransaction {
    var state: NFTState
    private let intent: RequestIntent?
    private let tablesBefore: Set<TableID>
    private var ledger = Ledger()
    /// Rules that came under the handle of one that is there: up to 5.10 at least, a replacement keeps the handle,
    /// and its NEWRULE is followed by the DELRULE of the old one.
    private var inPlace: Set<RequestIntent.RuleID> = []
    /// Rules that await the one before them, which the same commit adds: by what they await, in order.
    var waiting: [RequestIntent.RuleID: [NFTRule]] = [:]
    /// Rules that went, and the one before: a replacement has the handle of what it replaces, and comes next.
    var vacated: [RequestIntent.RuleID: UInt64?] = [:]
    var places: [RequestIntent.ChainID: ArraySlice<Place>]
    private var touched: Set<TableID> = []
    /// Elements that were there, and had come without notice.
    private(set) var appeared = 0

    init(_ state: NFTState, intent: RequestIntent?) {
        self.state = state
        self.intent = intent
        places = intent?.places.mapValues { $0[...] } ?? [:]
        tablesBefore = Set(state.tables.keys)
    }

    /// The state after the notices that were taken, and the operations they amount to.
    consuming func finish() -> (state: NFTState, operations: [Operation], appeared: Int) {
        seatAll()
        for id in touched {
            state.tables[id]?.loose.removeAll()
            state.tables[id]?.graph.settle()
        }
        let emptiesAll = tablesBefore.count > 1 && ledger.deletedTables.isSuperset(of: tablesBefore)
        let isFlush = intent.map { $0.flushesRuleset || $0.isPartial && emptiesAll } ?? emptiesAll
        let operations = ledger.operations(intent: intent, flushesRuleset: isFlush) { [state] table, chain in
            state.tables[table]?.chains[chain]?.rules.isEmpty ?? true
        }
        return (state, operations, appeared)
    }

    mutating func take(_ message: NFTMessage) {
        switch message {
        case .newTable(let table): newTable(table)
        case .deleteTable(let table, _): deleteTable(table)
        case .newChain(let chain): newChain(chain)
        case .deleteChain(let chain, _): deleteChain(chain)
        case .newRule(let rule): newRule(rule)
        case .deleteRule(let rule, _): deleteRule(rule)
        case .newSet(let set): newSet(set)
        case .deleteSet(let set, _): deleteSet(set)
        case .newElements(let elements): newElements(elements)
        case .deleteElements(let elements, _): deleteElements(elements)
        case .newObject(let object):
            ledger.note(
                .other, TableID(family: object.family, name: object.table), "object \(object.name ?? "") written")
        case .deleteObject(let object, _):
            ledger.note(
                .other, TableID(family: object.family, name: object.table), "object \(object.name ?? "") deleted")
        case .newFlowtable(let flowtable):
            ledger.note(
                .other, TableID(family: flowtable.family, name: flowtable.table),
                "flowtable \(flowtable.name ?? "") added")
        case .deleteFlowtable(let flowtable, _):
            ledger.note(
                .other, TableID(family: flowtable.family, name: flowtable.table),
                "flowtable \(flowtable.name ?? "") deleted")
        case .newGeneration(let generation): state.generation = generation.id
        case .other: break
        }
    }

    private mutating func newTable(_ table: NFTTable) {
        let id = TableID(family: table.family, name: table.name ?? "")
        let flags = table.flags ?? []
        touched.insert(id)
        guard let known = state.tables[id] else {
            state.tables[id] = NFTState.Table(table)
            ledger.note(.addTable, id)
            if flags.contains(.dormant) { ledger.note(.tableDormant, id) }
            return
        }
        let new = NFTState.Table(table)
        state.tables[id]?.flags = flags
        state.tables[id]?.handle = new.handle ?? known.handle
        state.tables[id]?.owner = new.owner
        if known.owner == nil, new.owner != nil { ledger.note(.other, id, "an owner adopted the table") }
        if known.flags.contains(.dormant) != flags.contains(.dormant) {
            ledger.note(flags.contains(.dormant) ? .tableDormant : .tableAwake, id)
        }
    }

    private mutating func deleteTable(_ table: NFTTable) {
        let id = TableID(family: table.family, name: table.name ?? "")
        let rest = state.tables.removeValue(forKey: id)
        state.ruleCount -= rest?.ruleCount ?? 0
        state.elementCount -= rest?.elementCount ?? 0
        ledger.deleteTable(id, rest: rest?.handles ?? [])
    }

    private mutating func newChain(_ chain: NFTChain) {
        let id = TableID(family: chain.family, name: chain.table)
        let name = chain.name ?? ""
        touched.insert(id)
        if let known = state.tables[id]?.chains[name] {
            let hook = known.hook.merged(with: chain.hook)
            let policy = chain.policy ?? known.policy
            state.tables[id]?.chains[name]?.hook = hook
            state.tables[id]?.chains[name]?.policy = policy
            state.tables[id]?.chains[name]?.handle = chain.handle ?? known.handle
            state.tables[id]?.rehook(name, id.family)
            if policy != known.policy {
                ledger.policy(id, name, PolicyChange(before: known.policy?.name, after: policy?.name))
            } else if hook != known.hook {
                ledger.note(.other, id, "chain \(name) hooked otherwise")
            }
            return
        }
        if let handle = chain.handle,
            let old = state.tables[id]?.chains.first(where: { $0.value.handle == handle })?.key
        {
            state.tables[id]?.renameChain(old, to: name)
            ledger.note(.other, id, "chain \(old) renamed to \(name)")
            return
        }
        state.tables[id, default: NFTState.Table()].put(
            NFTState.Chain(handle: chain.handle, hook: chain.hook, policy: chain.policy, type: chain.type), name,
            id.family)
        ledger.addChain(id, name, policy: chain.policy?.name)
    }

    private mutating func deleteChain(_ chain: NFTChain) {
        let id = TableID(family: chain.family, name: chain.table)
        let name = chain.name ?? ""
        if let gone = chain.hook?.devices, !gone.isEmpty, let known = state.tables[id]?.chains[name] {
            // A base chain loses devices by the same message (since 6.4); a chain that goes has lost its rules before.
            let left = (known.hook?.devices ?? []).filter { !gone.contains($0) }
            if !left.isEmpty || !known.rules.isEmpty {
                touched.insert(id)
                state.tables[id]?.chains[name]?.hook?.devices = left
                state.tables[id]?.rehook(name, id.family)
                return ledger.note(.other, id, "chain \(name) lost \(gone.joined(separator: ", "))")
            }
        }
        touched.insert(id)
        let rest = state.tables[id]?.removeChain(name)?.rules.sorted() ?? []
        state.ruleCount -= rest.count
        ledger.deleteChain(id, name, rest: rest)
    }

    private mutating func newRule(_ rule: NFTRule) {
        let id = TableID(family: rule.family, name: rule.table)
        let name = rule.chain ?? ""
        touched.insert(id)
        if let handle = rule.handle {
            let known = RequestIntent.RuleID(table: id, handle: handle)
            let isNew =
                state.tables[id, default: NFTState.Table()].chains[name, default: NFTState.Chain()].rules
                .insert(handle).inserted
            if isNew { state.ruleCount += 1 } else { inPlace.insert(known) }
            seat(rule, known, name)
        }
        ledger.addRule(id, name, handle: rule.handle)
    }

    private mutating func deleteRule(_ rule: NFTRule) {
        let id = TableID(family: rule.family, name: rule.table)
        let name = rule.chain ?? ""
        guard let handle = rule.handle else { return }
        touched.insert(id)
        if inPlace.remove(RequestIntent.RuleID(table: id, handle: handle)) != nil {
            ledger.replaceRule(id, name, handle: handle)
            return dropBoundChains(of: rule, id)
        }
        vacated[RequestIntent.RuleID(table: id, handle: handle)] = .some(
            state.tables[id]?.graph.predecessor(of: handle, in: name))
        if state.tables[id]?.removeRule(handle, from: name) == true { state.ruleCount -= 1 }
        ledger.deleteRule(
            id, name, handle: handle,
            isReplaced: intent?.replacedRules.contains(RequestIntent.RuleID(table: id, handle: handle)) ?? false)
        dropBoundChains(of: rule, id)
    }

    /// A chain that belongs to a rule (`jump { … }`) goes with it, and the kernel says nothing of it.
    private mutating func dropBoundChains(of rule: NFTRule, _ id: TableID) {
        for expression in rule.expressions {
            guard case .immediate(let verdict?) = expression, let name = verdict.chain, name.hasPrefix("__chain"),
                let bound = state.tables[id]?.removeChain(name)
            else { continue }
            state.ruleCount -= bound.rules.count
            ledger.deleteChain(id, name, rest: bound.rules.sorted())
        }
    }

    private mutating func newSet(_ set: NFTSet) {
        let id = TableID(family: set.family, name: set.table)
        guard let name = set.name else { return }
        touched.insert(id)
        let flags = set.flags ?? []
        guard !flags.contains(.anonymous) else {
            state.tables[id]?.loose[name] = LooseSet(isFilled: flags.contains(.eval))
            return
        }
        guard state.tables[id]?.sets[name] == nil else { return }
        state.tables[id, default: NFTState.Table()].put(NFTState.ElementSet(flags: flags, handle: set.handle), name)
        ledger.note(.addSet, id, set: name)
    }

    private mutating func deleteSet(_ set: NFTSet) {
        let id = TableID(family: set.family, name: set.table)
        guard let name = set.name, let gone = state.tables[id]?.removeSet(name) else { return }
        touched.insert(id)
        state.elementCount -= gone.count
        ledger.note(.deleteSet, id, set: name, count: gone.count)
    }

    private mutating func newElements(_ elements: NFTElements) {
        let id = TableID(family: elements.family, name: elements.table)
        guard state.tables[id]?.sets[elements.set] != nil else {
            for element in elements.elements { state.tables[id]?.loose[elements.set]?.add(element) }
            return
        }
        touched.insert(id)
        var added = 0
        var renewed = 0
        for element in elements.elements where !element.isIntervalEnd {
            let isNew = state.tables[id]?.insert(element, into: elements.set) == true
            if isNew { added += 1 } else { renewed += 1 }
        }
        state.elementCount += added
        ledger.elements(id, elements.set, added: added)
        // Another timeout, another verdict: no count moves.
        if renewed > 0 { ledger.note(.other, id, "\(renewed) elements of \(elements.set) renewed") }
    }

    private mutating func deleteElements(_ elements: NFTElements) {
        let id = TableID(family: elements.family, name: elements.table)
        guard let isVolatile = state.tables[id]?.sets[elements.set]?.isVolatile else { return }
        touched.insert(id)
        var deleted = 0
        for element in elements.elements where !element.isIntervalEnd {
            if state.tables[id]?.remove(element, from: elements.set) == true {
                deleted += 1
                state.elementCount -= 1
            } else if isVolatile {
                // The packet path had added it, and told nobody.
                deleted += 1
                appeared += 1
            }
        }
        ledger.elements(id, elements.set, deleted: deleted)
    }
}

extension NFTHook? {
    /// An update tells the devices that came; those that go are told by a deletion.
    fileprivate func merged(with update: NFTHook?) -> NFTHook? {
        guard let update else { return self }
        guard let self else { return update }
        return NFTHook(
            number: update.number ?? self.number, priority: update.priority ?? self.priority,
            devices: self.devices + update.devices.filter { !self.devices.contains($0) })
    }
}

extension NFTPolicy {
    /// As nft writes it.
    var name: String { self == .accept ? "accept" : self == .drop ? "drop" : "\(rawValue)" }
}
