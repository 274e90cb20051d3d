internal import Records
internal import XTables

/// What became of a request to replace a legacy table.
enum ReplaceOutcome {
    case notYet
    case refused
    /// The table as this request left it, whatever others made of it since.
    case became(XTable)
    /// The answer got lost, and nothing was done that could be seen.
    case unknown
}

extension PendingReplaces.Waiting {
    /// Judges by the table as it was believed to be, as it is seen now, and as it was asked to be.
    func outcome(from believed: XTable?, seen: XTable) -> ReplaceOutcome {
        if isAnswered { return .became(seen) }
        if expectsAnswer, seen == believed { return .unknown }
        guard let asked else {
            if isTold { return seen == believed ? .notYet : .became(seen) }
            // Too large to be shown: what differs is its doing, or that of who asked after it.
            return seen != believed || isLast ? .became(seen) : .notYet
        }
        if seen == asked { return .became(asked) }
        if seen != believed, seen.isKept(of: asked) { return .became(seen) }
        // Another replace came on top of this one already.
        if isCrossed, seen != believed { return .became(asked) }
        guard isLast else { return .notYet }
        // Another request covers what this one did; what that did is what differs from here.
        if isOvertaken { return .became(asked) }
        return seen == believed ? .refused : .became(seen)
    }
}

extension XTable {
    /// The table that a request asks for, if its bytes are all there. Those of ebtables point to it elsewhere.
    init?(askedBy replace: Record.XTablesReplace) {
        guard !replace.request.isEmpty, let family = XTFamily(protocol: replace.family),
            let request = XTReplace(replace.request.span.bytes, family: family), !request.table.isMalformed
        else { return nil }
        self = request.table
    }

    /// Whether this is how the kernel keeps what was asked for: of a match and of a target's data it may keep other
    /// bytes than it was given.
    func isKept(of asked: XTable) -> Bool {
        let shape = { (chain: XTChain) in XTChain(name: chain.name, isBuiltIn: chain.isBuiltIn, policy: chain.policy) }
        return name == asked.name && chains.map(shape) == asked.chains.map(shape)
            && zip(chains, asked.chains).allSatisfy { kept, asked in
                kept.rules.count == asked.rules.count && zip(kept.rules, asked.rules).allSatisfy { $0.isKept(of: $1) }
            }
    }
}

extension XTRule {
    fileprivate func isKept(of asked: XTRule) -> Bool {
        if hash == asked.hash { return true }
        var hasData = !matches.isEmpty
        if case .target = target { hasData = true }
        return hasData && (target, condition, matches) == (asked.target, asked.condition, asked.matches)
    }
}

extension XTFamily {
    /// From NFPROTO_*.
    init?(protocol number: UInt32) {
        switch number {
        case 2: self = .ipv4
        case 3: self = .arp
        case 7: self = .bridge
        case 10: self = .ipv6
        default: return nil
        }
    }
}
