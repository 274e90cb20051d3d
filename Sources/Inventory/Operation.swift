/// One thing a change did to a firewall; names are those of `wallwatch.change.operations[].op`.
package struct Operation: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable, Codable {
        case addRule = "add-rule"
        case replaceRule = "replace-rule"
        case deleteRule = "delete-rule"
        case flushChain = "flush-chain"
        case flushTable = "flush-table"
        case flushRuleset = "flush-ruleset"
        case addTable = "add-table"
        case deleteTable = "delete-table"
        case tableDormant = "table-dormant"
        case tableAwake = "table-awake"
        case addChain = "add-chain"
        case deleteChain = "delete-chain"
        case policy
        case addSet = "add-set"
        case deleteSet = "delete-set"
        case addElements = "add-elements"
        case deleteElements = "delete-elements"
        case flushSet = "flush-set"
        case swapSet = "swap-set"
        case replaceTable = "replace-table"
        case ownerDied = "owner-died"
        case netnsGone = "netns-gone"
        case moduleUnload = "module-unload"
        case other
    }

    package var kind: Kind
    /// As nft names it: ip, ip6, inet, arp, bridge, netdev. nil for what has none (ipset).
    package var family: String?
    package var table: String?
    package var chain: String?
    package var set: String?
    /// nftables' handle of the one rule concerned.
    package var handle: UInt64?
    /// Rules concerned, or elements where the operation is one of elements or sets.
    package var count: Int?
    package var policy: PolicyChange?
    /// What else there is to say: the new name of a set, the kind of an object.
    package var detail: String?
    /// Which rules are concerned, as far as they are known one by one, and what they say, when somebody has looked.
    package var moves = Aside<[RuleMove]>([])
    package var lines = Aside<[RuleLine]>([])

    package init(
        _ kind: Kind, family: String? = nil, table: String? = nil, chain: String? = nil, set: String? = nil,
        handle: UInt64? = nil, count: Int? = nil, policy: PolicyChange? = nil, detail: String? = nil,
        moves: [RuleMove] = []
    ) {
        self.moves = Aside(moves)
        self.kind = kind
        self.family = family
        self.table = table
        self.chain = chain
        self.set = set
        self.handle = handle
        self.count = count
        self.policy = policy
        self.detail = detail
    }
}

/// What a base chain does with a packet that no rule decided, before and after.
package struct PolicyChange: Hashable, Sendable, Codable {
    package var before: String?
    package var after: String?

    package init(before: String?, after: String?) {
        self.before = before
        self.after = after
    }
}

/// A figure before and after a change.
package struct Count: Hashable, Sendable {
    package var before: Int
    package var after: Int
    package var delta: Int { after - before }

    package init(before: Int, after: Int) {
        self.before = before
        self.after = after
    }
}

/// What one committed change did to a namespace's firewall.
package struct Change: Hashable, Sendable {
    package var operations: [Operation]
    /// Rules of the namespace, over all backends.
    package var rules: Count
    /// Elements of its sets, over all backends.
    package var elements: Count
    /// Rules that can still meet a packet, and those of them that drop or reject.
    package var effective: Count
    package var blocking: Count
    /// Nothing was changed.
    package var isEmpty: Bool { operations.isEmpty }

    package init(operations: [Operation], rules: Count, elements: Count, effective: Count, blocking: Count) {
        self.operations = operations
        self.rules = rules
        self.elements = elements
        self.effective = effective
        self.blocking = blocking
    }
}
