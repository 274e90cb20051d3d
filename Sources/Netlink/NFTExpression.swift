/// One step of a rule (`NFTA_EXPR_*`), read as far as it says what becomes of a packet.
public enum NFTExpression: Hashable, Sendable {
    /// Loads a constant: into register 0 a verdict, which ends the rule; into another a value, and `verdict` is nil.
    case immediate(verdict: NFTVerdict?)
    /// Goes on only if the set holds the packet's key. With `isVerdictMap` the set's data is the verdict.
    case lookup(set: String, setID: UInt32?, isInverted: Bool, isVerdictMap: Bool)
    /// Adds to, updates in or deletes from a set as packets pass.
    case dynset(set: String, setID: UInt32?)
    case counter(packets: UInt64, bytes: UInt64)
    case log
    /// Goes on below the rate, or above it if inverted.
    case limit(isInverted: Bool)
    case reject
    /// An xtables match through nft_compat; `info` is its private structure.
    case match(name: String, revision: UInt32, info: [UInt8])
    /// An xtables target through nft_compat; `info` is its private structure.
    case target(name: String, revision: UInt32, info: [UInt8])
    /// One that never stops a rule, whatever the packet: `notrack`, `bitwise`, a `meta` or `ct` that sets.
    case statement(name: String)
    /// Any other, known to the kernel by this name: `payload`, `cmp`, `nat`, `queue`…
    case other(name: String)

    /// The kernel's name of the expression.
    public var name: String {
        switch self {
        case .immediate: "immediate"
        case .lookup: "lookup"
        case .dynset: "dynset"
        case .counter: "counter"
        case .log: "log"
        case .limit: "limit"
        case .reject: "reject"
        case .match: "match"
        case .target: "target"
        case .statement(let name), .other(let name): name
        }
    }
}

extension NFTExpression {
    /// Reads one `NFTA_EXPR_*` pair of name and data.
    init(attributes: RawSpan) {
        var name = ""
        // The data may come before the name, so it is read twice rather than kept: a span cannot be stored.
        forEachAttribute(in: attributes) { type, value in
            if type == 1 { name = value.name() }  // NFTA_EXPR_NAME
        }
        var expression = NFTExpression(name: name)
        forEachAttribute(in: attributes) { type, value in
            if type == 2 { expression = NFTExpression(name: name, data: value) }  // NFTA_EXPR_DATA
        }
        self = expression
    }

    /// An expression that came without data.
    private init(name: String) {
        switch name {
        case "log": self = .log
        case "reject": self = .reject
        case "counter": self = .counter(packets: 0, bytes: 0)
        case "notrack", "last", "bitwise", "byteorder", "numgen", "dup": self = .statement(name: name)
        default: self = .other(name: name)
        }
    }

    private init(name: String, data: RawSpan) {
        switch name {
        case "immediate": self = .immediate(verdict: NFTExpression.immediateVerdict(data))
        case "lookup": self = .lookup(data)
        case "dynset": self = .dynset(data)
        case "counter": self = .counter(data)
        case "limit": self = .limit(isInverted: NFTExpression.limitFlags(data) & 1 != 0)  // NFT_LIMIT_F_INV
        case "match", "target": self = .compat(data, isMatch: name == "match")
        case "meta", "ct", "objref":
            self = NFTExpression.goesOn(data, name) ? .statement(name: name) : .other(name: name)
        default: self.init(name: name)
        }
    }

    private static func immediateVerdict(_ data: RawSpan) -> NFTVerdict? {
        var verdict: NFTVerdict?
        forEachAttribute(in: data) { type, value in
            if type == 2 { verdict = NFTVerdict(data: value) }  // NFTA_IMMEDIATE_DATA
        }
        return verdict
    }

    private static func lookup(_ data: RawSpan) -> NFTExpression {
        var set = ""
        var setID: UInt32?
        var flags: UInt32 = 0
        var destination: UInt32?
        forEachAttribute(in: data) { type, value in
            switch type {
            case 1: set = value.name()  // NFTA_LOOKUP_SET
            case 3: destination = value.bigEndian(UInt32.self)  // _DREG
            case 4: setID = value.bigEndian(UInt32.self)  // _SET_ID
            case 5: flags = value.bigEndian(UInt32.self) ?? 0  // _FLAGS
            default: break
            }
        }
        return .lookup(set: set, setID: setID, isInverted: flags & 1 != 0, isVerdictMap: destination == 0)
    }

    private static func dynset(_ data: RawSpan) -> NFTExpression {
        var set = ""
        var setID: UInt32?
        forEachAttribute(in: data) { type, value in
            if type == 1 { set = value.name() }  // NFTA_DYNSET_SET_NAME
            if type == 2 { setID = value.bigEndian(UInt32.self) }  // _SET_ID
        }
        return .dynset(set: set, setID: setID)
    }

    private static func counter(_ data: RawSpan) -> NFTExpression {
        var packets: UInt64 = 0
        var bytes: UInt64 = 0
        forEachAttribute(in: data) { type, value in
            if type == 1 { bytes = value.bigEndian(UInt64.self) ?? 0 }  // NFTA_COUNTER_BYTES
            if type == 2 { packets = value.bigEndian(UInt64.self) ?? 0 }  // _PACKETS
        }
        return .counter(packets: packets, bytes: bytes)
    }

    private static func limitFlags(_ data: RawSpan) -> UInt32 {
        var flags: UInt32 = 0
        forEachAttribute(in: data) { type, value in
            if type == 5 { flags = value.bigEndian(UInt32.self) ?? 0 }  // NFTA_LIMIT_FLAGS
        }
        return flags
    }

    /// Whether it goes on with every packet. One that loads may find nothing to load: then the rule does not match.
    private static func goesOn(_ data: RawSpan, _ name: String) -> Bool {
        var key: UInt32?
        var sets = false
        forEachAttribute(in: data) { type, value in
            switch (name, type) {
            // NFTA_META_KEY; NFTA_OBJREF_IMM_TYPE, NFTA_OBJREF_IMM_NAME
            case ("meta", 2), ("objref", 1): key = value.bigEndian(UInt32.self)
            case ("meta", 3), ("ct", 4), ("objref", 2): sets = true  // NFTA_META_SREG, NFTA_CT_SREG
            default: break
            }
        }
        switch name {
        case "meta": return sets || key.map { [0, 2, 3, 15].contains($0) } ?? false  // length, priority, mark, family
        case "objref": return sets && key == 1  // NFT_OBJECT_COUNTER
        default: return sets
        }
    }

    /// `NFTA_MATCH_*` and `NFTA_TARGET_*` have the same numbers.
    private static func compat(_ data: RawSpan, isMatch: Bool) -> NFTExpression {
        var name = ""
        var revision: UInt32 = 0
        var info: [UInt8] = []
        forEachAttribute(in: data) { type, value in
            switch type {
            case 1: name = value.name()
            case 2: revision = value.bigEndian(UInt32.self) ?? 0
            case 3: info = value.copy()
            default: break
            }
        }
        return isMatch
            ? .match(name: name, revision: revision, info: info) : .target(name: name, revision: revision, info: info)
    }
}
