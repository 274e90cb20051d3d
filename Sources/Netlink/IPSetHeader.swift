/// A set as the kernel lists it (`IPSET_CMD_LIST` with `IPSET_FLAG_LIST_HEADER`), without its members.
public struct IPSetHeader: Hashable, Sendable {
    /// The name of the set.
    public var name: String
    /// Such as `hash:ip`.
    public var typeName: String
    /// The family of its addresses; unspecified where it has none.
    public var family: NFTFamily?
    /// The revision of the type.
    public var revision: UInt8?
    /// How many elements it holds. Those that timed out may be counted until they are collected.
    /// Absent where the kernel does not tell (before 4.9).
    public var elements: UInt32?
    /// Its elements may go by themselves (`timeout`).
    public var hasTimeout = false
    /// How many rules and sets refer to it.
    public var references: UInt32?
    /// The kernel's number of it, by which rules refer to it. Absent before 4.20.
    public var index: UInt16?

    /// Describes one by its parts.
    public init(
        name: String, typeName: String, family: NFTFamily? = nil, revision: UInt8? = nil, elements: UInt32? = nil,
        references: UInt32? = nil
    ) {
        self.name = name
        self.typeName = typeName
        self.family = family
        self.revision = revision
        self.elements = elements
        self.references = references
    }

    /// Reads the payload of one message of a list. Nil if it has no type name: a set with many members comes in
    /// several messages, of which only the first has the header.
    public init?(payload: RawSpan) {
        guard payload.byteCount >= NetfilterHeader.byteCount else { return nil }
        self.init(name: "", typeName: "")
        var hasName = false
        var hasType = false
        forEachAttribute(in: payload.extracting(droppingFirst: NetfilterHeader.byteCount)) { type, value in
            switch type {
            case 2:  // IPSET_ATTR_SETNAME
                name = value.name()
                hasName = true
            case 3:  // IPSET_ATTR_TYPENAME
                typeName = value.name()
                hasType = true
            case 4: revision = value.load(0, as: UInt8.self)  // IPSET_ATTR_REVISION
            case 5: family = value.load(0, as: UInt8.self).map(NFTFamily.init(rawValue:))  // IPSET_ATTR_FAMILY
            case 7: readData(value)  // IPSET_ATTR_DATA
            case 11: index = value.bigEndian(UInt16.self)  // IPSET_ATTR_INDEX
            default: break
            }
        }
        guard hasName, hasType else { return nil }
    }

    private mutating func readData(_ data: RawSpan) {
        forEachAttribute(in: data) { type, value in
            if type == 6 { hasTimeout = true }  // IPSET_ATTR_TIMEOUT
            if type == 24 { elements = value.bigEndian(UInt32.self) }  // IPSET_ATTR_ELEMENTS
            if type == 25 { references = value.bigEndian(UInt32.self) }  // IPSET_ATTR_REFERENCES
        }
    }
}
