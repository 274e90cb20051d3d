/// How one state of a firewall differs from another, chain by chain.
package struct BaselineDifference: Codable, Hashable, Sendable {
    package struct Count: Codable, Hashable, Sendable {
        package var before: Int
        package var after: Int
        package var delta: Int

        init(_ before: Int, _ after: Int) {
            self.before = before
            self.after = after
            delta = after - before
        }
    }

    /// What something was, and is; absent: it was or is not there.
    package struct Swap: Codable, Hashable, Sendable {
        package var before: String?
        package var after: String?

        init?(_ before: String?, _ after: String?) {
            guard before != after else { return nil }
            self.before = before
            self.after = after
        }
    }

    package enum Kind: String, Codable, Sendable {
        case missing
        case added
        case changed
    }

    package struct Rule: Codable, Hashable, Sendable {
        /// From 1, where it stood or stands.
        package var position: Int
        package var rule: String
    }

    package struct Move: Codable, Hashable, Sendable {
        package var from: Int
        package var to: Int
        package var rule: String
    }

    package struct Chain: Codable, Hashable, Sendable {
        package var name: String
        package var change: Kind
        package var policy: Swap?
        package var hook: Swap?
        package var missing: [Rule] = []
        package var added: [Rule] = []
        package var moved: [Move] = []
        /// Rules of which nothing but their number could be compared.
        package var uncompared: Bool?
        package var rules: Count
        package var effectiveRules: Count
        package var blockingRules: Count

        enum CodingKeys: String, CodingKey {
            case name, change, policy, hook, missing, added, moved, uncompared, rules
            case effectiveRules = "effective_rules"
            case blockingRules = "blocking_rules"
        }
    }

    package struct ElementSet: Codable, Hashable, Sendable {
        package var name: String
        package var change: Kind
        package var elements: Count
    }

    package struct Table: Codable, Hashable, Sendable {
        package var backend: String
        package var family: String
        package var name: String
        package var change: Kind
        package var dormant: Swap?
        package var chains: [Chain] = []
        package var sets: [ElementSet] = []
    }

    package var savedAt: String
    package var differs: Bool
    package var rules: Count
    package var effectiveRules: Count
    package var blockingRules: Count
    package var elements: Count
    package var tables: [Table]
    package var ipsets: [ElementSet]

    enum CodingKeys: String, CodingKey {
        case differs, rules, elements, tables, ipsets
        case savedAt = "saved_at"
        case effectiveRules = "effective_rules"
        case blockingRules = "blocking_rules"
    }
}

extension BaselineDifference {
    package init(from before: Baseline, to after: Baseline) {
        savedAt = before.savedAt
        rules = Count(before.totals.rules, after.totals.rules)
        effectiveRules = Count(before.totals.effectiveRules, after.totals.effectiveRules)
        blockingRules = Count(before.totals.blockingRules, after.totals.blockingRules)
        elements = Count(before.totals.elements, after.totals.elements)
        tables = Self.pairs(before.tables, after.tables) { "\($0.backend) \($0.family) \($0.name)" }
            .compactMap(Table.init)
        ipsets = Self.pairs(before.ipsets, after.ipsets, by: \.name).compactMap(ElementSet.init)
        differs = !tables.isEmpty || !ipsets.isEmpty
    }

    /// How many rules are missing, added and moved, over all chains.
    package var counts: (missing: Int, added: Int, moved: Int) {
        let chains = tables.flatMap(\.chains)
        return (
            chains.reduce(0) { $0 + $1.missing.count }, chains.reduce(0) { $0 + $1.added.count },
            chains.reduce(0) { $0 + $1.moved.count }
        )
    }

    /// Brings together what has the same name, in the order of the names.
    fileprivate static func pairs<Element>(
        _ before: [Element], _ after: [Element], by name: (Element) -> String
    ) -> [(Element?, Element?)] {
        let old = Dictionary(before.map { (name($0), $0) }) { first, _ in first }
        let new = Dictionary(after.map { (name($0), $0) }) { first, _ in first }
        return Set(old.keys).union(new.keys).sorted().map { (old[$0], new[$0]) }
    }
}

