package import XTables

extension RuleOutline {
    /// Reads a rule of a legacy table.
    package init(_ rule: XTRule) {
        self.init(isConditional: rule.condition == .sometimes, isNever: rule.condition == .never)
        switch rule.target {
        case .drop: verdict = .blocks
        case .accept, .queue: verdict = .passes
        case .return: verdict = .returns
        case .continue: verdict = .goesOn
        case .jump(let name):
            verdict = .jumps
            chain = name
        case .goto(let name):
            verdict = .goes
            chain = name
        // Past the first rules of the chain, which is taken for reached as a whole.
        case .jumpInside(let name, _, let isGoto):
            verdict = isGoto ? .goes : .jumps
            chain = name
            isConditional = true
        case .target(let name):
            guard let known = XTVerdicts.verdict(of: name) else { break }
            verdict = known.branch.verdict
            if !known.isCertain { isConditional = true }
        case .unknown: isConditional = true
        }
        lookups = rule.sets.map { Lookup(ipset: $0.index, $0.isInverted ? .isNotIn : .isIn) }
        if rule.target == .target("SET") { lookups.append(Lookup(Lookup.anyIPSet, .adds)) }
    }
}

extension RuleOutline.Lookup {
    static let ipsetPrefix = "ipset "
    /// What the target `SET` adds to: which, is not read.
    static let anyIPSet = ipsetPrefix + "*"

    /// No set of nftables has a name with a blank.
    package static func name(ofIPSet index: UInt16) -> String { ipsetPrefix + "\(index)" }

    init(ipset index: UInt16, _ question: RuleOutline.Question) { self.init(Self.name(ofIPSet: index), question) }

    /// Reads the private structure of a match `set`.
    init?(ipset info: [UInt8], revision: UInt32) {
        guard let set = XTSetLookup(info, revision: revision) else { return nil }
        self.init(ipset: set.index, set.isInverted ? .isNotIn : .isIn)
    }
}

extension RuleGraph {
    /// A legacy table. Its rules have no handles: they are numbered through.
    package init(_ table: XTable) {
        self.init()
        for chain in table.chains {
            setChain(
                chain.name, isHooked: chain.isBuiltIn,
                hasFinalEnd: !chain.isBuiltIn && (chain.policy == .accept || chain.policy == .drop))
        }
        var handle: UInt64 = 0
        for chain in table.chains {
            for rule in chain.rules {
                insert(handle, RuleOutline(rule), into: chain.name, .last)
                handle += 1
            }
        }
        settle()
    }
}
