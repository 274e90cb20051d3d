/// A rule: `NFTA_RULE_*` of linux/netfilter/nf_tables.h.
public struct NFTRule: Hashable, Sendable {
    /// The family of the table.
    public var family: NFTFamily
    /// The name of the table.
    public var table: String
    /// Absent in a request that deletes the rules of every chain of the table.
    public var chain: String?
    /// The same in a request, by the number the request gave the chain.
    public var chainID: UInt32?
    /// The rule's own number, unique in its table and never used again. Absent in a request to make one, and in one to
    /// delete every rule of a chain. In a request with `NLM_F_REPLACE`, the rule to replace.
    public var handle: UInt64?
    /// The handle of the rule before it, in notifications and dumps; of the rule to insert at, in requests.
    public var position: UInt64?
    /// The number a request gives a rule it makes, for its own later messages.
    public var id: UInt32?
    /// The rule to insert at, by such a number.
    public var positionID: UInt32?
    /// Where no position is told: the rule is the last of its chain, and not the first. Nil: the kernel does not say,
    /// as up to 5.10; it gives no position either.
    public var isAppended: Bool?
    /// What it matches and does, in order.
    public var expressions: [NFTExpression] = []
    /// What nft keeps as the rule's comment (`NFTNL_UDATA_RULE_COMMENT`). The kernel does not look at it.
    public var comment: String?
    /// The raw `NFTA_RULE_EXPRESSIONS`, if asked for: 200 to 400 bytes a rule.
    public var expressionBytes: [UInt8]?

    /// Describes one by its parts.
    public init(family: NFTFamily, table: String, chain: String? = nil, handle: UInt64? = nil) {
        self.family = family
        self.table = table
        self.chain = chain
        self.handle = handle
    }

    init(family: NFTFamily, flags: NetlinkFlags, attributes: RawSpan, keepingExpressionBytes: Bool) {
        self.init(family: family, table: "")
        if !flags.isDisjoint(with: [.append, .create]) { isAppended = flags.contains(.append) }
        forEachAttribute(in: attributes) { type, value in
            switch type {
            case 1: table = value.name()  // NFTA_RULE_TABLE
            case 2: chain = value.name()  // _CHAIN
            case 3: handle = value.bigEndian(UInt64.self)  // _HANDLE
            case 4:  // _EXPRESSIONS
                expressions = NFTRule.expressions(in: value)
                if keepingExpressionBytes { expressionBytes = value.copy() }
            case 6: position = value.bigEndian(UInt64.self)  // _POSITION
            case 7: comment = NFTRule.comment(in: value)  // _USERDATA
            case 9: id = value.bigEndian(UInt32.self)  // _ID
            case 10: positionID = value.bigEndian(UInt32.self)  // _POSITION_ID
            case 11: chainID = value.bigEndian(UInt32.self)  // _CHAIN_ID
            default: break
            }
        }
    }

    private static func expressions(in list: RawSpan) -> [NFTExpression] {
        var expressions: [NFTExpression] = []
        forEachAttribute(in: list) { type, value in
            if type == 1 { expressions.append(NFTExpression(attributes: value)) }  // NFTA_LIST_ELEM
        }
        return expressions
    }

    /// Finds the comment in libnftnl's own list of (type, length, value), one byte each for type and length.
    private static func comment(in userdata: RawSpan) -> String? {
        var offset = 0
        while let type = userdata.load(offset, as: UInt8.self), let count = userdata.load(offset &+ 1, as: UInt8.self) {
            let start = offset &+ 2
            let end = start &+ Int(count)
            guard end <= userdata.byteCount else { return nil }
            if type == 0 { return userdata.extracting(start..<end).name() }
            offset = end
        }
        return nil
    }
}