extension BaselineDifference.Table {
    fileprivate init?(_ before: Baseline.Table?, _ after: Baseline.Table?) {
        guard before != after, let named = after ?? before else { return nil }
        self.init(
            backend: named.backend, family: named.family, name: named.name,
            change: before == nil ? .added : after == nil ? .missing : .changed,
            dormant: before == nil || after == nil
                ? nil
                : .init(before?.dormant == true ? "dormant" : nil, after?.dormant == true ? "dormant" : nil))
        chains = BaselineDifference.pairs(before?.chains ?? [], after?.chains ?? [], by: \.name)
            .compactMap(BaselineDifference.Chain.init)
        sets = BaselineDifference.pairs(before?.sets ?? [], after?.sets ?? [], by: \.name)
            .compactMap(BaselineDifference.ElementSet.init)
        if change == .changed, dormant == nil, chains.isEmpty, sets.isEmpty { return nil }
    }
}

extension BaselineDifference.ElementSet {
    fileprivate init?(_ before: Baseline.ElementSet?, _ after: Baseline.ElementSet?) {
        guard let named = after ?? before else { return nil }
        if let before, let after {
            // Packets and time are no difference.
            if before.volatile == true, after.volatile == true { return nil }
            guard (before.elements, before.digest, before.type) != (after.elements, after.digest, after.type) else {
                return nil
            }
        }
        self.init(
            name: named.name, change: before == nil ? .added : after == nil ? .missing : .changed,
            elements: .init(before?.elements ?? 0, after?.elements ?? 0))
    }
}

extension BaselineDifference.Chain {
    /// Beyond this product of rules their order is not compared: time and memory grow with it.
    private static let effort = 25_000_000

    fileprivate init?(_ before: Baseline.Chain?, _ after: Baseline.Chain?) {
        guard before != after, let named = after ?? before else { return nil }
        self.init(
            name: named.name, change: before == nil ? .added : after == nil ? .missing : .changed,
            policy: before == nil ? nil : .init(before?.policy, after?.policy),
            hook: before == nil || after == nil ? nil : .init(before?.place, after?.place),
            rules: .init(before?.rules.count ?? 0, after?.rules.count ?? 0),
            effectiveRules: .init(before?.effectiveRules ?? 0, after?.effectiveRules ?? 0),
            blockingRules: .init(before?.blockingRules ?? 0, after?.blockingRules ?? 0))
        compare(before?.rules ?? [], after?.rules ?? [])
        if change == .changed, policy == nil, hook == nil, missing.isEmpty, added.isEmpty, moved.isEmpty,
            rules.delta == 0, effectiveRules.delta == 0, blockingRules.delta == 0
        {
            return nil
        }
    }

    private mutating func compare(_ old: [String], _ new: [String]) {
        guard !(old + new).contains(where: { $0.hasPrefix(Baseline.summaryMark) }) else {
            uncompared = true
            return
        }
        let front = zip(old, new).prefix { $0 == $1 }.count
        let back = zip(old.dropFirst(front).reversed(), new.dropFirst(front).reversed()).prefix { $0 == $1 }.count
        let oldMiddle = Array(old[front..<(old.count - back)])
        let newMiddle = Array(new[front..<(new.count - back)])
        guard oldMiddle.count * newMiddle.count <= Self.effort else {
            return compareCounts(oldMiddle, newMiddle, front)
        }
        for step in newMiddle.difference(from: oldMiddle).inferringMoves() {
            switch step {
            case .remove(let offset, let rule, nil): missing.append(.init(position: front + offset + 1, rule: rule))
            case .insert(let offset, let rule, nil): added.append(.init(position: front + offset + 1, rule: rule))
            case .insert(let offset, let rule, let origin?):
                moved.append(.init(from: front + origin + 1, to: front + offset + 1, rule: rule))
            case .remove: break
            }
        }
        missing.sort { $0.position < $1.position }
    }

    private mutating func compareCounts(_ old: [String], _ new: [String], _ front: Int) {
        var counts: [String: Int] = [:]
        for rule in new { counts[rule, default: 0] += 1 }
        for (offset, rule) in old.enumerated() {
            if let count = counts[rule], count > 0 {
                counts[rule] = count - 1
            } else {
                missing.append(.init(position: front + offset + 1, rule: rule))
            }
        }
        for (offset, rule) in new.enumerated().reversed() where (counts[rule] ?? 0) > 0 {
            counts[rule, default: 0] -= 1
            added.append(.init(position: front + offset + 1, rule: rule))
        }
        added.reverse()
    }
}

extension Baseline.Chain {
    /// Where it stands, in words; nil for a chain that only jumps reach.
    fileprivate var place: String? {
        guard let hook else { return nil }
        let devices = self.devices.map { " of \($0.joined(separator: ", "))" } ?? ""
        return "\(type ?? "hook") at hook \(hook)\(devices), priority \(priority ?? 0)"
    }
}
