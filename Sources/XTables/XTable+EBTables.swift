internal import Netlink

extension XTable {
    /// Reads the chains and rules of a table of ebtables (`EBT_SO_GET_ENTRIES`).
    ///
    /// Chains lie one behind the other, each a head and its rules. As ebtables does, the first ones are taken for
    /// those of the hooks, in their order: that no user chain lies between them the kernel does not ask, but every
    /// tool keeps to it.
    public static func decode(ebtables bytes: RawSpan, name: String, validHooks: UInt32) -> XTable {
        var table = XTable(family: .bridge, name: name)
        var outline = EBOutline(bytes)
        let builtIn = validHooks.nonzeroBitCount
        for (index, section) in outline.sections.enumerated() {
            var chain = XTChain(
                name: section.name, isBuiltIn: index < builtIn, policy: EBVerdict.target(section.policy))
            chain.rules.reserveCapacity(section.rules.count)
            for rule in section.rules {
                chain.rules.append(outline.rule(rule, in: bytes))
            }
            table.chains.append(chain)
        }
        table.isMalformed = outline.isMalformed
        return table
    }
}

/// The verdicts of ebtables (`EBT_ACCEPT`…). What is not negative is the offset of the chain to go on with.
enum EBVerdict {
    static func target(_ verdict: Int32) -> XTTarget {
        switch verdict {
        case -1: .accept
        case -2: .drop
        case -3: .continue
        case -4: .return
        default: .unknown(verdict: verdict)
        }
    }
}

/// Where the chains and rules of a table lie.
struct EBOutline {
    struct Section {
        var name: String
        var policy: Int32
        /// The bytes of each.
        var rules: [Range<Int>] = []
    }

    private(set) var sections: [Section] = []
    private(set) var isMalformed = false
    /// Chains by the offset of their head: jumps name it.
    private var names: [Int: String] = [:]

    init(_ bytes: RawSpan) {
        var offset = 0
        while let isEntry = bytes.load(offset, as: UInt32.self).map({ $0 != 0 }) {
            guard let end = isEntry ? entry(bytes, at: offset) : head(bytes, at: offset) else { break }
            offset = end
        }
        if offset != bytes.byteCount { isMalformed = true }
    }

    private mutating func head(_ bytes: RawSpan, at offset: Int) -> Int? {
        guard bytes.byteCount &- offset >= EBLayout.Chain.byteCount,
            let policy = bytes.load(offset &+ EBLayout.Chain.policy, as: Int32.self)
        else { return nil }
        let name = bytes.extracting((offset &+ 4)..<(offset &+ 36)).name()
        names[offset] = name
        sections.append(Section(name: name, policy: policy))
        return offset &+ EBLayout.Chain.byteCount
    }

    private mutating func entry(_ bytes: RawSpan, at offset: Int) -> Int? {
        guard let size = bytes.load(offset &+ EBLayout.Entry.next, as: UInt32.self).map(Int.init),
            size >= EBLayout.Entry.byteCount, size <= bytes.byteCount &- offset, !sections.isEmpty
        else { return nil }
        sections[sections.count &- 1].rules.append(offset..<(offset &+ size))
        return offset &+ size
    }

    /// The rule whose bytes lie there.
    mutating func rule(_ range: Range<Int>, in bytes: RawSpan) -> XTRule {
        let whole = bytes.extracting(range)
        var hash = StableHash()
        EBLayout.combine(whole, into: &hash)
        let target = offset(whole, EBLayout.Entry.target, from: EBLayout.Entry.byteCount)
        let watchers = min(offset(whole, EBLayout.Entry.watchers, from: EBLayout.Entry.byteCount), target)

        let matches = extensions(whole, EBLayout.Entry.byteCount..<watchers, &hash)
        hash.combine(UInt8(0))
        // A watcher only looks on (`--log`), but it is part of what the rule says.
        _ = extensions(whole, watchers..<target, &hash)
        hash.combine(UInt8(0))
        let action = self.target(whole.extracting(droppingFirst: target), &hash)
        return XTRule(
            hash: hash.value, target: action,
            condition: matches.isEmpty ? EBLayout.condition(whole) : .sometimes, matches: matches)
    }

    /// An offset within an entry, or the end of it where there is no room behind the offset.
    private mutating func offset(_ whole: RawSpan, _ field: Int, from least: Int) -> Int {
        guard let offset = whole.load(field, as: UInt32.self).map(Int.init), offset >= least,
            offset <= whole.byteCount
        else {
            isMalformed = true
            return whole.byteCount
        }
        return offset
    }

    /// The names of the matches or watchers that lie in the range.
    private mutating func extensions(
        _ whole: RawSpan, _ range: Range<Int>, _ hash: inout StableHash
    ) -> [String] {
        var names: [String] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            let room = whole.extracting(offset..<range.upperBound)
            guard let view = EBExtensionView(room) else {
                isMalformed = true
                break
            }
            names.append(view.name)
            hash.combine(view.name)
            hash.combine(view.revision)
            hash.combine(room.extracting(view.data))
            offset &+= view.byteCount
        }
        return names
    }

    private mutating func target(_ room: RawSpan, _ hash: inout StableHash) -> XTTarget {
        guard let view = EBExtensionView(room) else {
            isMalformed = true
            return .unknown(verdict: 0)
        }
        hash.combine(view.name)
        let data = room.extracting(view.data)
        guard view.name == "standard", let verdict = data.load(0, as: Int32.self) else {
            hash.combine(view.revision)
            hash.combine(data)
            return .target(view.name)
        }
        // By name: the offset changes with every rule before it.
        if verdict >= 0, let chain = names[Int(verdict)] {
            hash.combine(chain)
            return .jump(chain)
        }
        hash.combine(UInt64(UInt32(bitPattern: verdict)))
        return EBVerdict.target(verdict)
    }
}

extension EBLayout {
    /// Takes in what the fields of an entry say. Behind the end of a name, and in what the mask leaves out, lies what
    /// lay in the memory of whoever made the table: ebtables sends other bytes there each time.
    static func combine(_ entry: RawSpan, into hash: inout StableHash) {
        let mask = entry.load(0, as: UInt32.self) ?? 0
        hash.combine(UInt64(mask))
        hash.combine(UInt64(entry.load(Entry.inversion, as: UInt32.self) ?? 0))
        if mask & (Entry.anyProtocol | Entry.ieee8023) == 0 { hash.combine(entry.extracting(Entry.ethernetProtocol)) }
        for offset in Entry.interfaces { hash.combine(entry.extracting(offset..<(offset &+ 16)).name()) }
        if mask & Entry.sourceAddress != 0 { hash.combine(entry.extracting(Entry.source)) }
        if mask & Entry.destinationAddress != 0 { hash.combine(entry.extracting(Entry.destination)) }
    }

    /// Which frames the fields of an entry can match, as `ebt_basic_match` compares them.
    static func condition(_ entry: RawSpan) -> XTCondition {
        let mask = entry.load(0, as: UInt32.self) ?? 0
        let inversion = entry.load(Entry.inversion, as: UInt32.self) ?? 0
        var isConditional =
            mask & Entry.anyProtocol == 0
            || mask & (Entry.ieee8023 | Entry.sourceAddress | Entry.destinationAddress) != 0
        for (offset, flag) in zip(Entry.interfaces, Entry.interfaceInversions) {
            if entry.load(offset, as: UInt8.self) ?? 0 != 0 {
                isConditional = true
            } else if inversion & flag != 0 {
                // An interface of no name is any; the opposite of that is none.
                return .never
            }
        }
        return isConditional ? .sometimes : .always
    }
}
