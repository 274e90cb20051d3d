internal import Glibc
internal import Host
internal import Inventory
internal import Netlink
internal import NetlinkIO
internal import XTables

/// Reads what stands in a network namespace. It loads no kernel module by looking.
final class FirewallReader {
    /// Parts of the kernel that were found loaded: to look for one that is built in takes some 30 ms.
    private var loaded: Set<KernelSubsystem> = []

    func isLoaded(_ subsystem: KernelSubsystem) -> Bool {
        if loaded.contains(subsystem) { return true }
        guard subsystem.isLoaded else { return false }
        loaded.insert(subsystem)
        return true
    }

    /// A module was unloaded: look again.
    func forget(_ subsystem: KernelSubsystem) { loaded.remove(subsystem) }

    /// The nftables ruleset; empty if there is no nftables.
    func nftables(in namespace: CInt) throws(NetlinkIOError) -> NFTState {
        guard isLoaded(.nfTables) else { return NFTState() }
        return NFTState(try NFTablesDump(namespace: namespace).snapshot(elements: .all))
    }

    /// The generation of the nftables ruleset; nil if there is no nftables.
    func generation(in namespace: CInt) throws(NetlinkIOError) -> UInt32? {
        guard isLoaded(.nfTables) else { return nil }
        return try NFTablesDump(namespace: namespace).generation()
    }

    func ipsets(in namespace: CInt) throws(NetlinkIOError) -> IPSets {
        guard isLoaded(.ipSet) else { return IPSets() }
        return IPSets(try IPSetDump(namespace: namespace).headers())
    }

    func legacy(in namespace: CInt, families: [XTFamily] = XTFamily.allCases) throws(NetlinkIOError) -> [XTable] {
        try XTablesDump.tables(namespace: namespace, families: families)
    }
}

extension NFTState {
    init(_ snapshot: RulesetSnapshot) {
        self.init()
        generation = snapshot.generation
        for table in snapshot.tables {
            tables[TableID(family: table.family, name: table.name ?? "")] = Table(flags: table.flags ?? [])
        }
        for chain in snapshot.chains {
            tables[TableID(family: chain.family, name: chain.table)]?.chains[chain.name ?? ""] = Chain(
                handle: chain.handle, hook: chain.hook, policy: chain.policy, type: chain.type)
        }
        for rule in snapshot.rules {
            guard let handle = rule.handle else { continue }
            tables[TableID(family: rule.family, name: rule.table)]?.chains[rule.chain ?? ""]?.rules.insert(handle)
        }
        for set in snapshot.sets where set.flags?.contains(.anonymous) != true {
            tables[TableID(family: set.family, name: set.table)]?.sets[set.name ?? ""] = ElementSet(
                flags: set.flags ?? [])
        }
        for content in snapshot.contents {
            let keys = content.elements.lazy.filter { !$0.isIntervalEnd }.map(\.keyHash)
            tables[TableID(family: content.family, name: content.table)]?.sets[content.set]?.keys = Set(keys)
        }
        recount()
    }
}
