internal import Netlink
internal import XTables

/// What turned one state of a legacy table into another.
///
/// The kernel replaces a table whole, whatever was asked of iptables; what was meant is what differs.
func operations(from before: XTable?, to after: XTable) -> [Operation] {
    let old = Dictionary((before?.chains ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let new = Dictionary(after.chains.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var operations: [Operation] = []
    let family = after.family.rawValue
    func note(
        _ kind: Operation.Kind, _ chain: String, _ count: Int? = nil, _ policy: PolicyChange? = nil,
        moves: [RuleMove] = []
    ) {
        operations.append(
            Operation(
                kind, family: family, table: after.name, chain: chain, count: count, policy: policy, moves: moves))
    }

    for chain in after.chains {
        guard let known = old[chain.name] else {
            if !chain.isBuiltIn { note(.addChain, chain.name) }
            // A table that was not there had built-in chains that accept.
            if chain.isBuiltIn, let policy = chain.policy, policy != .accept {
                note(.policy, chain.name, nil, PolicyChange(before: XTTarget.accept.name, after: policy.name))
            }
            if !chain.rules.isEmpty {
                note(.addRule, chain.name, chain.rules.count, moves: chain.rules.map { RuleMove(after: $0.hash) })
            }
            continue
        }
        if known.policy != chain.policy {
            note(.policy, chain.name, nil, PolicyChange(before: known.policy?.name, after: chain.policy?.name))
        }
        let difference = RuleDifference(from: known.rules, to: chain.rules)
        if difference.deleted > 0 {
            let isFlush = chain.rules.isEmpty && difference.deleted > 1
            note(
                isFlush ? .flushChain : .deleteRule, chain.name, difference.deleted,
                moves: difference.moves.filter { $0.after == nil })
        }
        if difference.replaced > 0 {
            note(.replaceRule, chain.name, difference.replaced, moves: difference.moves)
        }
        if difference.added > 0 {
            note(.addRule, chain.name, difference.added, moves: difference.moves.filter { $0.before == nil })
        }
        if difference.isReordered { note(.other, chain.name) }
    }
    for chain in before?.chains ?? [] where new[chain.name] == nil {
        note(.deleteChain, chain.name, chain.rules.count, moves: chain.rules.map { RuleMove(before: $0.hash) })
    }
    return operations
}

/// How many rules of a chain came, went, or changed in place.
struct RuleDifference: Hashable {
    var added = 0
    var deleted = 0
    var replaced = 0
    var isReordered = false
    /// Those that went or were replaced in the order in which they stood, then those that came in that in which they stand.
    var moves: [RuleMove] = []

    init(from before: [XTRule], to after: [XTRule]) {
        var counts: [UInt64: Int] = [:]
        for rule in before { counts[rule.hash, default: 0] -= 1 }
        for rule in after { counts[rule.hash, default: 0] += 1 }
        for count in counts.values {
            if count > 0 { added += count } else { deleted -= count }
        }
        defer { if added + deleted + replaced > 0 { moves = Self.moves(counts, before, after, inPlace: replaced > 0) } }
        // As many new as old ones, at the very places: those were replaced.
        if added == deleted, added > 0, before.count == after.count,
            zip(before, after).count(where: { $0.hash != $1.hash }) == added
        {
            (replaced, added, deleted) = (added, 0, 0)
        }
        isReordered = added + deleted + replaced == 0 && before.map(\.hash) != after.map(\.hash)
    }

    private static func moves(
        _ counts: [UInt64: Int], _ before: [XTRule], _ after: [XTRule], inPlace: Bool
    ) -> [RuleMove] {
        if inPlace {
            return zip(before, after).filter { $0.hash != $1.hash }.map { RuleMove(before: $0.hash, after: $1.hash) }
        }
        var left = counts
        var moves: [RuleMove] = []
        for rule in before where (left[rule.hash] ?? 0) < 0 {
            left[rule.hash, default: 0] += 1
            moves.append(RuleMove(before: rule.hash))
        }
        // Of the same rule several times, the last ones came.
        var came: [RuleMove] = []
        for rule in after.reversed() where (left[rule.hash] ?? 0) > 0 {
            left[rule.hash, default: 0] -= 1
            came.append(RuleMove(after: rule.hash))
        }
        return moves + came.reversed()
    }
}

extension XTTarget {
    /// As iptables writes a policy.
    var name: String {
        switch self {
        case .accept: "accept"
        case .drop: "drop"
        case .queue: "queue"
        case .return: "return"
        case .target(let name): name
        default: "other"
        }
    }
}
