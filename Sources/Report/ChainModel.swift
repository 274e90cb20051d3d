internal import JSON

/// How many rules, and how many effective ones, each chain had when.
///
/// A `firewall-state` line tells that of every chain; a change tells it of the namespace, and of chains only how many
/// rules came and went. Between two states what a chain has is reckoned, as far as only one answer is possible; else
/// it is unknown until the next state says. Nothing is guessed.
struct ChainModel {
    struct Name: Hashable, Comparable {
        var isLegacy: Bool
        var family: String
        var table: String
        var chain: String

        /// The same for all chains of a table.
        var ofTable: [String] { [isLegacy ? "legacy" : "", family, table] }

        static func < (left: Name, right: Name) -> Bool {
            (left.isLegacy ? 1 : 0, left.family, left.table, left.chain)
                < (right.isLegacy ? 1 : 0, right.family, right.table, right.chain)
        }
    }

    struct Point: Hashable {
        var time: Int
        /// nil: unknown.
        var rules: Int?
        var effective: Int?
        /// A state said so.
        var isTold: Bool
    }

    private struct Chain {
        var rules: Int?
        var effective: Int?
        var blocks = false
        var policy: String?
        var points: [Point] = []
    }

    private var chains: [Name: Chain] = [:]
    /// Every chain is known by name.
    private var isComplete = false

    /// At the time of a state, what it said.
    mutating func take(state: JSONValue, at time: Int) {
        var seen: Set<Name> = []
        for line in state.list("chains") {
            guard let table = line.text("table"), let chain = line.text("chain") else { continue }
            let name = Name(
                isLegacy: line.text("backend").map { $0 != "nftables" } ?? false, family: line.text("family") ?? "",
                table: String(table.prefix(256)), chain: String(chain.prefix(256)))
            seen.insert(name)
            chains[name, default: Chain()].policy = line.text("policy")
            set(name, rules: line.number("rules"), effective: line.number("effective_rules"), at: time, isTold: true)
        }
        isComplete = seen.count == state.number("chains_count") ?? 0
        guard isComplete else { return }
        for name in chains.keys where !seen.contains(name) {
            set(name, rules: 0, effective: 0, at: time, isTold: true)
        }
    }

    /// What a change did. `isWhole`: all its operations are there.
    mutating func take(_ change: Change, isWhole: Bool) {
        guard change.kind != .failed else { return }
        var added: [Name: Int] = [:]
        var emptied: Set<Name> = []
        var unsure: Set<Name> = []
        var isUnsure = !isWhole
        for deed in change.deeds { apply(deed, &added, &emptied, &unsure, &isUnsure) }

        let gone = emptied.map { chains[$0]?.effective }
        var expected: Int? = added.reduce(0) { $0 + $1.value }
        for effective in gone { expected = effective.flatMap { lost in expected.map { $0 - lost } } }
        let fits = expected == change.effective.delta && !isUnsure

        for name in emptied { set(name, rules: 0, effective: 0, at: change.time) }
        for (name, count) in added {
            let chain = chains[name]
            set(
                name, rules: chain?.rules.map { max(0, $0 + count) },
                effective: fits ? chain?.effective.map { max(0, $0 + count) } : nil, at: change.time)
        }
        if !fits, change.effective.delta != 0 || !added.isEmpty || !unsure.isEmpty {
            // Rules of one table decide over each other, and over no other table's.
            let tables = Set(emptied.union(unsure).union(added.keys).map(\.ofTable))
            for (name, chain) in chains
            where !isWhole || tables.contains(name.ofTable) {
                if !emptied.contains(name) { set(name, rules: chain.rules, effective: nil, at: change.time) }
            }
        }
        settle(change)
    }

