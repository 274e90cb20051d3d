/// A chain: `NFTA_CHAIN_*` of linux/netfilter/nf_tables.h.
public struct NFTChain: Hashable, Sendable {
    /// The family of the table.
    public var family: NFTFamily
    /// The name of the table.
    public var table: String
    /// Absent in a request that names the chain by handle, or deletes all of the table.
    public var name: String?
    /// The kernel's own number for it, never used again.
    public var handle: UInt64?
    /// Where a base chain is attached; absent for a chain that is only jumped to.
    public var hook: NFTHook?
    /// What a base chain does with a packet that no rule decided.
    public var policy: NFTPolicy?
    /// `filter`, `nat` or `route`.
    public var type: String?
    /// `NFT_CHAIN_*`: base 1, hardware offload 2, binding 4.
    public var flags: UInt32?
    /// How many rules it holds and how many refer to it.
    public var use: UInt32?
    /// The number a request gives a chain it makes, for its own later messages.
    public var id: UInt32?

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
            case 1: table = value.name()  // NFTA_CHAIN_TABLE
            case 2: handle = value.bigEndian(UInt64.self)  // _HANDLE
            case 3: name = value.name()  // _NAME
            case 4: hook = NFTHook(chainAttributes: value)  // _HOOK
            case 5: policy = value.bigEndian(UInt32.self).map(NFTPolicy.init(rawValue:))  // _POLICY
            case 6: use = value.bigEndian(UInt32.self)  // _USE
            case 7: self.type = value.name()  // _TYPE
            case 10: flags = value.bigEndian(UInt32.self)  // _FLAGS
            case 11: id = value.bigEndian(UInt32.self)  // _ID
            default: break
            }
        }
    }
}

/// What a base chain does with an undecided packet: `NF_DROP` or `NF_ACCEPT`.
public struct NFTPolicy: RawRepresentable, Hashable, Sendable {
    /// The number in the kernel's header.
    public let rawValue: UInt32
    /// Takes a number of the kernel's, known or not.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// `NF_DROP`
    public static let drop = NFTPolicy(rawValue: 0)
    /// `NF_ACCEPT`
    public static let accept = NFTPolicy(rawValue: 1)
}

/// Where a base chain or flowtable is attached: `NFTA_HOOK_*`, `NFTA_FLOWTABLE_HOOK_*`.
public struct NFTHook: Hashable, Sendable {
    /// `NF_INET_*` or `NF_NETDEV_*`, by the family of the table. Absent in an update that only moves devices.
    public var number: UInt32?
    /// The lower, the earlier. Absent as above.
    public var priority: Int32?
    /// The interfaces of a netdev chain or flowtable, or those an update adds or removes.
    /// A name that ends in `*` is a prefix (kernel 6.18).
    public var devices: [String] = []

    /// Describes one by its parts.
    public init(number: UInt32? = nil, priority: Int32? = nil, devices: [String] = []) {
        self.number = number
        self.priority = priority
        self.devices = devices
    }

    init(chainAttributes: RawSpan) {
        forEachAttribute(in: chainAttributes) { type, value in
            switch type {
            case 1: number = value.bigEndian(UInt32.self)  // NFTA_HOOK_HOOKNUM
            case 2: priority = value.bigEndian(Int32.self)  // _PRIORITY
            case 3: devices = [value.name()]  // _DEV
            case 4: devices = NFTHook.devices(in: value)  // _DEVS: a chain of one device has both
            default: break
            }
        }
    }

    init(flowtableAttributes: RawSpan) {
        forEachAttribute(in: flowtableAttributes) { type, value in
            switch type {
            case 1: number = value.bigEndian(UInt32.self)  // NFTA_FLOWTABLE_HOOK_NUM
            case 2: priority = value.bigEndian(Int32.self)  // _PRIORITY
            case 3: devices = NFTHook.devices(in: value)  // _DEVS
            default: break
            }
        }
    }

    private static func devices(in list: RawSpan) -> [String] {
        var devices: [String] = []
        forEachAttribute(in: list) { type, device in
            if type == 1 { devices.append(device.name()) }  // NFTA_DEVICE_NAME
            if type == 2 { devices.append(device.name() + "*") }  // NFTA_DEVICE_PREFIX
        }
        return devices
    }
}
