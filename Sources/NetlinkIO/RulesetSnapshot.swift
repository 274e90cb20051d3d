public import Netlink

/// The nftables ruleset of one namespace.
public struct RulesetSnapshot: Hashable, Sendable {
    /// The generation it is of. Notifications with this number or a lower one are already in it.
    public var generation: UInt32
    /// Nothing changed while it was read. If false, the ruleset changed under every attempt, and this is the last.
    public var isConsistent: Bool
    /// The tables of all families.
    public var tables: [NFTTable] = []
    /// The chains of all tables.
    public var chains: [NFTChain] = []
    /// Chain by chain, in the order of evaluation.
    public var rules: [NFTRule] = []
    /// The sets and maps of all tables, anonymous ones too.
    public var sets: [NFTSet] = []
    /// The flowtables of all tables.
    public var flowtables: [NFTFlowtable] = []
    /// Of every set, in the order of `sets`.
    public var contents: [SetContents] = []

    /// Describes one by its parts.
    public init(generation: UInt32, isConsistent: Bool = true) {
        self.generation = generation
        self.isConsistent = isConsistent
    }
}

/// What a set holds.
public struct SetContents: Hashable, Sendable {
    /// The family of the table.
    public var family: NFTFamily
    /// The name of the table.
    public var table: String
    /// The name of the set.
    public var set: String
    /// As a user counts: an interval once.
    public var count: Int
    /// Over the keys, independent of their order. Nil if the elements were not read.
    public var digest: UInt64?
    /// The elements of a verdict map, and of every set if asked for.
    public var elements: [NFTElement] = []

    /// Describes one by its parts.
    public init(family: NFTFamily, table: String, set: String, count: Int, digest: UInt64? = nil) {
        self.family = family
        self.table = table
        self.set = set
        self.count = count
        self.digest = digest
    }
}

/// How much of the sets a snapshot reads. The elements of verdict maps are always read, as they may hold jumps.
public enum ElementDetail: Sendable {
    /// The number only: without reading the elements, where the kernel tells it (6.17).
    case counts
    /// Every element, kept as a digest.
    case digests
    /// Every element, kept.
    case all
}
