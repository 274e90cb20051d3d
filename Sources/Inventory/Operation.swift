/// One thing a change did to a firewall; names are those of `wallwatch.change.operations[].op`.
public struct Operation: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
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

    public var kind: Kind
    /// As nft names it: ip, ip6, inet, arp, bridge, netdev. nil for what has none (ipset).
    public var family: String?
    public var table: String?
    public var chain: String?
    public var set: String?
    /// nftables' handle of the one rule concerned.
    public var handle: UInt64?
    /// Rules concerned, or elements where the operation is one of elements or sets.
    public var count: Int?
    public var policy: PolicyChange?
    /// What else there is to say: the new name of a set, the kind of an object.
    public var detail: String?

    public init(
        _ kind: Kind, family: String? = nil, table: String? = nil, chain: String? = nil, set: String? = nil,
        handle: UInt64? = nil, count: Int? = nil, policy: PolicyChange? = nil, detail: String? = nil
    ) {
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
public struct PolicyChange: Hashable, Sendable {
    public var before: String?
    public var after: String?

    public init(before: String?, after: String?) {
        self.before = before
        self.after = after
    }
}

/// A figure before and after a change.
public struct Count: Hashable, Sendable {
    public var before: Int
    public var after: Int
    public var delta: Int { after - before }

    public init(before: Int, after: Int) {
        self.before = before
        self.after = after
    }
}

/// What one committed change did to a namespace's firewall.
public struct Change: Hashable, Sendable {
    public var operations: [Operation]
    /// Rules of the namespace, over all backends.
    public var rules: Count
    /// Elements of its sets, over all backends.
    public var elements: Count
    /// Nothing was changed.
    public var isEmpty: Bool { operations.isEmpty }

    public init(operations: [Operation], rules: Count, elements: Count) {
        self.operations = operations
        self.rules = rules
        self.elements = elements
    }
}
