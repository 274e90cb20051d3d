internal import Netlink

/// How ebtables' structures lie in the memory of a 64-bit process (linux/netfilter_bridge/ebtables.h).
enum EBLayout {
    /// `struct ebt_entries`, the head of a chain: its first field is 0, that of an entry never is.
    enum Chain {
        static let byteCount = 48
        static let name = 4..<36
        static let policy = 40
        static let entryCount = 44
    }

    /// `struct ebt_entry`.
    enum Entry {
        static let byteCount = 112
        static let inversion = 4
        static let ethernetProtocol = 8..<10
        /// Sixteen bytes each.
        static let interfaces = [10, 26, 42, 58]
        /// Address and mask.
        static let source = 74..<86
        static let destination = 86..<98
        static let watchers = 100
        static let target = 104
        static let next = 108
        /// `bitmask`: any protocol; 802.3 only; the source, the destination is looked at.
        static let anyProtocol: UInt32 = 0x02
        static let ieee8023: UInt32 = 0x04
        static let sourceAddress: UInt32 = 0x08
        static let destinationAddress: UInt32 = 0x10
        /// `invflags`, in the order of `interfaces`.
        static let interfaceInversions: [UInt32] = [0x02, 0x20, 0x04, 0x40]
    }

    /// `struct ebt_entry_match`, `_watcher` and `_target`: name (31), revision (1), size of the data (4), then data.
    enum Extension {
        static let headerByteCount = 40
        static let name = 0..<31
        static let revision = 31
        static let size = 32
    }

    static let hookNames = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING", "BROUTING"]
}

/// A match, watcher or target of an entry.
struct EBExtensionView {
    /// With the head, within the room it was read from.
    var byteCount: Int
    var name: String
    var revision: UInt8
    var data: Range<Int>

    init?(_ room: RawSpan) {
        guard let size = room.load(EBLayout.Extension.size, as: UInt32.self).map(Int.init),
            room.byteCount >= EBLayout.Extension.headerByteCount,
            size <= room.byteCount &- EBLayout.Extension.headerByteCount,
            let revision = room.load(EBLayout.Extension.revision, as: UInt8.self)
        else { return nil }
        byteCount = EBLayout.Extension.headerByteCount &+ size
        name = room.extracting(EBLayout.Extension.name).name()
        self.revision = revision
        data = EBLayout.Extension.headerByteCount..<byteCount
    }
}

/// What the kernel tells of a table, and what it is asked with: `struct ebt_replace`.
public struct EBInfo: Hashable, Sendable {
    /// The size of the structure.
    public static let byteCount = 120
    /// The name of the table.
    public var name: String
    /// The hooks it has, a bit each (`1 << NF_BR_PRE_ROUTING`…).
    public var validHooks: UInt32
    /// How many rules it has.
    public var ruleCount: UInt32
    /// Of its chains and rules, in bytes.
    public var size: UInt32

    /// Reads the structure, or returns nil if the bytes are too few.
    public init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= EBInfo.byteCount, let validHooks = bytes.load(32, as: UInt32.self),
            let ruleCount = bytes.load(36, as: UInt32.self), let size = bytes.load(40, as: UInt32.self)
        else { return nil }
        name = bytes.extracting(first: 32).name()
        self.validHooks = validHooks
        self.ruleCount = ruleCount
        self.size = size
    }
}
