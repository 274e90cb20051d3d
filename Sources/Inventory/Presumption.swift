package import Netlink

/// Plays requests through as the kernel would, for a namespace too young for its notifications to be heard.
///
/// Only requests that met no error may be played. Handles are given out as the kernel does: one counter a
/// table, for chains, rules, sets, objects and flowtables alike.
package struct Presumption: Sendable {
    private var handles: [TableID: UInt64] = [:]

    package init() {}

    /// What the kernel would have notified of one message, on the ruleset as it stands.
    mutating func notices(of message: NFTMessage, replaces: Bool, on state: NFTState) -> [NFTMessage] {
        switch message {
        case .newTable(let table):
            if state.tables[TableID(family: table.family, name: table.name ?? "")] == nil {
                handles[TableID(family: table.family, name: table.name ?? "")] = 0
            }
            return [message]
        case .deleteTable(let table, let destroy):
            // By handle alone: presumed tables have none to know it by.
            guard table.name != nil || table.handle == nil else { return [] }
            let all = state.tables.keys.filter { id in
                (table.family == .unspecified || id.family == table.family)
                    && (table.name == nil || id.name == table.name)
            }
            return all.map { .deleteTable(NFTTable(family: $0.family, name: $0.name), destroy: destroy) }
        case .newChain(var chain):
            let id = TableID(family: chain.family, name: chain.table)
            guard let name = chain.name, chain.handle == nil, state.tables[id]?.chains[name] == nil else {
                return [message]
            }
            chain.handle = next(id)
            return [.newChain(chain)]
        case .newRule(var rule):
            var notices: [NFTMessage] = []
            if replaces { notices.append(.deleteRule(rule, destroy: false)) }
            rule.handle = next(TableID(family: rule.family, name: rule.table))
            return notices + [.newRule(rule)]
        case .deleteRule(let rule, let destroy) where rule.handle == nil && rule.id == nil:
            return rules(of: rule, in: state).map { .deleteRule($0, destroy: destroy) }
        case .newSet(var set):
            set.handle = next(TableID(family: set.family, name: set.table))
            return [.newSet(set)]
        case .newObject(let object):
            _ = next(TableID(family: object.family, name: object.table))
            return [message]
        case .newFlowtable(let flowtable):
            _ = next(TableID(family: flowtable.family, name: flowtable.table))
            return [message]
        case .deleteElements(var elements, let destroy) where elements.elements.isEmpty:
            let id = TableID(family: elements.family, name: elements.table)
            elements.elements = (state.tables[id]?.sets[elements.set]?.keys ?? []).map { NFTElement(keyHash: $0) }
            return [.deleteElements(elements, destroy: destroy)]
        default:
            return [message]
        }
    }

    private mutating func next(_ table: TableID) -> UInt64 {
        handles[table, default: 0] += 1
        return handles[table, default: 0]
    }

    /// Every rule of a chain, or of a table where no chain is named.
    private func rules(of rule: NFTRule, in state: NFTState) -> [NFTRule] {
        let table = state.tables[TableID(family: rule.family, name: rule.table)]
        let chains = (table?.chains ?? [:]).filter { rule.chain == nil || $0.key == rule.chain }
        return chains.flatMap { name, chain in
            chain.rules.map { NFTRule(family: rule.family, table: rule.table, chain: name, handle: $0) }
        }
    }
}

extension FirewallState {
    /// Plays a request through that the kernel took and nobody notified us of.
    package mutating func presume(_ request: NFNetlinkRequest, _ presumption: inout Presumption) -> Change {
        let intent = RequestIntent(request)
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
            default: break
            }
        }
        return after
    }
}
