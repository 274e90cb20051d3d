/// A legacy table (x_tables, ebtables) as `iptables-legacy-save` and its kin would show it.
public struct XTable: Hashable, Sendable {
    /// Which of the x_tables it is of.
    public var family: XTFamily
    /// `filter`, `nat`, `mangle`, `raw` or `security`.
    public var name: String
    /// Built-in chains and user chains in the order of the table.
    public var chains: [XTChain]
    /// An offset did not fit, where reading stopped: rules may be missing. The kernel never holds such a table; a
    /// request may, and is refused.
    public var isMalformed: Bool

    /// Describes one by its parts.
    public init(family: XTFamily, name: String, chains: [XTChain] = [], isMalformed: Bool = false) {
        self.family = family
        self.name = name
        self.chains = chains
        self.isMalformed = isMalformed
    }

    /// How many rules a user sees: the `-A` lines. Neither policies, nor heads and ends of chains.
    public var ruleCount: Int { chains.reduce(0) { $0 &+ $1.rules.count } }
}

/// Which of the legacy tables.
public enum XTFamily: String, CaseIterable, Hashable, Sendable {
    case ipv4 = "ip"
    case ipv6 = "ip6"
    case arp
    /// ebtables, which has tables, entries and calls of its own.
    case bridge

    /// Those of x_tables.
    public static let xtables: [XTFamily] = [.ipv4, .ipv6, .arp]
}

/// A chain of a legacy table.
public struct XTChain: Hashable, Sendable {
    /// `INPUT` and the like for a built-in chain.
    public var name: String
    /// Whether it stands at a hook.
    public var isBuiltIn: Bool
    /// What a chain does with a packet no rule decided. Nil for a user chain, which returns; that of ebtables may do
    /// otherwise.
    public var policy: XTTarget?
    /// Its rules in order.
    public var rules: [XTRule]

    /// Describes one by its parts.
    public init(name: String, isBuiltIn: Bool, policy: XTTarget? = nil, rules: [XTRule] = []) {
        self.name = name
        self.isBuiltIn = isBuiltIn
        self.policy = policy
        self.rules = rules
    }
}

/// A rule of a legacy table. It has no handle: `hash` is what there is to know it by, and two rules may be the same.
public struct XTRule: Hashable, Sendable {
    /// `StableHash` over what the rule says: addresses, interfaces, matches and target with their data; not counters,
    /// not its place. A jump goes in by the name of the chain.
    public var hash: UInt64
    /// What it does.
    public var target: XTTarget
    /// Which packets it can match.
    public var condition: XTCondition
    /// The names of its matches (`-m`), most often none or one.
    public var matches: [String]
    /// The ipsets that its matches ask.
    public var sets: [XTSetLookup]

    /// Describes one by its parts.
    public init(
        hash: UInt64, target: XTTarget, condition: XTCondition, matches: [String] = [], sets: [XTSetLookup] = []
    ) {
        self.hash = hash
        self.target = target
        self.condition = condition
        self.matches = matches
        self.sets = sets
    }
}

/// What a match `set` asks: `struct xt_set_info` of linux/netfilter/xt_set.h.
public struct XTSetLookup: Hashable, Sendable {
    /// The kernel's number of the set in its namespace. It stays with the name when two sets are swapped.
    public var index: UInt16
    /// It asks whether the packet is not in the set.
    public var isInverted: Bool

    /// Describes one by its parts.
    public init(index: UInt16, isInverted: Bool) {
        self.index = index
        self.isInverted = isInverted
    }

    /// Reads the match's own data. Revision 0 has another layout, and no tool of the last ten years sends it.
    public init?(_ data: [UInt8], revision: UInt32) {
        guard revision > 0, data.count >= 4 else { return nil }
        let index = UInt16(littleEndian: UInt16(data[0]) | UInt16(data[1]) << 8)
        self.init(index: index, isInverted: data[3] & 1 != 0)  // IPSET_INV_MATCH
    }
}

/// What a rule does with a packet it matches.
public enum XTTarget: Hashable, Sendable {
    case drop
    case accept
    /// To user space, by the `QUEUE` verdict; `NFQUEUE` is a `target`.
    case queue
    case `return`
    /// On with the next rule: a rule without a target, that only counts.
    case `continue`
    case jump(String)
    case goto(String)
    /// To a rule within a chain. No tool writes this, but the kernel takes it.
    case jumpInside(chain: String, rule: Int, isGoto: Bool)
    /// Any extension: `REJECT`, `LOG`, `DNAT`…
    case target(String)
    /// A standard target with a verdict that leads nowhere known.
    case unknown(verdict: Int32)
}

/// Which packets a rule can match, from its own fields and from having matches. Unknown matches are conditions.
public enum XTCondition: Hashable, Sendable {
    /// Every packet. The match `comment` is no condition.
    case always
    case sometimes
    /// None: an inverted test of everything, or a bare address under an empty mask.
    case never
}
