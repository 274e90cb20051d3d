internal import Glibc
internal import Host
package import Inventory
internal import Netlink
package import NetlinkIO
package import XTables

/// Reads what stands in a network namespace. It loads no kernel module by looking.
package final class FirewallReader {
    /// What of the kernel's firewall is no module: to find out takes some 30 ms.
    private var builtIn: [KernelSubsystem: Bool] = [:]

    package init() {}

    /// Whether a part of the kernel is there and at work. Modules come and go: they are asked for each time.
    func isLoaded(_ subsystem: KernelSubsystem) -> Bool { subsystem.isLiveModule || isBuiltIn(subsystem) }

    func isBuiltIn(_ subsystem: KernelSubsystem) -> Bool {
        if let known = builtIn[subsystem] { return known }
        let isBuiltIn = subsystem.isBuiltIn
        builtIn[subsystem] = isBuiltIn
        return isBuiltIn
    }

    /// The nftables ruleset; empty if there is no nftables.
    package func nftables(in namespace: CInt) throws(NetlinkIOError) -> NFTState {
        guard isLoaded(.nfTables) else { return NFTState() }
        return NFTState(try NFTablesDump(namespace: namespace).snapshot(elements: .all))
    }

    /// The nftables tables that stand, without what is in them.
    func tables(in namespace: CInt) throws(NetlinkIOError) -> [TableID: NFTState.Table] {
        guard isLoaded(.nfTables) else { return [:] }
        var tables: [TableID: NFTState.Table] = [:]
        for table in try NFTablesDump(namespace: namespace).tables() {
            tables[TableID(family: table.family, name: table.name ?? "")] = NFTState.Table(table)
        }
        return tables
    }

    /// The generation of the nftables ruleset; nil if there is no nftables.
    func generation(in namespace: CInt) throws(NetlinkIOError) -> UInt32? {
        guard isLoaded(.nfTables) else { return nil }
        return try NFTablesDump(namespace: namespace).generation()
    }

    package func ipsets(in namespace: CInt) throws(NetlinkIOError) -> IPSets {
        guard isLoaded(.ipSet) else { return IPSets() }
        return IPSets(try IPSetDump(namespace: namespace).headers())
    }

    package func legacy(in namespace: CInt, families: [XTFamily] = XTFamily.xtables) throws(NetlinkIOError) -> [XTable]
    {
        try XTablesDump.tables(namespace: namespace, families: families)
    }

    /// Those of ebtables with these names.
    func bridge(in namespace: CInt, named names: Set<String>) throws(NetlinkIOError) -> [XTable] {
        try EBTablesDump.tables(named: names.sorted(), namespace: namespace)
    }
}

extension NFTState {
    init(_ snapshot: RulesetSnapshot) {
        self.init()
        generation = snapshot.generation
        for table in snapshot.tables {
            tables[TableID(family: table.family, name: table.name ?? "")] = Table(table)
        }
        for chain in snapshot.chains { take(chain) }
        // What a set holds is listed in the order of the sets, but for those that went meanwhile.
        var contents = snapshot.contents[...]
        for set in snapshot.sets {
            let isRead =
                contents.first.map { $0.family == set.family && $0.table == set.table && $0.set == set.name } ?? false
            take(set, isRead ? contents.removeFirst().elements : [])
        }
        for rule in snapshot.rules { take(rule) }
        settle()
    }
}
