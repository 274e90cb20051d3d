/// A named stateful object (counter, quota, limit, conntrack helper…): `NFTA_OBJ_*` of linux/netfilter/nf_tables.h.
public struct NFTObject: Hashable, Sendable {
    /// The family of the table.
    public var family: NFTFamily
    /// The name of the table.
    public var table: String
    /// Absent in a request that names it by handle.
    public var name: String?
    /// `NFT_OBJECT_*`: counter 1, quota 2, ct helper 3, limit 4, connlimit 5, tunnel 6, ct timeout 7, secmark 8,
    /// ct expectation 9, synproxy 10.
    public var type: UInt32?
    /// The kernel's own number for it, never used again.
    public var handle: UInt64?

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
            case 1: table = value.name()  // NFTA_OBJ_TABLE
            case 2: name = value.name()  // _NAME
            case 3: self.type = value.bigEndian(UInt32.self)  // _TYPE
            case 6: handle = value.bigEndian(UInt64.self)  // _HANDLE
            default: break
            }
        }
    }
}

/// A flowtable, by which established flows pass the chains by: `NFTA_FLOWTABLE_*` of linux/netfilter/nf_tables.h.
public struct NFTFlowtable: Hashable, Sendable {
    /// The family of the table.
    public var family: NFTFamily
    /// The name of the table.
    public var table: String
    /// Absent in a request that names it by handle.
    public var name: String?
    /// The hook, and the interfaces whose flows it takes.
    public var hook: NFTHook?
    /// The kernel's own number for it, never used again.
    public var handle: UInt64?
    /// `NFT_FLOWTABLE_*`: hardware offload 1, counter 2.
    public var flags: UInt32?

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
            case 1: table = value.name()  // NFTA_FLOWTABLE_TABLE
            case 2: name = value.name()  // _NAME
            case 3: hook = NFTHook(flowtableAttributes: value)  // _HOOK
            case 5: handle = value.bigEndian(UInt64.self)  // _HANDLE
            case 7: flags = value.bigEndian(UInt32.self)  // _FLAGS
            default: break
            }
        }
    }
}

/// The end of a committed batch: `NFTA_GEN_*`.
public struct NFTGeneration: Hashable, Sendable {
    /// The number of the ruleset, of one namespace, counted up by every commit.
    public var id: UInt32
    /// The process that committed, in the namespace of the receiver; absent in old kernels.
    public var processID: UInt32?
    /// Its `comm`, up to 15 bytes, which the process chooses itself.
    public var processName: String?

    /// Describes one by its parts.
    public init(id: UInt32, processID: UInt32? = nil, processName: String? = nil) {
        self.id = id
        self.processID = processID
        self.processName = processName
    }

    init(attributes: RawSpan) {
        self.init(id: 0)
        forEachAttribute(in: attributes) { type, value in
            switch type {
            case 1: id = value.bigEndian(UInt32.self) ?? 0  // NFTA_GEN_ID
            case 2: processID = value.bigEndian(UInt32.self)  // _PROC_PID
            case 3: processName = value.name()  // _PROC_NAME
            default: break
            }
        }
    }
}
