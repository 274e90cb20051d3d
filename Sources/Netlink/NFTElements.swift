/// Elements of one set: `NFTA_SET_ELEM_LIST_*` of linux/netfilter/nf_tables.h.
///
/// A delete without any is a flush: the kernel then notifies of each element it took out.
public struct NFTElements: Hashable, Sendable {
    /// The family of the table.
    public var family: NFTFamily
    /// The name of the table.
    public var table: String
    /// The name of the set.
    public var set: String
    /// In a request, the set by the number the request gave it.
    public var setID: UInt32?
    /// The elements, in the order of the message.
    public var elements: [NFTElement] = []

    /// Describes one by its parts.
    public init(family: NFTFamily, table: String, set: String, elements: [NFTElement] = []) {
        self.family = family
        self.table = table
        self.set = set
        self.elements = elements
    }

    init(family: NFTFamily, attributes: RawSpan) {
        self.init(family: family, table: "", set: "")
        forEachAttribute(in: attributes) { type, value in
            switch type {
            case 1: table = value.name()  // NFTA_SET_ELEM_LIST_TABLE
            case 2: set = value.name()  // _SET
            case 3: elements = NFTElements.elements(in: value)  // _ELEMENTS
            case 4: setID = value.bigEndian(UInt32.self)  // _SET_ID
            default: break
            }
        }
    }

    private static func elements(in list: RawSpan) -> [NFTElement] {
        var elements: [NFTElement] = []
        forEachAttribute(in: list) { type, value in
            // libnftnl numbers the items 1, 2, 3…; the kernel takes each and itself writes NFTA_LIST_ELEM.
            elements.append(NFTElement(attributes: value))
        }
        return elements
    }

    /// How many elements a user sees: an interval is two, its start and its end, and counts once.
    public var count: Int { elements.count { !$0.isIntervalEnd } }
}

/// One element: `NFTA_SET_ELEM_*`.
public struct NFTElement: Hashable, Sendable {
    /// `StableHash` over the key, and over the end of its range where it has one.
    public var keyHash: UInt64
    /// What kind of element it is.
    public var flags: NFTElementFlags
    /// Where the set is a map to verdicts.
    public var verdict: NFTVerdict?
    /// In how many milliseconds it goes by itself, without a notification.
    public var expiration: UInt64?

    /// The element is the first key that is no longer in the interval before it.
    public var isIntervalEnd: Bool { flags.contains(.intervalEnd) }
    /// The element stands for every key that no other one matches; it has no key.
    public var isCatchall: Bool { flags.contains(.catchall) }

    /// Describes one by its parts.
    public init(
        keyHash: UInt64, flags: NFTElementFlags = [], verdict: NFTVerdict? = nil, expiration: UInt64? = nil
    ) {
        self.keyHash = keyHash
        self.flags = flags
        self.verdict = verdict
        self.expiration = expiration
    }

    /// Mixed so that the sum over a set's elements stands for the set, in whatever order they come.
    public var digest: UInt64 {
        var hash = StableHash()
        hash.combine(keyHash)
        hash.combine(UInt64(flags.rawValue))
        return hash.value
    }

    init(attributes: RawSpan) {
        var hash = StableHash()
        var flags: NFTElementFlags = []
        var verdict: NFTVerdict?
        var timeout: UInt64?
        var expiration: UInt64?
        forEachAttribute(in: attributes) { type, value in
            switch type {
            case 1: NFTElement.combineKey(value, tag: 1, into: &hash)  // NFTA_SET_ELEM_KEY
            case 2: verdict = NFTVerdict(data: value)  // _DATA
            case 3: flags = NFTElementFlags(rawValue: value.bigEndian(UInt32.self) ?? 0)  // _FLAGS
            case 4: timeout = value.bigEndian(UInt64.self)  // _TIMEOUT
            case 5: expiration = value.bigEndian(UInt64.self)  // _EXPIRATION
            case 10: NFTElement.combineKey(value, tag: 10, into: &hash)  // _KEY_END
            default: break
            }
        }
        self.init(keyHash: hash.value, flags: flags, verdict: verdict, expiration: expiration ?? timeout)
    }

    private static func combineKey(_ data: RawSpan, tag: UInt8, into hash: inout StableHash) {
        forEachAttribute(in: data) { type, value in
            guard type == 1 else { return }  // NFTA_DATA_VALUE
            hash.combine(tag)
            hash.combine(value)
        }
    }
}

/// `NFT_SET_ELEM_*`.
public struct NFTElementFlags: OptionSet, Hashable, Sendable {
    /// The number in the kernel's header.
    public let rawValue: UInt32
    /// Takes a number of the kernel's, known or not.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// `NFT_SET_ELEM_INTERVAL_END`
    public static let intervalEnd = NFTElementFlags(rawValue: 1)
    /// `NFT_SET_ELEM_CATCHALL`
    public static let catchall = NFTElementFlags(rawValue: 2)
}
