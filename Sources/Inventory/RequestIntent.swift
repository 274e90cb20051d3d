package import Netlink
internal import Protection

/// What a sender asked for, where that says more than what came of it: one rule deleted from a chain of one
/// rule looks like a flush, and a replaced rule like a deletion and an addition.
package struct RequestIntent: Hashable, Sendable {
    struct ChainID: Hashable, Sendable {
        var table: TableID
        var chain: String
    }

    /// A rule's handle is unique within its table.
    struct RuleID: Hashable, Sendable {
        var table: TableID
        var handle: UInt64
    }

    var flushesRuleset = false
    var flushedTables: Set<TableID> = []
    var flushedChains: Set<ChainID> = []
    var flushedSets: Set<ChainID> = []
    /// Handles of rules that another takes the place of.
    var replacedRules: Set<RuleID> = []

    /// Where the rules of each chain are to go, in the order of the request: what kernels up to 5.10 do not tell.
    var places: [ChainID: [Place]] = [:]

    /// The request is known in part only: what it does not say here it may say further on.
    var isPartial = false

    package init(_ request: NFNetlinkRequest) {
        isPartial = request.isTruncated || request.isMalformed
        for message in request.messages {
            guard case .nftables(let body) = message.body else { continue }
            switch body {
            case .deleteTable(let table, _)
            where table.name == nil && table.handle == nil && table.family == .unspecified:
                flushesRuleset = true
            case .deleteRule(let rule, _) where rule.handle == nil && rule.id == nil:
                let table = TableID(family: rule.family, name: rule.table)
                if let chain = rule.chain {
                    flushedChains.insert(ChainID(table: table, chain: chain))
                } else {
                    flushedTables.insert(table)
                }
            case .deleteElements(let elements, _) where elements.elements.isEmpty:
                flushedSets.insert(
                    ChainID(table: TableID(family: elements.family, name: elements.table), chain: elements.set))
            case .newRule(let rule):
                let table = TableID(family: rule.family, name: rule.table)
                if message.flags.contains(.replace), let handle = rule.handle {
                    replacedRules.insert(RuleID(table: table, handle: handle))
                }
                if let chain = rule.chain {
                    places[ChainID(table: table, chain: chain), default: []].append(rule.place)
                }
            default: break
            }
        }
    }
}

extension NFTRule {
    /// Where a request wants it. What gives a number of its own instead of a handle is taken for last.
    fileprivate var place: Place {
        let isAfter = isAppended ?? false
        if let position { return isAfter ? .after(position) : .before(position) }
        return isAfter || positionID != nil ? .last : .first
    }
}
