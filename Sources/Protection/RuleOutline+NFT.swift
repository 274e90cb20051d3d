package import Netlink

extension RuleOutline {
    /// Reads a rule of nftables from its expressions, in the order in which the kernel runs them.
    ///
    /// `loose` gives the sets that belong to the rule. They cannot change once a rule has them.
    package init(_ rule: NFTRule, loose: (String) -> LooseSet?) {
        self.init()
        for expression in rule.expressions {
            guard take(expression, family: rule.family, loose) else { return }
        }
    }

    /// Whether the rule goes on behind the expression, for some packet at least.
    private mutating func take(_ expression: NFTExpression, family: NFTFamily, _ loose: (String) -> LooseSet?) -> Bool {
        switch expression {
        case .counter, .log, .statement, .immediate(verdict: nil): return true
        case .immediate(let verdict?):
            guard verdict.code != .continue else { return true }
            decide(Branch(verdict), isKnown: verdict.code != .jump && verdict.code != .goto || verdict.chain != nil)
            return false
        case .lookup(let set, _, let isInverted, let isVerdictMap):
            if let known = loose(set) {
                take(known, isInverted: isInverted)
            } else {
                lookups.append(Lookup(set, isVerdictMap ? .verdict : isInverted ? .isNotIn : .isIn))
            }
            return true
        case .dynset(let set, _):
            isConditional = true
            lookups.append(Lookup(set, .adds))
            return true
        case .match(let name, let revision, let info):
            if name == "set", let lookup = Lookup(ipset: info, revision: revision) { lookups.append(lookup) }
            if name != "comment" { isConditional = true }
            return true
        case .target(let name, _, _):
            if name == "SET" { lookups.append(Lookup(Lookup.anyIPSet, .adds)) }
            guard let verdict = XTVerdicts.verdict(of: name) else { return true }
            decide(verdict.branch, isKnown: verdict.isCertain)
            return false
        case .reject:
            verdict = .blocks
            return false
        case .other(let name): return take(native: name, family: family)
        case .limit:
            isConditional = true
            return true
        }
    }

    private mutating func take(native name: String, family: NFTFamily) -> Bool {
        switch name {
        case "queue", "masq", "redir":
            verdict = .passes
            return false
        // In a table of both families it translates packets of one.
        case "nat" where family == .ipv4 || family == .ipv6:
            verdict = .passes
            return false
        default:
            isConditional = true
            return true
        }
    }

    private mutating func take(_ set: LooseSet, isInverted: Bool) {
        if set.count > 0 || set.isFilled {
            isConditional = true
        } else if !isInverted {
            isNever = true
        }
        branches.append(contentsOf: set.branches.filter { $0.verdict != .passes && $0.verdict != .goesOn })
    }

    private mutating func decide(_ branch: Branch, isKnown: Bool) {
        verdict = branch.verdict
        chain = branch.chain
        if !isKnown { isConditional = true }
    }
}

/// What xtables' targets do, in legacy tables and through nft_compat alike. A target that is not here goes on, or may.
enum XTVerdicts {
    static func verdict(of target: String) -> (branch: RuleOutline.Branch, isCertain: Bool)? {
        switch target {
        case "REJECT": (RuleOutline.Branch(.blocks), true)
        case "NFQUEUE", "QUEUE", "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP": (RuleOutline.Branch(.passes), true)
        // It accepts what a socket is there for, and drops the rest.
        case "TPROXY": (RuleOutline.Branch(.passes), true)
        // Of xtables-addons: not every packet is held.
        case "TARPIT", "DELUDE", "CHAOS", "STEAL": (RuleOutline.Branch(.blocks), false)
        default: nil
        }
    }
}
