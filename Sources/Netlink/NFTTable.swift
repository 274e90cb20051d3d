/// A table: `NFTA_TABLE_*` of linux/netfilter/nf_tables.h.
public struct NFTTable: Hashable, Sendable {
    /// The family of the table.
    public var family: NFTFamily
    /// Absent in a request to delete every table of the family.
    public var name: String?
    /// Absent in a request that does not state them: the kernel then takes none for a new table.
    public var flags: NFTTableFlags?
    /// The kernel's own number for it, never used again.
    public var handle: UInt64?
    /// How many chains, sets, objects and flowtables it holds.
    public var use: UInt32?
    /// The netlink port id that owns it and on whose close it dies.
    public var owner: UInt32?

    /// Describes one by its parts.
    public init(family: NFTFamily, name: String? = nil) {
        self.family = family
        self.name = name
    }

    init(family: NFTFamily, attributes: RawSpan) {
        self.init(family: family)
        forEachAttribute(in: attributes) { type, value in
            switch type {
            case 1: name = value.name()  // NFTA_TABLE_NAME
            case 2: flags = value.bigEndian(UInt32.self).map(NFTTableFlags.init(rawValue:))  // _FLAGS
            case 3: use = value.bigEndian(UInt32.self)  // _USE
            case 4: handle = value.bigEndian(UInt64.self)  // _HANDLE
            case 7: owner = value.bigEndian(UInt32.self)  // _OWNER
            default: break
            }
        }
    }
}

/// `NFT_TABLE_F_*`.
public struct NFTTableFlags: OptionSet, Hashable, Sendable {
    /// The number in the kernel's header.
    public let rawValue: UInt32
    /// Takes a number of the kernel's, known or not.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The chains are off their hooks: every rule is there and none meets a packet.
    public static let dormant = NFTTableFlags(rawValue: 1)
    /// Bound to the netlink socket that made it.
    public static let owner = NFTTableFlags(rawValue: 2)
    /// Outlives its owner (kernel 6.9).
    public static let persist = NFTTableFlags(rawValue: 4)
}