    /// What the sum leaves no choice about.
    private mutating func settle(_ change: Change) {
        if change.effective.after == 0 {
            for (name, chain) in chains { set(name, rules: chain.rules, effective: 0, at: change.time) }
            return
        }
        let unknown = chains.filter { $0.value.effective == nil }
        guard isComplete, unknown.count == 1, let (name, chain) = unknown.first else { return }
        let others = chains.reduce(0) { $0 + ($1.value.effective ?? 0) }
        let rest = change.effective.after - others
        guard rest >= 0, chain.rules.map({ rest <= $0 }) ?? true else { return }
        set(name, rules: chain.rules, effective: rest, at: change.time)
    }

    private mutating func apply(
        _ deed: Deed, _ added: inout [Name: Int], _ emptied: inout Set<Name>, _ unsure: inout Set<Name>,
        _ isUnsure: inout Bool
    ) {
        func isMeant(_ name: Name) -> Bool {
            name.isLegacy == deed.isLegacy && (deed.family == nil || deed.family == name.family)
                && (deed.table == nil || deed.table == name.table)
        }
        var name: Name?
        if let table = deed.table, let chain = deed.chain {
            name = Name(isLegacy: deed.isLegacy, family: deed.family ?? "", table: table, chain: chain)
        }
        switch deed.op {
        case "add-chain":
            if let name, chains[name] == nil || emptied.contains(name) {
                chains[name, default: Chain()].rules = 0
                chains[name]?.effective = 0
            }
        case "add-rule": if let name { added[name, default: 0] += deed.count }
        case "delete-rule": if let name { added[name, default: 0] -= deed.count }
        case "replace-rule", "policy", "other":
            if let name { unsure.insert(name) } else { unsure.formUnion(chains.keys.filter(isMeant)) }
        case "flush-chain", "delete-chain":
            if let name { emptied.insert(name) }
        case "flush-table", "delete-table", "owner-died", "flush-ruleset", "netns-gone":
            emptied.formUnion(chains.keys.filter(isMeant))
        case "table-dormant":
            // Its rules stay, and do nothing.
            for name in chains.keys.filter(isMeant) { unsure.insert(name) }
        case "table-awake":
            unsure.formUnion(chains.keys.filter(isMeant))
            isUnsure = true
        default: break
        }
    }

    private mutating func set(_ name: Name, rules: Int?, effective: Int?, at time: Int, isTold: Bool = false) {
        var chain = chains[name] ?? Chain()
        chain.rules = rules
        chain.effective = effective
        let point = Point(time: time, rules: rules, effective: effective, isTold: isTold)
        if let last = chain.points.last, last.time == time {
            chain.points[chain.points.count - 1] = point
        } else if let last = chain.points.last, last.rules == rules, last.effective == effective, !isTold {
            // Nothing new.
        } else {
            chain.points.append(point)
        }
        chains[name] = chain
    }

    /// Those that say most, by name; and how many were left out.
    func json(atMost limit: Int) -> (chains: JSONValue, leftOut: Int) {
        let ranked = chains.filter { _, chain in chain.points.contains { $0.rules != 0 } || chain.policy != nil }
            .sorted { left, right in
                let (a, b) = (Self.weight(left.value), Self.weight(right.value))
                return a != b ? a > b : left.key < right.key
            }
        let shown = ranked.prefix(limit).sorted { $0.key < $1.key }
        let list = shown.map { name, chain in
            JSONValue.members([
                "legacy": name.isLegacy ? .flag(true) : nil, "family": .text(name.family), "table": .text(name.table),
                "chain": .text(name.chain), "policy": chain.policy.map { .text($0) },
                // Time, rules, effective rules, whether a state said so; -1 is unknown.
                "points": .array(
                    chain.points.map { .numbers([$0.time, $0.rules ?? -1, $0.effective ?? -1, $0.isTold ? 1 : 0]) }),
            ])
        }
        return (.array(list), ranked.count - shown.count)
    }

    private static func weight(_ chain: Chain) -> Int {
        chain.points.count * 1000 + (chain.points.compactMap(\.rules).max() ?? 0)
    }
}
