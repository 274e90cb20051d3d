/// What becomes of a packet: `NFTA_VERDICT_*` of linux/netfilter/nf_tables.h.
public struct NFTVerdict: Hashable, Sendable {
    /// The verdict itself.
    public var code: NFTVerdictCode
    /// Where a jump or goto leads.
    public var chain: String?
    /// The same in a request, by the number the request gave the chain.
    public var chainID: UInt32?

    /// Describes one by its parts.
    public init(code: NFTVerdictCode, chain: String? = nil, chainID: UInt32? = nil) {
        self.code = code
        self.chain = chain
        self.chainID = chainID
    }

    /// Reads the verdict within `NFTA_DATA_*`, or nil if the data is a value.
    init?(data: RawSpan) {
        var verdict: NFTVerdict?
        forEachAttribute(in: data) { type, value in
            guard type == 2 else { return }  // NFTA_DATA_VERDICT
            var code: Int32?
            var chain: String?
            var chainID: UInt32?
            forEachAttribute(in: value) { type, value in
                switch type {
                case 1: code = value.bigEndian(Int32.self)  // NFTA_VERDICT_CODE
                case 2: chain = value.name()  // _CHAIN
                case 3: chainID = value.bigEndian(UInt32.self)  // _CHAIN_ID
                default: break
                }
            }
            verdict = code.map { NFTVerdict(code: NFTVerdictCode(rawValue: $0), chain: chain, chainID: chainID) }
        }
        guard let verdict else { return nil }
        self = verdict
    }
}

/// `NF_*` where not negative, `NFT_*` where it is.
public struct NFTVerdictCode: RawRepresentable, Hashable, Sendable {
    /// The number in the kernel's header.
    public let rawValue: Int32
    /// Takes a number of the kernel's, known or not.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// `NF_DROP`
    public static let drop = NFTVerdictCode(rawValue: 0)
    /// `NF_ACCEPT`: out of this chain's hook, not out of later ones.
    public static let accept = NFTVerdictCode(rawValue: 1)
    /// `NF_STOLEN`
    public static let stolen = NFTVerdictCode(rawValue: 2)
    /// `NF_QUEUE`, to user space; the upper half is the number of the queue.
    public static let queue = NFTVerdictCode(rawValue: 3)
    /// On with the next rule, the default: the same as no verdict.
    public static let `continue` = NFTVerdictCode(rawValue: -1)
    /// On with the next rule, from within this one.
    public static let `break` = NFTVerdictCode(rawValue: -2)
    /// To another chain, and back at its end.
    public static let jump = NFTVerdictCode(rawValue: -3)
    /// To another chain, and at its end to where this one was jumped from.
    public static let goto = NFTVerdictCode(rawValue: -4)
    /// Back to where this chain was jumped from; in a base chain, to its policy.
    public static let `return` = NFTVerdictCode(rawValue: -5)
}
