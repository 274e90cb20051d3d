internal import Inventory
internal import Netlink
internal import Protection
internal import XTables

extension ByteWriter {
    mutating func put(_ state: FirewallState) {
        put(state.nft.generation) { $0.put($1) }
        put(state.nft.tables) { writer, entry in
            writer.put(entry.key.family.rawValue)
            writer.put(entry.key.name)
            writer.put(entry.value)
        }
        put(state.legacy.values) { $0.put($1) }
        put(state.ipsets.sets) { writer, entry in
            writer.put(entry.key)
            writer.put(entry.value.type)
            writer.put(UInt64(max(entry.value.elements, 0)))
            writer.put(entry.value.isVolatile)
            writer.put(entry.value.index) { $0.put($1) }
        }
    }

    private mutating func put(_ table: NFTState.Table) {
        put(table.flags.rawValue)
        put(table.chains) { writer, entry in
            writer.put(entry.key)
            writer.put(entry.value.handle) { $0.put($1) }
            writer.put(entry.value.hook) { $0.put($1) }
            writer.put(entry.value.policy) { $0.put($1.rawValue) }
            writer.put(entry.value.type) { $0.put($1) }
            writer.put(table.graph.rules(of: entry.key)) { writer, rule in
                writer.put(rule.handle)
                writer.put(rule.outline)
            }
        }
        put(table.sets) { writer, entry in
            writer.put(entry.key)
            writer.put(entry.value.flags.rawValue)
            writer.put(entry.value.keys) { $0.put($1) }
            writer.put(entry.value.verdicts) { writer, entry in
                writer.put(entry.key)
                writer.put(entry.value)
            }
        }
    }

    private mutating func put(_ hook: NFTHook) {
        put(hook.number) { $0.put($1) }
        put(hook.priority) { $0.put(UInt32(bitPattern: $1)) }
        put(hook.devices) { $0.put($1) }
    }
}

extension ByteReader {
    mutating func firewallState() throws(Malformed) -> FirewallState {
        var nft = NFTState()
        nft.generation = try optional { reader throws(Malformed) in try reader.number(UInt32.self) }
        for _ in 0..<(try count()) {
            let id = TableID(family: NFTFamily(rawValue: try number(UInt8.self)), name: try text())
            nft.tables[id] = try nftTable(id.family)
        }
        nft.settle()
        var state = FirewallState()
        _ = state.replace(nft: nft)
        for table in try list({ reader throws(Malformed) in try reader.legacyTable() }) {
            _ = state.replace(legacy: FirewallState.LegacyID(family: table.family, name: table.name), with: table)
        }
        var sets = IPSets()
        for _ in 0..<(try count()) {
            let name = try text()
            sets.sets[name] = IPSets.Entry(
                type: try text(), elements: Int(clamping: try number(UInt64.self)), isVolatile: try flag(),
                index: try optional { reader throws(Malformed) in try reader.number(UInt16.self) })
        }
        _ = state.replace(ipsets: sets)
        return state
    }

    private mutating func nftTable(_ family: NFTFamily) throws(Malformed) -> NFTState.Table {
        var table = NFTState.Table(flags: NFTTableFlags(rawValue: try number(UInt32.self)))
        for _ in 0..<(try count()) {
            let name = try text()
            let chain = NFTState.Chain(
                handle: try optional { reader throws(Malformed) in try reader.number(UInt64.self) },
                hook: try optional { reader throws(Malformed) in try reader.hook() },
                policy: try optional { reader throws(Malformed) in NFTPolicy(rawValue: try reader.number(UInt32.self))
                },
                type: try optional { reader throws(Malformed) in try reader.text() })
            table.put(chain, name, family)
            for _ in 0..<(try count()) { table.append(try number(UInt64.self), try outline(), to: name) }
        }
        for _ in 0..<(try count()) {
            let name = try text()
            var set = NFTState.ElementSet(flags: NFTSetFlags(rawValue: try number(UInt32.self)))
            set.keys = Set(try list { reader throws(Malformed) in try reader.number(UInt64.self) })
            for _ in 0..<(try count()) { set.verdicts[try number(UInt64.self)] = try branch() }
            table.put(set, name)
        }
        return table
    }

    private mutating func hook() throws(Malformed) -> NFTHook {
        NFTHook(
            number: try optional { reader throws(Malformed) in try reader.number(UInt32.self) },
            priority: try optional { reader throws(Malformed) in Int32(bitPattern: try reader.number(UInt32.self)) },
            devices: try list { reader throws(Malformed) in try reader.text() })
    }
}
