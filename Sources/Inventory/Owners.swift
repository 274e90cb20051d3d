package import Netlink

/// Tables that are bound to a netlink socket. When it is closed the kernel destroys them, and tells nobody.
extension NFTState {
    /// The netlink ports that own a table.
    package var owners: Set<UInt32> { Set(tables.values.compactMap(\.owner)) }

    /// Tables that stand in the way of these notices: each was made anew, so the one that is known died unheard.
    package func replaced(by notices: [NFTMessage]) -> [TableID] {
        guard tables.contains(where: { $0.value.owner != nil }) else { return [] }
        var deleted: Set<TableID> = []
        return notices.compactMap { notice in
            switch notice {
            case .deleteTable(let table, _):
                deleted.insert(TableID(family: table.family, name: table.name ?? ""))
                return nil
            case .newTable(let table):
                let id = TableID(family: table.family, name: table.name ?? "")
                guard !deleted.contains(id), let known = tables[id], known.owner != nil, let handle = known.handle,
                    let new = table.handle, handle != new
                else { return nil }
                return id
            default: return nil
            }
        }
    }

    /// Tables of this owner, or of any, that died with it: `standing` has those that are there now.
    package func orphans(of port: UInt32? = nil, standing: [TableID: Table]) -> [TableID] {
        tables.filter { id, known in
            guard let owner = known.owner, port == nil || owner == port, !known.flags.contains(.persist) else {
                return false
            }
            guard let found = standing[id] else { return true }
            return known.handle != nil && found.handle != nil && found.handle != known.handle
        }.map(\.key).sorted { ($0.family.rawValue, $0.name) < ($1.family.rawValue, $1.name) }
    }
}

extension FirewallState {
    /// Takes tables out that died with their owner.
    package mutating func bury(_ dead: [TableID]) -> Change {
        let before = totals
        let operations = dead.compactMap { id in
            remove(id).map {
                Operation(
                    .ownerDied, family: id.family.name, table: id.name, count: $0.ruleCount,
                    moves: $0.handles.map { RuleMove(before: $0) })
            }
        }
        return Change(operations: operations, from: before, to: totals)
    }

    /// The owner is gone: what outlives it is free to be adopted.
    package mutating func release(_ port: UInt32) {
        for (id, table) in nft.tables where table.owner == port && table.flags.contains(.persist) { free(id) }
    }
}
