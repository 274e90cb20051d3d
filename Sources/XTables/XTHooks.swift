internal import Netlink

/// Where the built-in chains of a table begin and end.
public struct XTHooks: Hashable, Sendable {
    /// The hooks the table has, a bit each (`1 << NF_INET_LOCAL_IN`…).
    public var validHooks: UInt32
    /// The byte offset of the first entry of each hook's chain; of no meaning for a hook the table lacks.
    public var hookEntry: [UInt32]
    /// The byte offset of each hook's policy.
    public var underflow: [UInt32]

    /// Describes one by its parts.
    public init(validHooks: UInt32, hookEntry: [UInt32], underflow: [UInt32]) {
        self.validHooks = validHooks
        self.hookEntry = hookEntry
        self.underflow = underflow
    }

    /// Reads two arrays that stand one after the other, or nil if the bytes are too few.
    init?(_ bytes: RawSpan, validHooks: UInt32, at offset: Int, count: Int) {
        var entries: [UInt32] = []
        for index in 0..<(count &* 2) {
            guard let entry = bytes.load(offset &+ index &* 4, as: UInt32.self) else { return nil }
            entries.append(entry)
        }
        self.init(
            validHooks: validHooks, hookEntry: Array(entries.prefix(count)), underflow: Array(entries.dropFirst(count)))
    }
}

/// What the kernel tells of a table: `struct ipt_getinfo`, 84 bytes (68 for ARP, which has three hooks).
public struct XTInfo: Hashable, Sendable {
    /// The name of the table.
    public var name: String
    /// Where its built-in chains are.
    public var hooks: XTHooks
    /// Every entry: rules, policies, heads of user chains and the end.
    public var entryCount: UInt32
    /// Of the entries, in bytes.
    public var size: UInt32

    /// The size of the structure on the wire.
    public static func byteCount(_ family: XTFamily) -> Int {
        44 &+ (family.layout?.hookNames.count ?? 0) &* 8
    }

    /// Reads the structure, or returns nil if the bytes are too few.
    public init?(_ bytes: RawSpan, family: XTFamily) {
        guard let count = family.layout?.hookNames.count else { return nil }
        let after = 36 &+ count &* 8
        guard bytes.byteCount >= XTInfo.byteCount(family), let validHooks = bytes.load(32, as: UInt32.self),
            let hooks = XTHooks(bytes, validHooks: validHooks, at: 36, count: count),
            let entryCount = bytes.load(after, as: UInt32.self), let size = bytes.load(after &+ 4, as: UInt32.self)
        else { return nil }
        name = bytes.extracting(first: 32).name()
        self.hooks = hooks
        self.entryCount = entryCount
        self.size = size
    }
}

/// A request to put another table in the place of a table: `IPT_SO_SET_REPLACE` with `struct ipt_replace`, `ip6t_…`
/// or `arpt_replace`, of a 64-bit process.
public struct XTReplace: Hashable, Sendable {
    /// The name of the table.
    public var name: String
    /// Where its built-in chains are.
    public var hooks: XTHooks
    /// How many entries, as stated.
    public var entryCount: UInt32
    /// Of the entries, in bytes, as stated.
    public var size: UInt32
    /// How many entries the sender believes the old table to have; the kernel refuses any other.
    public var counterCount: UInt32
    /// The table to be. Malformed also if the bytes are fewer than stated.
    public var table: XTable

    /// Reads the structure, or returns nil if the bytes are too few.
    public init?(_ bytes: RawSpan, family: XTFamily) {
        guard let count = family.layout?.hookNames.count else { return nil }
        let after = 44 &+ count &* 8
        // num_counters, padding for ARP where the pointer would be unaligned, the counters' pointer, the entries.
        let start = (after &+ 4 &+ 7) & ~7 &+ 8
        guard bytes.byteCount >= start, let validHooks = bytes.load(32, as: UInt32.self),
            let entryCount = bytes.load(36, as: UInt32.self), let size = bytes.load(40, as: UInt32.self),
            let hooks = XTHooks(bytes, validHooks: validHooks, at: 44, count: count),
            let counterCount = bytes.load(after, as: UInt32.self)
        else { return nil }
        name = bytes.extracting(first: 32).name()
        self.hooks = hooks
        self.entryCount = entryCount
        self.size = size
        self.counterCount = counterCount
        let entries = bytes.extracting(droppingFirst: start)
        let stated = Int(size)
        table = XTable.decode(
            entries: entries.extracting(first: stated), family: family, name: name, hooks: hooks)
        if entries.byteCount < stated { table.isMalformed = true }
    }
}
