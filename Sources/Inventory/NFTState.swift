public import Netlink

/// A table's name, which is unique within its family only.
public struct TableID: Hashable, Sendable {
    public var family: NFTFamily
    public var name: String

    public init(family: NFTFamily, name: String) {
        self.family = family
        self.name = name
    }
}

/// The nftables half of a namespace's firewall.
public struct NFTState: Hashable, Sendable {
    public struct Table: Hashable, Sendable {
        public var flags: NFTTableFlags = []
        public var chains: [String: Chain] = [:]
        public var sets: [String: ElementSet] = [:]

        public init(flags: NFTTableFlags = []) { self.flags = flags }

        public var ruleCount: Int { chains.values.reduce(0) { $0 + $1.rules.count } }
        public var elementCount: Int { sets.values.reduce(0) { $0 + $1.count } }
    }

    public struct Chain: Hashable, Sendable {
        public var handle: UInt64?
        /// nil for a chain that only jumps reach.
        public var hook: NFTHook?
        public var policy: NFTPolicy?
        public var type: String?
        /// By handle. Their order matters for what they do, not for how many there are.
        public var rules: Set<UInt64> = []

        public init(
            handle: UInt64? = nil, hook: NFTHook? = nil, policy: NFTPolicy? = nil, type: String? = nil
        ) {
            self.handle = handle
            self.hook = hook
            self.policy = policy
            self.type = type
        }
    }

    /// A named set or map. Those that belong to a rule are part of the rule.
    public struct ElementSet: Hashable, Sendable {
        public var flags: NFTSetFlags = []
        /// Hashes of the keys: enough to tell a new element from one that was there.
        public var keys: Set<UInt64> = []

        public init(flags: NFTSetFlags = []) { self.flags = flags }

        public var count: Int { keys.count }
        /// Elements come and go by themselves: the packet path adds them, or time takes them.
        public var isVolatile: Bool { !flags.isDisjoint(with: [.timeout, .eval]) }
    }

    public var generation: UInt32?
    public var tables: [TableID: Table] = [:]
    public internal(set) var ruleCount = 0
    public internal(set) var elementCount = 0

    public init() {}

    /// Counts afresh, after the tables were set from outside.
    public mutating func recount() {
        ruleCount = tables.values.reduce(0) { $0 + $1.ruleCount }
        elementCount = tables.values.reduce(0) { $0 + $1.elementCount }
    }
}
