internal import Events
internal import Inventory
internal import NetlinkIO
internal import Records
internal import XTables

/// Reading legacy tables.
extension Collector {
    /// The tables of a family, also one of this name; nil: the namespace cannot be opened any more.
    func tables(of family: XTFamily, named name: String, in namespace: WatchedNamespace) -> [XTable]? {
        namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
            guard family == .bridge else { return try reader.legacy(in: descriptor, families: [family]) }
            let names = name.isEmpty ? EBTablesDump.standard : [name]
            return try reader.bridge(in: descriptor, named: Set(names).union(bridgeTables(namespace)))
        }
    }

    /// All that stand in a namespace.
    func legacyTables(in descriptor: CInt, of namespace: WatchedNamespace) throws(NetlinkIOError) -> [XTable] {
        try reader.legacy(in: descriptor) + reader.bridge(in: descriptor, named: bridgeTables(namespace))
    }

    /// Those of ebtables that may be asked for: to ask makes one that is not there. The host's own is made to know
    /// what stands at the start.
    private func bridgeTables(_ namespace: WatchedNamespace) -> Set<String> {
        let known = namespace.state.legacy.keys.filter { $0.family == .bridge }.map(\.name)
        return Set(known + (namespace.isHost ? EBTablesDump.standard : []))
    }
}

extension PendingReplaces.Waiting {
    var family: XTFamily? { XTFamily(protocol: replace.family) }
    var name: String { String(decoding: replace.table, as: UTF8.self) }
}

extension XTFamily {
    var backend: Backend { Backend(legacy: rawValue) }
}

extension XTable {
    /// A table as it is when it is made: nothing in it, and everything accepted.
    init(untouched table: XTable) {
        self.init(
            family: table.family, name: table.name,
            chains: table.chains.filter(\.isBuiltIn).map {
                XTChain(name: $0.name, isBuiltIn: true, policy: .accept)
            })
    }
}
