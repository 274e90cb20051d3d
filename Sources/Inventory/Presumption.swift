package import Netlink
internal import Protection

/// Plays requests through as the kernel would, where its notifications were not heard.
///
/// Only requests that met no error may be played. Handles are given out as the kernel does: one counter a
/// table, for chains, rules, sets, objects and flowtables alike. In a table that stood before, it goes on above
/// the highest handle that is known there. That may be too low: what had the highest may be gone.
package struct Presumption: Sendable {
    private var handles: [TableID: UInt64] = [:]
    /// Objects and flowtables that were made: to write one that is there takes no handle.
    private var others: Set<Other> = []
    /// Of the request at hand: what it gave numbers of its own, to speak of it later.
    private var chains: [UInt32: String] = [:]
    private var rules: [UInt32: UInt64] = [:]
    private var sets: [UInt32: String] = [:]
    /// How many chains and sets were named that belong to a rule.
    private var named = 0
    /// The netlink port that sent the request at hand.
    private var port: UInt32 = 0

    private struct Other: Hashable {
        var table: TableID
        var name: String?
        /// `NFT_OBJECT_*`; nil for a flowtable.
        var type: UInt32?
    }

    package init() {}

    mutating func begin(port: UInt32) {
        self.port = port
        chains.removeAll()
        rules.removeAll()
        sets.removeAll()
    }

    /// What the kernel would have notified of one message, on the ruleset as it stands.
    mutating func notices(of message: NFTMessage, replaces: Bool, on state: NFTState) -> [NFTMessage] {
        switch message {
        case .newTable(let table): return [.newTable(made(table, state))]
        case .deleteTable(let table, let destroy):
            return tables(of: table, in: state).map {
                .deleteTable(NFTTable(family: $0.family, name: $0.name), destroy: destroy)
            }
        case .newChain(let chain): return [.newChain(made(chain, state))]
        case .deleteChain(var chain, let destroy):
            let known = state.tables[TableID(family: chain.family, name: chain.table)]?.chains
            chain.name = chain.name ?? known?.first { $0.value.handle == chain.handle }?.key
            return [.deleteChain(chain, destroy: destroy)]
        case .newRule(let rule): return made(rule, replaces: replaces, state)
        case .deleteRule(var rule, let destroy):
            rule.handle = rule.handle ?? rule.id.flatMap { rules[$0] }
            // Without a chain the kernel deletes every rule of the table, whatever else is said.
            if rule.chain != nil, rule.handle != nil || rule.id != nil { return [.deleteRule(rule, destroy: destroy)] }
            return all(of: rule, in: state).map { .deleteRule($0, destroy: destroy) }
        case .newSet(var set):
            let id = TableID(family: set.family, name: set.table)
            // One that is there is updated. Those that belong to a rule have no name yet.
            let isAnonymous = set.flags?.contains(.anonymous) == true
            if isAnonymous || state.tables[id]?.sets[set.name ?? ""] == nil { set.handle = next(id, state) }
            if isAnonymous {
                named += 1
                set.name = "__set#\(named)"
            }
            if let number = set.id, let name = set.name { sets[number] = name }
            return [.newSet(set)]
        case .deleteSet(var set, let destroy):
            let known = state.tables[TableID(family: set.family, name: set.table)]?.sets
            set.name = set.name ?? known?.first { $0.value.handle == set.handle }?.key
            return [.deleteSet(set, destroy: destroy)]
        case .newObject(let object):
            make(
                Other(table: TableID(family: object.family, name: object.table), name: object.name, type: object.type),
                state)
            return [message]
        case .newFlowtable(let flowtable):
            make(Other(table: TableID(family: flowtable.family, name: flowtable.table), name: flowtable.name), state)
            return [message]
        case .deleteObject(let object, _):
            others.remove(
                Other(table: TableID(family: object.family, name: object.table), name: object.name, type: object.type))
            return [message]
        case .deleteFlowtable(let flowtable, _):
            others.remove(
                Other(table: TableID(family: flowtable.family, name: flowtable.table), name: flowtable.name))
            return [message]
        case .deleteElements(var elements, let destroy) where elements.elements.isEmpty:
            let id = TableID(family: elements.family, name: elements.table)
            elements.set = name(elements.set, elements.setID)
            elements.elements = (state.tables[id]?.sets[elements.set]?.keys ?? []).map { NFTElement(keyHash: $0) }
            return [.deleteElements(elements, destroy: destroy)]
        case .newElements(var elements):
            elements.set = name(elements.set, elements.setID)
            for index in elements.elements.indices { name(&elements.elements[index].verdict) }
            return [.newElements(elements)]
        default:
            return [message]
        }
    }

    private mutating func made(_ table: NFTTable, _ state: NFTState) -> NFTTable {
        var table = table
        let id = TableID(family: table.family, name: table.name ?? "")
        if state.tables[id] == nil {
            handles[id] = 0
            others = others.filter { $0.table != id }
        }
        if table.flags?.contains(.owner) == true { table.owner = port }
        return table
    }

    private mutating func made(_ chain: NFTChain, _ state: NFTState) -> NFTChain {
        var chain = chain
        let id = TableID(family: chain.family, name: chain.table)
        if chain.name == nil, chain.handle == nil, chain.id != nil {
            // A chain that belongs to a rule; the kernel counts them over all namespaces.
            named += 1
            chain.name = "__chain#\(named)"
        }
        if let number = chain.id, let name = chain.name { chains[number] = name }
        if let name = chain.name, chain.handle == nil, state.tables[id]?.chains[name] == nil {
            chain.handle = next(id, state)
        }
        return chain
    }

    private mutating func made(_ rule: NFTRule, replaces: Bool, _ state: NFTState) -> [NFTMessage] {
        var rule = rule
        rule.chain = rule.chain ?? rule.chainID.flatMap { chains[$0] }
        for index in rule.expressions.indices { name(&rule.expressions[index]) }
        var notices: [NFTMessage] = []
        if replaces {
            notices.append(.deleteRule(rule, destroy: false))
            // In its place: behind the one before it.
            rule.position = rule.handle.flatMap { before($0, of: rule, state) }
            rule.isAppended = false
        } else if let position = rule.position ?? rule.positionID.flatMap({ rules[$0] }) {
            // A notification tells the rule before, a request the one behind which or before which it is to go.
            rule.position = rule.isAppended == true ? position : before(position, of: rule, state)
        }
        rule.handle = next(TableID(family: rule.family, name: rule.table), state)
        if let number = rule.id { rules[number] = rule.handle }
        return notices + [.newRule(rule)]
    }

    private func before(_ handle: UInt64, of rule: NFTRule, _ state: NFTState) -> UInt64? {
        let table = state.tables[TableID(family: rule.family, name: rule.table)]
        return table?.graph.predecessor(of: handle, in: rule.chain ?? "")
    }

    private func name(_ set: String, _ number: UInt32?) -> String { number.flatMap { sets[$0] } ?? set }

    private func name(_ verdict: inout NFTVerdict?) {
        if let number = verdict?.chainID, verdict?.chain == nil { verdict?.chain = chains[number] }
    }

    /// Puts in the names of what the request knows by numbers of its own.
    private func name(_ expression: inout NFTExpression) {
        switch expression {
        case .immediate(var verdict):
            name(&verdict)
            expression = .immediate(verdict: verdict)
        case .lookup(let set, let number?, let isInverted, let isVerdictMap):
            expression = .lookup(
                set: name(set, number), setID: number, isInverted: isInverted, isVerdictMap: isVerdictMap)
        case .dynset(let set, let number?):
            expression = .dynset(set: name(set, number), setID: number)
        default: break
        }
    }

    private mutating func make(_ other: Other, _ state: NFTState) {
        if others.insert(other).inserted { _ = next(other.table, state) }
    }

    private mutating func next(_ id: TableID, _ state: NFTState) -> UInt64 {
        let handle = (handles[id] ?? state.tables[id]?.highestHandle ?? 0) &+ 1
        handles[id] = handle
        return handle
    }

    /// Those that a request to delete means. Without a name, all but what others own.
    private func tables(of table: NFTTable, in state: NFTState) -> [TableID] {
        let all = state.tables.filter { id, known in
            (table.family == .unspecified || id.family == table.family)
                && (table.name == nil || id.name == table.name)
                && (table.handle == nil || known.handle == table.handle)
                && (known.owner == nil || known.owner == port)
        }
        return Array(all.keys)
    }

    /// Every rule of a chain, or of a table where no chain is named.
    private func all(of rule: NFTRule, in state: NFTState) -> [NFTRule] {
        let table = state.tables[TableID(family: rule.family, name: rule.table)]
        let chains = (table?.chains ?? [:]).filter { rule.chain == nil || $0.key == rule.chain }
        return chains.flatMap { name, chain in
            chain.rules.map { NFTRule(family: rule.family, table: rule.table, chain: name, handle: $0) }
        }
    }
}

