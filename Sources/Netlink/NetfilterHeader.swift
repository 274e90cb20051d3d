/// What stands first in the payload of every nfnetlink message: `struct nfgenmsg`, four bytes.
public struct NetfilterHeader: Hashable, Sendable {
    /// The size on the wire.
    public static let byteCount = 4

    /// `NFPROTO_*`.
    public var family: NFTFamily
    /// `NFNETLINK_V0`.
    public var version: UInt8
    /// `res_id` in host order, read as network order: a batch's subsystem, a dump's generation (its low 16 bits).
    public var resourceID: UInt16

    /// Reads the header off the front of a payload, or nil if it is too short.
    public init?(_ payload: RawSpan) {
        guard let family = payload.load(0, as: UInt8.self), let version = payload.load(1, as: UInt8.self),
            let resourceID = payload.load(2, as: UInt16.self)
        else { return nil }
        self.family = NFTFamily(rawValue: family)
        self.version = version
        self.resourceID = UInt16(bigEndian: resourceID)
    }

    /// The subsystem a batch is for. The kernel also takes nftables' number in host order, for old versions of nft.
    public var batchSubsystem: UInt16 {
        resourceID.byteSwapped == UInt16(NFNetlinkSubsystem.nftables) ? resourceID.byteSwapped : resourceID
    }
}

/// `NFNL_SUBSYS_*` of linux/netfilter/nfnetlink.h.
public enum NFNetlinkSubsystem {
    /// nfnetlink itself, with its batches.
    public static let none: UInt8 = 0
    /// `NFNL_SUBSYS_IPSET`
    public static let ipset: UInt8 = 6
    /// `NFNL_SUBSYS_NFTABLES`
    public static let nftables: UInt8 = 10
    /// nft_compat: asks whether an xtables match or target exists.
    public static let nftCompat: UInt8 = 11
}

/// The family of a table (`NFPROTO_*` of linux/netfilter.h). Unknown numbers are kept.
public struct NFTFamily: RawRepresentable, Hashable, Sendable {
    /// The number in the kernel's header.
    public let rawValue: UInt8
    /// Takes a number of the kernel's, known or not.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// All families, in a dump or in a request to flush everything.
    public static let unspecified = NFTFamily(rawValue: 0)
    /// IPv4 and IPv6 together.
    public static let inet = NFTFamily(rawValue: 1)
    /// IPv4, `ip` to nft.
    public static let ipv4 = NFTFamily(rawValue: 2)
    /// ARP.
    public static let arp = NFTFamily(rawValue: 3)
    /// Of one interface, before or after all else.
    public static let netdev = NFTFamily(rawValue: 5)
    /// Of bridges.
    public static let bridge = NFTFamily(rawValue: 7)
    /// IPv6, `ip6` to nft.
    public static let ipv6 = NFTFamily(rawValue: 10)

    /// The name nft uses.
    public var name: String {
        switch self {
        case .unspecified: "unspec"
        case .inet: "inet"
        case .ipv4: "ip"
        case .arp: "arp"
        case .netdev: "netdev"
        case .bridge: "bridge"
        case .ipv6: "ip6"
        default: "family-\(rawValue)"
        }
    }
}

extension NFTFamily: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}
