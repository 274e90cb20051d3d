public import Netlink

/// The nftables ruleset of one namespace.
public struct RulesetSnapshot: Hashable, Sendable {
    /// The generation it is of. Notifications with this number or a lower one are already in it.
    public var generation: UInt32
    /// Nothing changed while it was read. If false, the ruleset changed under every attempt, and this is the last.
    public var isConsistent: Bool
    public var tables: [NFTTable] = []
    public var chains: [NFTChain] = []
    /// Chain by chain, in the order of evaluation.
    public var rules: [NFTRule] = []
    public var sets: [NFTSet] = []
    public var flowtables: [NFTFlowtable] = []
    /// Of every set, in the order of `sets`.
    public var contents: [SetContents] = []

    public init(generation: UInt32, isConsistent: Bool = true) {
        self.generation = generation
        self.isConsistent = isConsistent
    }
}

/// What a set holds.
public struct SetContents: Hashable, Sendable {
    public var family: NFTFamily
    public var table: String
    public var set: String
    /// As a user counts: an interval once.
    public var count: Int
    /// Over the keys, independent of their order. Nil if the elements were not read.
    public var digest: UInt64?
    /// The elements of a verdict map, and of every set if asked for.
    public var elements: [NFTElement] = []

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
