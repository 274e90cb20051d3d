/// A set or map: `NFTA_SET_*` of linux/netfilter/nf_tables.h.
public struct NFTSet: Hashable, Sendable {
    /// The family of the table.
    public var family: NFTFamily
    /// The name of the table.
    public var table: String
    /// In a request, an anonymous set has the template `__set%d`; the kernel puts in the number.
    /// Absent in a request that names the set by handle, or deletes all of the table.
    public var name: String?
    /// The kernel's own number for it, never used again.
    public var handle: UInt64?
    /// The number a request gives a set it makes, for its own later messages.
    public var id: UInt32?
    /// What kind of set it is.
    public var flags: NFTSetFlags?
    /// In bytes.
    public var keyLength: UInt32?
    /// nft's type number. The kernel does not look at it.
    public var keyType: UInt32?
    /// `NFTSet.verdictType` for a map to verdicts, else nft's type number.
    public var dataType: UInt32?
    /// The most elements it takes; absent where unlimited.
    public var size: UInt32?
    /// How long an element lives, in milliseconds.
    public var timeout: UInt64?
    /// How many elements it holds, told by kernels from 6.17 on. An interval is counted by its start.
    public var elementCount: UInt32?

    /// `NFT_DATA_VERDICT`
    public static let verdictType: UInt32 = 0xffff_ff00
    /// Whether looking a key up gives a verdict, perhaps a jump.
    public var isVerdictMap: Bool { flags?.contains(.map) == true && dataType == NFTSet.verdictType }

    /// Describes one by its parts.
    public init(family: NFTFamily, table: String, name: String? = nil) {
        self.family = family
        self.table = table
        self.name = name
    }

    init(family: NFTFamily, attributes: RawSpan) {
        self.init(family: family, table: "")
        forEachAttribute(in: attributes) { type, value in
            switch type {
            case 1: table = value.name()  // NFTA_SET_TABLE
            case 2: name = value.name()  // _NAME
            case 3: flags = value.bigEndian(UInt32.self).map(NFTSetFlags.init(rawValue:))  // _FLAGS
            case 4: keyType = value.bigEndian(UInt32.self)  // _KEY_TYPE
            case 5: keyLength = value.bigEndian(UInt32.self)  // _KEY_LEN
            case 6: dataType = value.bigEndian(UInt32.self)  // _DATA_TYPE
            case 9: size = NFTSet.size(in: value)  // _DESC
            case 10: id = value.bigEndian(UInt32.self)  // _ID
            case 11: timeout = value.bigEndian(UInt64.self)  // _TIMEOUT
            case 16: handle = value.bigEndian(UInt64.self)  // _HANDLE
            case 20: elementCount = value.bigEndian(UInt32.self)  // _COUNT, not in Debian 12's headers
            default: break
            }
        }
    }

    private static func size(in description: RawSpan) -> UInt32? {
        var size: UInt32?
        forEachAttribute(in: description) { type, value in
            if type == 1 { size = value.bigEndian(UInt32.self) }  // NFTA_SET_DESC_SIZE
        }
        return size
    }
}

/// `NFT_SET_*`.
public struct NFTSetFlags: OptionSet, Hashable, Sendable {
    /// The number in the kernel's header.
    public let rawValue: UInt32
    /// Takes a number of the kernel's, known or not.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Belongs to the rule that looks it up, and goes with it.
    public static let anonymous = NFTSetFlags(rawValue: 0x1)
    /// Its elements do not change once a rule uses it.
    public static let constant = NFTSetFlags(rawValue: 0x2)
    /// Its elements are ranges.
    public static let interval = NFTSetFlags(rawValue: 0x4)
    /// Each key has data.
    public static let map = NFTSetFlags(rawValue: 0x8)
    /// Its elements may go by themselves.
    public static let timeout = NFTSetFlags(rawValue: 0x10)
    /// Rules may add elements as packets pass.
    public static let eval = NFTSetFlags(rawValue: 0x20)
    /// Its data are stateful objects.
    public static let object = NFTSetFlags(rawValue: 0x40)
    /// Its keys are of several fields.
    public static let concat = NFTSetFlags(rawValue: 0x80)
    /// Its elements have expressions, such as counters.
    public static let expr = NFTSetFlags(rawValue: 0x100)
}
