package import Inventory
internal import Netlink
internal import Protection
package import RuleText
internal import XTables

extension Baseline {
    /// The state of a namespace as a document. `texts`: what its rules say.
    package init(_ state: FirewallState, texts: RuleShadow, savedAt: String, hostname: String) {
        let tables =
            state.nft.tables.map { Table($0.key, $0.value, texts) }
            + state.legacy.map { Table($0.key, $0.value, state, texts) }
        self.init(
            savedAt: savedAt, hostname: hostname,
            totals: Totals(
                rules: state.ruleCount, effectiveRules: state.figures.effective, blockingRules: state.figures.blocking,
                elements: state.elementCount),
            tables: tables.sorted { $0.order < $1.order },
            ipsets: state.ipsets.sets.map {
                ElementSet(
                    name: $0.key, type: $0.value.type, volatile: $0.value.isVolatile ? true : nil,
                    elements: $0.value.elements)
            }.sorted { $0.name < $1.name })
    }

    fileprivate static func line(_ text: RuleText?) -> String {
        guard let text, text.form != .summary else { return summaryMark + (text?.text ?? "unknown") }
        return text.text
    }
}

extension Baseline.Table {
    fileprivate var order: (String, String, String) { (backend, family, name) }

    fileprivate init(_ id: TableID, _ table: NFTState.Table, _ texts: RuleShadow) {
        let title = "\(id.family.name) \(id.name)"
        let chains = table.chains.map { name, chain in
            let figures = table.figures(of: name)
            let devices = chain.hook?.devices ?? []
            return Baseline.Chain(
                name: name, type: chain.type, hook: chain.hook?.number.map(Int.init),
                priority: chain.hook?.priority.map(Int.init), devices: devices.isEmpty ? nil : devices.sorted(),
                policy: chain.policy.map { $0 == .accept ? "accept" : $0 == .drop ? "drop" : "\($0.rawValue)" },
                effectiveRules: figures.effective, blockingRules: figures.blocking,
                rules: table.graph.handles(of: name).map { Baseline.line(texts.text(title, handle: $0)) })
        }
        self.init(
            backend: "nftables", family: id.family.name, name: id.name,
            dormant: table.flags.contains(.dormant) ? true : nil, chains: chains.sorted { $0.name < $1.name },
            sets: table.sets.map { name, set in
                Baseline.ElementSet(
                    name: name, volatile: set.isVolatile ? true : nil, elements: set.count,
                    digest: set.isVolatile ? nil : Baseline.digest(set.keys))
            }.sorted { $0.name < $1.name })
    }

    fileprivate init(_ id: FirewallState.LegacyID, _ table: XTable, _ state: FirewallState, _ texts: RuleShadow) {
        let title = "\(id.family.rawValue) \(id.name)"
        let backend =
            switch id.family {
            case .ipv4, .ipv6: "xtables-legacy"
            case .arp: "arptables"
            case .bridge: "ebtables"
            }
        let chains = table.chains.map { chain in
            let figures = state.figures(of: chain.name, in: id)
            return Baseline.Chain(
                name: chain.name, policy: chain.policy?.word, effectiveRules: figures.effective,
                blockingRules: figures.blocking,
                rules: chain.rules.map { Baseline.line(texts.text(title, hash: $0.hash)) })
        }
        self.init(
            backend: backend, family: id.family.rawValue, name: id.name, chains: chains.sorted { $0.name < $1.name })
    }
}

extension XTTarget {
    fileprivate var word: String {
        switch self {
        case .accept: "accept"
        case .drop: "drop"
        case .queue: "queue"
        case .return: "return"
        default: "other"
        }
    }
}

extension Baseline {
    /// Over what a set holds, whatever the order.
    fileprivate static func digest(_ keys: Set<UInt64>) -> String {
        var hash = StableHash()
        for key in keys.sorted() { hash.combine(key) }
        let digits = String(hash.value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
