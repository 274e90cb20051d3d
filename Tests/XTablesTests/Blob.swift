import XTables

/// Lays out a table as iptables does: for each built-in chain its rules and policy, for each user chain a head, its
/// rules and a return, then the end.
struct Blob {
    var bytes: [UInt8] = []
    var hooks = XTHooks(
        validHooks: 0, hookEntry: [UInt32](repeating: 0, count: 5), underflow: [UInt32](repeating: 0, count: 5))
    let family: XTFamily
    /// As `translate_table` leaves it: pointers over the names and in the counters.
    var isKernel = false

    init(_ family: XTFamily = .ipv4, isKernel: Bool = false) {
        self.family = family
        self.isKernel = isKernel
    }

    private var entrySize: Int {
        switch family {
        case .ipv4: 112
        case .ipv6: 168
        case .arp, .bridge: 192
        }
    }

    private var targetOffset: Int {
        switch family {
        case .ipv4: 88
        case .ipv6: 140
        case .arp, .bridge: 164
        }
    }

    /// Where the next entry will begin.
    var end: Int { bytes.count }
    /// The size of an entry with a standard target and no match.
    var standardSize: Int { entrySize + 40 }

    /// Appends an entry. `fields` are bytes to set in its front, by offset.
    mutating func entry(
        target: String = "", data: [UInt8], matches: [(String, [UInt8])] = [], fields: [Int: UInt8] = [:],
        packets: UInt8 = 0
    ) {
        let start = bytes.count
        bytes += [UInt8](repeating: 0, count: entrySize)
        for (offset, byte) in fields { bytes[start + offset] = byte }
        bytes[start + entrySize - 16] = packets
        if isKernel { bytes.replaceSubrange((start + entrySize - 16)..<(start + entrySize - 8), with: pointer) }
        for (name, data) in matches { extend(name, data) }
        put(UInt16(bytes.count - start), at: start + targetOffset)
        extend(target, data)
        put(UInt16(bytes.count - start), at: start + targetOffset + 2)
    }

    /// Appends an entry with a verdict, or a jump to an offset.
    mutating func standard(_ verdict: Int, matches: [(String, [UInt8])] = [], fields: [Int: UInt8] = [:]) {
        entry(data: Blob.integer(Int32(verdict)) + [0, 0, 0, 0], matches: matches, fields: fields)
    }

    /// Appends the head of a user chain, or with the name `ERROR` the end of the table.
    mutating func head(_ name: String) {
        entry(target: "ERROR", data: Array(name.utf8) + [UInt8](repeating: 0, count: 32 - name.utf8.count))
    }

    /// Begins a built-in chain.
    mutating func begin(hook: Int) {
        hooks.validHooks |= 1 << UInt32(hook)
        hooks.hookEntry[hook] = UInt32(bytes.count)
    }

    /// Ends a built-in chain with its policy.
    mutating func policy(hook: Int, _ verdict: Int) {
        hooks.underflow[hook] = UInt32(bytes.count)
        standard(verdict)
    }

    func table(_ origin: XTOrigin = .user) -> XTable {
        XTable.decode(entries: bytes.span.bytes, family: family, name: "filter", hooks: hooks, origin: origin)
    }

    static func integer(_ value: Int32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private mutating func extend(_ name: String, _ data: [UInt8]) {
        let start = bytes.count
        let size = (32 + data.count + 7) / 8 * 8
        bytes += [UInt8](repeating: 0, count: size)
        put(UInt16(size), at: start)
        bytes.replaceSubrange((start + 2)..<(start + 2 + name.utf8.count), with: name.utf8)
        bytes.replaceSubrange((start + 32)..<(start + 32 + data.count), with: data)
        if isKernel { bytes.replaceSubrange((start + 8)..<(start + 16), with: pointer) }
    }

    private var pointer: [UInt8] { [0x80, 0x31, 0x25, 0xc0, 0xff, 0xff, 0xff, 0xff] }

    private mutating func put(_ value: UInt16, at offset: Int) {
        bytes[offset] = UInt8(truncatingIfNeeded: value)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: value >> 8)
    }
}

extension Blob {
    /// INPUT: a jump to `guests`, REJECT, policy drop. OUTPUT: empty, policy accept. `guests`: accept from one
    /// interface. `empty`: nothing.
    static func sample(_ family: XTFamily, isKernel: Bool = false) -> Blob {
        var blob = Blob(family, isKernel: isKernel)
        let hooks = family == .arp ? (input: 0, output: 1) : (input: 1, output: 3)
        blob.begin(hook: hooks.input)
        // INPUT has a jump, a REJECT entry as long as a standard one, and a policy; OUTPUT a policy.
        let guests = 4 * blob.standardSize + blob.standardSize + 24
        blob.standard(guests, matches: [])
        blob.entry(target: "REJECT", data: [0, 0, 0, 0])
        blob.policy(hook: hooks.input, -1)
        blob.begin(hook: hooks.output)
        blob.policy(hook: hooks.output, -2)
        blob.head("guests")
        let interface = family == .ipv4 ? (16, 48) : family == .ipv6 ? (64, 96) : (94, 126)
        blob.standard(-2, fields: [interface.0: 0x6c, interface.1: 0xff])
        blob.standard(-5)
        blob.head("empty")
        blob.standard(-5)
        blob.head("ERROR")
        return blob
    }
}
