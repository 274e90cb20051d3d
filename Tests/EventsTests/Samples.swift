import Events
import Inventory
import Lineage
import Netlink
import Protection
import Records
import XTables

/// One event of each kind, with every member filled that it can have.
enum Sample {
    static var all: [(name: String, event: Event)] {
        [
            ("changed", changed), ("claimed", claimed), ("failed", failed), ("dropped", dropped), ("state", state),
            ("drift", drift), ("exec", .process(process(), .exec)), ("end", .process(process(), .end(status: 9))),
            ("loaded", .module(name: Array("nf_tables".utf8), isLoaded: true, author: process())),
            ("unloaded", .module(name: Array("ip_tables".utf8), isLoaded: false, author: nil)),
            ("unloaded with rules", unloaded), ("owner died", ownerDied), ("sysctl", sysctl()),
        ] + collector
    }

    static let operations = [
        Operation(.flushRuleset, count: 12), Operation(.deleteTable, family: "ip", table: "nat", count: 12),
        Operation(
            .policy, family: "inet", table: "filter", chain: "input",
            policy: PolicyChange(before: "drop", after: "accept")),
        Operation(.replaceRule, family: "inet", table: "filter", chain: "input", handle: .max, count: 1),
        Operation(.deleteElements, family: "inet", table: "filter", set: "hosts", count: 3),
        Operation(.swapSet, set: "a", count: 4, detail: "with b"),
    ]

    static let change = Change(
        operations: operations, rules: Count(before: 12, after: 1), elements: Count(before: 8, after: 5),
        effective: Count(before: 9, after: 1), blocking: Count(before: 4, after: 0))

    static var changed: Event {
        .changed(
            ChangeReport(
                backend: .nftables, netns: NetnsReport(id: 1, isHost: false, isUserOwned: true), generation: 3,
                family: "inet", source: .kernel, change: change, author: process(), thread: 4712,
                request: RequestSize(bytes: 4000, isTruncated: true)))
    }

    static var unloaded: Event {
        .module(
            name: Array("iptable_filter".utf8), isLoaded: false, author: process(),
            change: ChangeReport(
                backend: .module, netns: netns, source: .kernel,
                change: Change(
                    operations: [
                        Operation(.moduleUnload, count: 2, detail: "iptable_filter"),
                        Operation(.deleteTable, family: "ip", table: "filter", count: 2),
                    ], rules: Count(before: 2, after: 0), elements: Count(before: 0, after: 0),
                    effective: Count(before: 2, after: 0), blocking: Count(before: 1, after: 0)), author: process(),
                thread: 4712))
    }

    static var ownerDied: Event {
        .changed(
            ChangeReport(
                backend: .nftables, netns: netns, generation: 2, family: "inet", source: .kernel,
                change: Change(
                    operations: [Operation(.ownerDied, family: "inet", table: "filter", count: 3)],
                    rules: Count(before: 3, after: 0), elements: Count(before: 0, after: 0),
                    effective: Count(before: 2, after: 0), blocking: Count(before: 1, after: 0)), author: process(),
                thread: 4712, killer: Killer(signal: 9, process: process())))
    }

    /// A switch that is written.
    static func sysctl(
        _ path: String = "net/bridge/bridge-nf-call-iptables", _ before: String = "1\n", _ after: String? = "0"
    ) -> Event {
        let process = process()
        let id = process.id
        let write = Record.SysctlWrite(
            author: Author(time: 0, task: task(id, parent: id), ancestors: []), netns: NetnsRef(inode: 1),
            path: Array(path.utf8), before: Array(before.utf8), after: after.map { Array($0.utf8) })
        guard let known = FirewallSwitch(path: write.path) else { return collector[0].event }
        let report = SysctlReport(
            write, known, isWeaker: known.effect(of: write.after, on: write.before) == .weaker, netns: netns)
        return .file(ConfigFileReport(report, author: process, time: 0))
    }

    static var claimed: Event {
        .changed(
            ChangeReport(
                backend: .nftables, netns: netns, source: .notification, change: change, author: nil,
                claimed: Claim(pid: 66, name: "nft")))
    }

    static var failed: Event {
        .failed(
            FailureReport(
                backend: .ipset, netns: netns, author: process(), thread: 4712, errno: -1,
                reason: "Operation not permitted", operations: operations,
                standing: Totals(rules: 12, elements: 8, figures: Figures(effective: 9, blocking: 4)), suppressed: 3))
    }

    static var dropped: Event {
        .failed(
            FailureReport(
                backend: .nftables, netns: netns, author: process(), thread: 4712, errno: 0,
                reason: "dropped by the kernel", operations: [], standing: .zero, suppressed: 0))
    }

    static var drift: Event {
        .drift(DriftReport(backend: .xtablesLegacy, netns: netns, change: change, reason: "the audit found it"))
    }

    static var state: Event {
        var state = FirewallState()
        var table = NFTTable(family: .inet, name: "filter")
        table.flags = .dormant
        var chain = NFTChain(family: .inet, table: "filter", name: "input")
        chain.policy = .drop
        _ = state.commit(
            [
                .newTable(table), .newChain(chain),
                .newRule(NFTRule(family: .inet, table: "filter", chain: "input", handle: 1)),
                .newGeneration(NFTGeneration(id: 4)),
            ], intent: nil)
        let legacy = XTable(
            family: .ipv4, name: "filter",
            chains: [XTChain(name: "INPUT", isBuiltIn: true, policy: .accept), XTChain(name: "more", isBuiltIn: false)])
        _ = state.replace(legacy: FirewallState.LegacyID(family: .ipv4, name: "filter"), with: legacy)
        _ = state.replace(ipsets: IPSets([IPSetHeader(name: "a", typeName: "hash:ip", elements: 5)]))
        return .state(StateReport(netns: netns, state: state, occasion: "start"))
    }

    static var collector: [(name: String, event: Event)] {
        let family: [(String, CollectorReport.Value)] = [("process", .text("full")), ("netlink", .text("none"))]
        let details: [(String, CollectorReport.Value)] = [
            ("pid", .number(9)), ("tier", .group(family)), ("hooks", .group(family)), ("blind", .group(family)),
            ("lost", .group([("lineage", .number(1)), ("firewall_lines", .number(2))])), ("namespaces", .number(0)),
        ]
        return CollectorReport.Action.allCases.map { action in
            let report = CollectorReport(
                action, reason: "why", isFailure: [.eventsLost, .configRefused].contains(action), details: details,
                author: action == .tampered ? process() : nil)
            return (action.rawValue, .collector(report))
        }
    }
}