extension NFTState.Table {
    /// Of what is known in it.
    fileprivate var highestHandle: UInt64 {
        let inChains = chains.values.lazy.map { max($0.handle ?? 0, $0.rules.max() ?? 0) }
        return max(inChains.max() ?? 0, sets.values.lazy.compactMap(\.handle).max() ?? 0)
    }
}

extension FirewallState {
    /// Plays a request through that the kernel took and nobody notified us of.
    package mutating func presume(
        _ request: NFNetlinkRequest, from port: UInt32 = 0, _ presumption: inout Presumption
    ) -> Change {
        let intent = RequestIntent(request)
        presumption.begin(port: port)
        return apply(intent) { transaction in
            for message in request.messages {
                guard case .nftables(let body) = message.body else { continue }
                let notices = presumption.notices(
                    of: body, replaces: message.flags.contains(.replace), on: transaction.state)
                for notice in notices { transaction.take(notice) }
            }
        }
    }

    /// The ipsets as these commands should have left them, where they cannot be read.
    package mutating func presume(_ requests: [IPSetRequest]) -> Change {
        replace(ipsets: ipsets.presumed(after: requests), requests: requests, succeeded: true)
    }
}

extension IPSets {
    fileprivate func presumed(after requests: [IPSetRequest]) -> IPSets {
        var after = self
        for request in requests {
            guard let name = request.setName else {
                if request.command == .flush { for name in after.sets.keys { after.sets[name]?.elements = 0 } }
                if request.command == .destroy { after.sets.removeAll() }
                continue
            }
            switch request.command {
            case .create: after.sets[name] = Entry(type: request.typeName ?? "", elements: 0)
            case .destroy: after.sets[name] = nil
            case .flush: after.sets[name]?.elements = 0
            case .add: after.sets[name]?.elements += request.elementCount
            case .delete:
                let left = (after.sets[name]?.elements ?? 0) - request.elementCount
                after.sets[name]?.elements = max(0, left)
            case .swap, .rename:
                guard let other = request.setName2 else { continue }
                (after.sets[name], after.sets[other]) = (after.sets[other], after.sets[name])
                // A swapped set takes the number that goes with the name.
                guard request.command == .swap else { continue }
                let (index, otherIndex) = (after.sets[name]?.index, after.sets[other]?.index)
                after.sets[name]?.index = otherIndex
                after.sets[other]?.index = index
            default: break
            }
        }
        return after
    }
}
