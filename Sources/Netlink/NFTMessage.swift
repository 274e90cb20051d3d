/// A message of nfnetlink's subsystem 10, nftables.
///
/// A request, the notification of its commit and the reply to a dump have the same layout; a request may leave out
/// more. A delete with `destroy` is one that does not mind if there is nothing to delete (kernel 6.3).
public enum NFTMessage: Hashable, Sendable {
    case newTable(NFTTable)
    case deleteTable(NFTTable, destroy: Bool)
    case newChain(NFTChain)
    case deleteChain(NFTChain, destroy: Bool)
    case newRule(NFTRule)
    case deleteRule(NFTRule, destroy: Bool)
    case newSet(NFTSet)
    case deleteSet(NFTSet, destroy: Bool)
    case newElements(NFTElements)
    case deleteElements(NFTElements, destroy: Bool)
    case newObject(NFTObject)
    case deleteObject(NFTObject, destroy: Bool)
    case newFlowtable(NFTFlowtable)
    case deleteFlowtable(NFTFlowtable, destroy: Bool)
    /// Ends the notifications of a commit, and answers `NFT_MSG_GETGEN`.
    case newGeneration(NFTGeneration)
    /// A get, a reset, a trace, or a type unknown here.
    case other(type: UInt8)

    /// Reads a payload, which begins with `struct nfgenmsg`; nil if it is too short even for that.
    ///
    /// `type` is the lower byte of the header's, `flags` are the header's. Malformed attributes are left out, as the
    /// kernel leaves them out.
    public init?(
        type: UInt8, flags: NetlinkFlags = [], payload: RawSpan, keepingExpressionBytes: Bool = false
    ) {
        guard let header = NetfilterHeader(payload) else { return nil }
        let family = header.family
        let attributes = payload.extracting(droppingFirst: NetfilterHeader.byteCount)
        guard let kind = NFTMessageType(rawValue: type) else {
            self = .other(type: type)
            return
        }
        switch kind {
        case .newTable: self = .newTable(NFTTable(family: family, attributes: attributes))
        case .deleteTable, .destroyTable:
            self = .deleteTable(NFTTable(family: family, attributes: attributes), destroy: kind == .destroyTable)
        case .newChain: self = .newChain(NFTChain(family: family, attributes: attributes))
        case .deleteChain, .destroyChain:
            self = .deleteChain(NFTChain(family: family, attributes: attributes), destroy: kind == .destroyChain)
        case .newRule, .deleteRule, .destroyRule:
            let rule = NFTRule(
                family: family, flags: kind == .newRule ? flags : [], attributes: attributes,
                keepingExpressionBytes: keepingExpressionBytes)
            self = kind == .newRule ? .newRule(rule) : .deleteRule(rule, destroy: kind == .destroyRule)
        case .newSet: self = .newSet(NFTSet(family: family, attributes: attributes))
        case .deleteSet, .destroySet:
            self = .deleteSet(NFTSet(family: family, attributes: attributes), destroy: kind == .destroySet)
        case .newElements: self = .newElements(NFTElements(family: family, attributes: attributes))
        case .deleteElements, .destroyElements:
            self = .deleteElements(
                NFTElements(family: family, attributes: attributes), destroy: kind == .destroyElements)
        case .newObject: self = .newObject(NFTObject(family: family, attributes: attributes))
        case .deleteObject, .destroyObject:
            self = .deleteObject(NFTObject(family: family, attributes: attributes), destroy: kind == .destroyObject)
        case .newFlowtable: self = .newFlowtable(NFTFlowtable(family: family, attributes: attributes))
        case .deleteFlowtable, .destroyFlowtable:
            self = .deleteFlowtable(
                NFTFlowtable(family: family, attributes: attributes), destroy: kind == .destroyFlowtable)
        case .newGeneration: self = .newGeneration(NFTGeneration(attributes: attributes))
        case .getTable, .getChain, .getRule, .getSet, .getElements, .getGeneration: self = .other(type: type)
        }
    }
}

/// `NFT_MSG_*` of linux/netfilter/nf_tables.h, as far as they are read or sent here.
enum NFTMessageType: UInt8 {
    case newTable = 0
    case getTable = 1
    case deleteTable = 2
    case newChain = 3
    case getChain = 4
    case deleteChain = 5
    case newRule = 6
    case getRule = 7
    case deleteRule = 8
    case newSet = 9
    case getSet = 10
    case deleteSet = 11
    case newElements = 12
    case getElements = 13
    case deleteElements = 14
    case newGeneration = 15
    case getGeneration = 16
    case newObject = 18
    case deleteObject = 20
    case newFlowtable = 22
    case deleteFlowtable = 24

    // From kernel 6.3 on, so not in Debian 12's headers. 25 is NFT_MSG_GETRULE_RESET.
    case destroyTable = 26
    case destroyChain = 27
    case destroyRule = 28
    case destroySet = 29
    case destroyElements = 30
    case destroyObject = 31
    case destroyFlowtable = 32
}
