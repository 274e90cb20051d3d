internal import Attribution
internal import Events
internal import Host
internal import Inventory
internal import Lineage
internal import Netlink
internal import NetlinkIO
internal import Probes
internal import Records
internal import XTables

/// Modules of the firewall that come late, and those that leave and take rules with them.
extension Collector {
    /// How long a module may be at its init, and how often it is looked whether it is done, in nanoseconds.
    private static var joinPatience: UInt64 { 10_000_000_000 }
    static var joinPause: UInt64 { 2_000_000 }

    /// Subscribes to notifications, if that loads no module. Returns whether it did.
    @discardableResult
    func join() -> Bool {
        guard !isListening, reader.isLoaded(.nfTables) else { return false }
        do {
            for lane in lanes { try loop.add(try lane.notifications.join()) }
            return true
        } catch {
            for lane in lanes { lane.notifications.leave() }
            return false
        }
    }

    /// Subscribes as soon as `nf_tables` is there. What was committed before is known from its requests alone.
    func joinLate() {
        if let until = awaitedUntil, isListening || Clock.boottime > until { awaitedUntil = nil }
        guard join() else { return }
        awaitedUntil = nil
        hear(namespaces.all)
        sendCoverage("nf_tables is there: notifications are heard")
    }

    func handle(module name: [UInt8], isLoaded: Bool, _ task: TaskIdentity) {
        let name = String(decoding: name, as: UTF8.self)
        guard KernelModule.isFirewall(name) else { return }
        let author = lineage.process(of: Author(time: Clock.boottime, task: task, ancestors: []))
        guard isLoaded else { return unloaded(name, author, task.thread) }
        output.send(.module(name: Array(name.utf8), isLoaded: true, author: author), at: Clock.boottime)
        if name == KernelSubsystem.nfTables.rawValue {
            // It is told before its init has run.
            awaitedUntil = Clock.boottime + Self.joinPatience
            joinLate()
        }
    }

    /// The module is gone, and what it held with it: that is told for each namespace that lost something.
    private func unloaded(_ name: String, _ author: Process, _ thread: UInt32) {
        let time = Clock.boottime
        let losses = losses(with: name)
        for (namespace, change) in losses {
            let report = ChangeReport(
                backend: .module, netns: NetnsReport(namespace), family: change.singleFamily, source: .kernel,
                change: change, author: author, thread: thread)
            output.send(.module(name: Array(name.utf8), isLoaded: false, author: author, change: report), at: time)
        }
        if losses.isEmpty {
            output.send(.module(name: Array(name.utf8), isLoaded: false, author: author), at: time)
        }
        if name == KernelSubsystem.nfTables.rawValue, !isListening {
            sendCoverage("module \(name) was unloaded")
        }
    }

    private func losses(with module: String) -> [(WatchedNamespace, Change)] {
        var losses: [(WatchedNamespace, Change)] = []
        // A kernel that has it built in may be given a module of that name: it holds nothing of ours.
        if let subsystem = KernelSubsystem(rawValue: module), reader.isBuiltIn(subsystem) { return [] }
        if module == KernelSubsystem.nfTables.rawValue { hearOut() }
        if KernelModule.holdsSets(module) { settleSets() }
        if KernelModule.holdsTables(module) { look(at: Clock.boottime) }
        for namespace in namespaces.all {
            let before = namespace.state
            let changes: [Change]
            if module == KernelSubsystem.nfTables.rawValue {
                changes = [loseRuleset(of: namespace)]
            } else if KernelModule.holdsSets(module) {
                changes = [loseSets(of: namespace)]
            } else if KernelModule.holdsTables(module) {
                changes = loseTables(of: namespace)
            } else {
                return []
            }
            guard let loss = Change(losing: changes, from: before, to: namespace.state, with: module) else { continue }
            losses.append((namespace, loss))
        }
        return losses
    }

    /// Tells what was committed before `nf_tables` left, and hears it no more.
    private func hearOut() {
        for lane in lanes {
            readCommits(lane)
            tellHeard(lane)
            for verdict in lane.attribution.expire(at: .max) { handle(verdict) }
            lane.notifications.leave()
        }
    }

    private func loseRuleset(of namespace: WatchedNamespace) -> Change {
        adopt(namespace)
        // A module that is loaded again counts its generations anew.
        let change = namespace.state.replace(nft: NFTState())
        namespace.heardSince = .max
        namespace.presumption = Presumption()
        forgetOwners(in: namespace)
        return change
    }

    private func loseSets(of namespace: WatchedNamespace) -> Change {
        let found = namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
            try reader.ipsets(in: descriptor)
        }
        return namespace.state.replace(ipsets: found ?? namespace.state.ipsets)
    }

    private func loseTables(of namespace: WatchedNamespace) -> [Change] {
        guard !namespace.state.legacy.isEmpty else { return [] }
        let found = namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
            try reader.legacy(in: descriptor)
        }
        guard let found else { return [] }
        var tables: [FirewallState.LegacyID: XTable] = [:]
        for table in found { tables[FirewallState.LegacyID(family: table.family, name: table.name)] = table }
        let known = namespace.state.legacy.keys.sorted { ($0.family.rawValue, $0.name) < ($1.family.rawValue, $1.name) }
        return known.map { namespace.state.replace(legacy: $0, with: tables[$0]) }
    }
}

extension Change {
    /// What went with a module; nil if that is nothing: an empty legacy table is made again by who next asks for it.
    fileprivate init?(
        losing changes: [Change], from before: FirewallState, to after: FirewallState, with module: String
    ) {
        let policies = before.dropping.subtracting(after.dropping).sorted { $0.order < $1.order }
        let lost = before.ruleCount - after.ruleCount
        guard
            !policies.isEmpty || lost != 0 || before.elementCount != after.elementCount
                || before.nft.tables != after.nft.tables
        else { return nil }
        self.init(
            operations: [Operation(.moduleUnload, count: max(0, lost), detail: module)]
                + changes.flatMap(\.operations)
                + policies.map {
                    Operation(
                        .policy, family: $0.family, table: $0.table, chain: $0.chain,
                        policy: PolicyChange(before: "drop", after: nil))
                }, from: before.totals, to: after.totals)
    }
}

/// Which modules are part of a firewall.
enum KernelModule {
    static func isFirewall(_ name: String) -> Bool {
        holdsSets(name) || holdsTables(name)
            || ["nf_tables", "nft_", "nfnetlink", "br_netfilter"].contains { name.hasPrefix($0) }
    }

    /// With it ipsets may go.
    static func holdsSets(_ name: String) -> Bool { name.hasPrefix("ip_set") }

    /// With it legacy tables may go.
    static func holdsTables(_ name: String) -> Bool {
        let prefixes = [
            "ip_tables", "ip6_tables", "iptable_", "ip6table_", "x_tables", "xt_", "arp_tables", "arptable_", "ebtable",
        ]
        return prefixes.contains { name.hasPrefix($0) }
    }
}
