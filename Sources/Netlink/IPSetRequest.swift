/// A message of nfnetlink's subsystem 6 to the kernel: `IPSET_CMD_*` of linux/netfilter/ipset/ip_set.h.
public struct IPSetRequest: Hashable, Sendable {
    /// What is asked for.
    public var command: IPSetCommand
    /// Absent in a flush or destroy of every set.
    public var setName: String?
    /// The other set of a rename or swap.
    public var setName2: String?
    /// The type of a set to create, such as `hash:ip`.
    public var typeName: String?
    /// Of a set to create.
    public var family: NFTFamily?
    /// How many elements an add, delete or test names.
    public var elementCount = 0
    /// `IPSET_FLAG_*`.
    public var flags: UInt32?

    /// Describes one by its parts.
    public init(command: IPSetCommand, setName: String? = nil) {
        self.command = command
        self.setName = setName
    }

    /// Reads a payload, which begins with `struct nfgenmsg`; nil if it is too short even for that.
    public init?(command: UInt8, payload: RawSpan) {
        guard payload.byteCount >= NetfilterHeader.byteCount else { return nil }
        self.init(command: IPSetCommand(rawValue: command))
        forEachAttribute(in: payload.extracting(droppingFirst: NetfilterHeader.byteCount)) { type, value in
            switch type {
            case 2: setName = value.name()  // IPSET_ATTR_SETNAME
            case 3:  // IPSET_ATTR_TYPENAME and IPSET_ATTR_SETNAME2 are one number
                if self.command == .rename || self.command == .swap {
                    setName2 = value.name()
                } else {
                    typeName = value.name()
                }
            case 5: family = value.load(0, as: UInt8.self).map(NFTFamily.init(rawValue:))  // IPSET_ATTR_FAMILY
            case 6: flags = value.bigEndian(UInt32.self)  // IPSET_ATTR_FLAGS
            case 7 where self.command.namesElements: elementCount = 1  // IPSET_ATTR_DATA
            case 8 where self.command.namesElements:  // IPSET_ATTR_ADT
                var count = 0
                forEachAttribute(in: value) { _, _ in count &+= 1 }
                elementCount = count
            default: break
            }
        }
    }
}

/// `IPSET_CMD_*`. Unknown numbers are kept.
public struct IPSetCommand: RawRepresentable, Hashable, Sendable {
    /// The number in the kernel's header.
    public let rawValue: UInt8
    /// Takes a number of the kernel's, known or not.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `IPSET_CMD_PROTOCOL`
    public static let `protocol` = IPSetCommand(rawValue: 1)
    /// `IPSET_CMD_CREATE`
    public static let create = IPSetCommand(rawValue: 2)
    /// `IPSET_CMD_DESTROY`
    public static let destroy = IPSetCommand(rawValue: 3)
    /// `IPSET_CMD_FLUSH`
    public static let flush = IPSetCommand(rawValue: 4)
    /// `IPSET_CMD_RENAME`
    public static let rename = IPSetCommand(rawValue: 5)
    /// `IPSET_CMD_SWAP`
    public static let swap = IPSetCommand(rawValue: 6)
    /// `IPSET_CMD_LIST`
    public static let list = IPSetCommand(rawValue: 7)
    /// `IPSET_CMD_SAVE`
    public static let save = IPSetCommand(rawValue: 8)
    /// `IPSET_CMD_ADD`
    public static let add = IPSetCommand(rawValue: 9)
    /// `IPSET_CMD_DEL`
    public static let delete = IPSetCommand(rawValue: 10)
    /// `IPSET_CMD_TEST`
    public static let test = IPSetCommand(rawValue: 11)
    /// `IPSET_CMD_HEADER`
    public static let header = IPSetCommand(rawValue: 12)
    /// `IPSET_CMD_TYPE`
    public static let type = IPSetCommand(rawValue: 13)
    /// `IPSET_CMD_GET_BYNAME`
    public static let getByName = IPSetCommand(rawValue: 14)
    /// `IPSET_CMD_GET_BYINDEX`
    public static let getByIndex = IPSetCommand(rawValue: 15)

    /// Whether it changes sets or their elements.
    public var isChange: Bool { (2...6).contains(rawValue) || rawValue == 9 || rawValue == 10 }
    /// Whether the data it carries is of elements, and not of the set.
    var namesElements: Bool { (9...11).contains(rawValue) }

    /// The name `ipset` uses.
    public var name: String {
        let names = [
            "none", "protocol", "create", "destroy", "flush", "rename", "swap", "list", "save", "add", "del", "test",
            "header", "type", "get-byname", "get-byindex",
        ]
        return names.indices.contains(Int(rawValue)) ? names[Int(rawValue)] : "command-\(rawValue)"
    }
}
