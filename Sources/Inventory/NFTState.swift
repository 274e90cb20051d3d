package import Netlink
package import Protection

/// A table's name, which is unique within its family only.
package struct TableID: Hashable, Sendable {
    package var family: NFTFamily
    package var name: String

    package init(family: NFTFamily, name: String) {
        self.family = family
        self.name = name
    }
}

/// The nftables half of a namespace's firewall.
package struct NFTState: Hashable, Sendable {
    package struct Table: Hashable, Sendable {
        package var flags: NFTTableFlags = []
        /// nil: not told.
        package var handle: UInt64?
        /// The netlink port that owns it; the kernel destroys it when that is closed, unless it is persistent.
        package var owner: UInt32?
        package var chains: [String: Chain] = [:]
        package var sets: [String: ElementSet] = [:]
        /// Its rules in their order, and what leads from one to another.
        package internal(set) var graph = RuleGraph()
        /// Sets that belong to rules which have not come yet.
        var loose: [String: LooseSet] = [:]

        package init(flags: NFTTableFlags = [], handle: UInt64? = nil, owner: UInt32? = nil) {
            self.flags = flags
            self.handle = handle
            self.owner = flags.contains(.owner) ? owner : nil
        }

        package init(_ table: NFTTable) {
            self.init(flags: table.flags ?? [], handle: table.handle, owner: table.owner)
        }

        package var ruleCount: Int { chains.values.reduce(0) { $0 + $1.rules.count } }
        /// Of all its rules.
        var handles: [UInt64] { chains.values.flatMap(\.rules).sorted() }
        package var elementCount: Int { sets.values.reduce(0) { $0 + $1.count } }
        /// None of a table that is dormant.
        package var figures: Figures { flags.contains(.dormant) ? .zero : graph.figures }

        /// Of one chain.
        package func figures(of chain: String) -> Figures {
            flags.contains(.dormant) ? .zero : graph.figures(of: chain)
        }
    }

    package struct Chain: Hashable, Sendable {
        package var handle: UInt64?
        /// nil for a chain that only jumps reach.
        package var hook: NFTHook?
        package var policy: NFTPolicy?
        package var type: String?
        /// By handle. Their order is the graph's.
        package var rules: Set<UInt64> = []

        package init(
            handle: UInt64? = nil, hook: NFTHook? = nil, policy: NFTPolicy? = nil, type: String? = nil
        ) {
            self.handle = handle
            self.hook = hook
            self.policy = policy
            self.type = type
        }
    }

    /// A named set or map. Those that belong to a rule are part of the rule.
    package struct ElementSet: Hashable, Sendable {
        package var flags: NFTSetFlags = []
        package var handle: UInt64?
        /// Hashes of the keys: enough to tell a new element from one that was there.
        package var keys: Set<UInt64> = []
        /// Of a verdict map, what it says to each key.
        package var verdicts: [UInt64: RuleOutline.Branch] = [:]

        package init(flags: NFTSetFlags = [], handle: UInt64? = nil) {
            self.flags = flags
            self.handle = handle
        }

        package var count: Int { keys.count }
        /// Elements come and go by themselves: the packet path adds them, or time takes them.
        package var isVolatile: Bool { !flags.isDisjoint(with: [.timeout, .eval]) }
    }

    package var generation: UInt32?
    package var tables: [TableID: Table] = [:]
    package internal(set) var ruleCount = 0
    package internal(set) var elementCount = 0

    package init() {}

    /// Of all tables.
    package var figures: Figures { tables.values.reduce(.zero) { $0 + $1.figures } }

    /// Counts afresh, after the tables were set from outside.
    package mutating func recount() {
        ruleCount = tables.values.reduce(0) { $0 + $1.ruleCount }
        elementCount = tables.values.reduce(0) { $0 + $1.elementCount }
    }
}
