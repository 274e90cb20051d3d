import Testing
import XTables

/// Lays out a table of ebtables: heads of chains and rules, one behind the other.
struct EBBlob {
    var bytes: [UInt8] = []

    /// Appends the head of a chain.
    mutating func chain(_ name: String, policy: Int32 = -1, rules: Int = 0) {
        var head = [UInt8](repeating: 0, count: 48)
        head.replaceSubrange(4..<(4 + name.utf8.count), with: name.utf8)
        head.replaceSubrange(40..<44, with: Blob.integer(policy))
        head.replaceSubrange(44..<48, with: Blob.integer(Int32(rules)))
        bytes += head
    }

    /// Appends a rule. `fields` are bytes to set in its front, by offset.
    mutating func rule(
        target: String = "standard", data: [UInt8], matches: [(String, [UInt8])] = [],
        watchers: [(String, [UInt8])] = [], fields: [Int: UInt8] = [:]
    ) {
        var entry = [UInt8](repeating: 0, count: 112)
        entry[0] = 0x03
        for (offset, byte) in fields { entry[offset] = byte }
        for (name, data) in matches { entry += Self.piece(name, data) }
        entry.replaceSubrange(100..<104, with: Blob.integer(Int32(entry.count)))
        for (name, data) in watchers { entry += Self.piece(name, data) }
        entry.replaceSubrange(104..<108, with: Blob.integer(Int32(entry.count)))
        entry += Self.piece(target, data)
        entry.replaceSubrange(108..<112, with: Blob.integer(Int32(entry.count)))
        bytes += entry
    }

    mutating func standard(_ verdict: Int32, fields: [Int: UInt8] = [:]) {
        rule(data: Blob.integer(verdict) + [0, 0, 0, 0], fields: fields)
    }

    private static func piece(_ name: String, _ data: [UInt8]) -> [UInt8] {
        var piece = [UInt8](repeating: 0, count: 40)
        piece.replaceSubrange(0..<name.utf8.count, with: name.utf8)
        piece.replaceSubrange(32..<36, with: Blob.integer(Int32(data.count)))
        return piece + data
    }

    func table(hooks: UInt32 = 0b1110) -> XTable {
        XTable.decode(ebtables: bytes.span.bytes, name: "filter", validHooks: hooks)
    }

    /// INPUT: drops all, jumps to `mine`. FORWARD: empty, drops. OUTPUT: a match and a watcher. `mine`: DNAT.
    static var sample: EBBlob {
        var blob = EBBlob()
        // INPUT has two rules of 160 bytes, OUTPUT one of 272.
        let mine: Int32 = 3 * 48 + 2 * 160 + 272
        blob.chain("INPUT", rules: 2)
        blob.standard(-2)
        blob.standard(mine, fields: [10: 0x65])
        blob.chain("FORWARD", policy: -2)
        blob.chain("OUTPUT", rules: 1)
        blob.rule(
            data: Blob.integer(-1) + [0, 0, 0, 0], matches: [("ip", [UInt8](repeating: 7, count: 16))],
            watchers: [("log", [UInt8](repeating: 1, count: 16))])
        blob.chain("mine", policy: -4, rules: 1)
        blob.rule(target: "dnat", data: [UInt8](repeating: 2, count: 16))
        return blob
    }
}

@Suite struct `A table of ebtables` {
    @Test func `has chains, policies and rules`() {
        let table = EBBlob.sample.table()
        #expect(!table.isMalformed && table.family == .bridge && table.ruleCount == 4)
        #expect(table.chains.map(\.name) == ["INPUT", "FORWARD", "OUTPUT", "mine"])
        #expect(table.chains.map(\.isBuiltIn) == [true, true, true, false])
        #expect(table.chains.map(\.policy) == [.accept, .drop, .accept, .return])
        #expect(
            table.chains.map { $0.rules.map(\.target) } == [[.drop, .jump("mine")], [], [.accept], [.target("dnat")]])
    }

    @Test func `tells which frames a rule can match`() {
        let table = EBBlob.sample.table()
        #expect(
            table.chains.map { $0.rules.map(\.condition) } == [[.always, .sometimes], [], [.sometimes], [.always]])
        #expect(table.chains[2].rules[0].matches == ["ip"])
        var blob = EBBlob()
        blob.chain("INPUT")
        blob.standard(-1, fields: [0: 0x01, 8: 0x08])  // a protocol
        blob.standard(-1, fields: [0: 0x0b])  // a source
        blob.standard(-1, fields: [4: 0x02])  // any interface but any
        #expect(blob.table(hooks: 2).chains[0].rules.map(\.condition) == [.sometimes, .sometimes, .never])
    }

    @Test func `knows a rule wherever it stands`() {
        var other = EBBlob()
        other.chain("INPUT", rules: 1)
        other.standard(48 + 160 + 48 + 48, fields: [10: 0x65])
        other.chain("FORWARD")
        other.chain("OUTPUT")
        other.chain("mine", policy: -4)
        let (mine, its) = (EBBlob.sample.table().chains[0].rules[1], other.table().chains[0].rules[0])
        #expect(mine == its && its.target == .jump("mine"))
    }

    @Test func `is read as ebtables wrote it`() {
        // ebtables 2.0.11 on Linux 6.1: what it did not set are bytes of its own memory.
        let table = XTable.decode(ebtables: Captured.ebtables.span.bytes, name: "filter", validHooks: 14)
        #expect(!table.isMalformed)
        #expect(table.chains.map(\.name) == ["INPUT", "FORWARD", "OUTPUT", "mine"])
        #expect(table.chains.map(\.policy) == [.accept, .accept, .drop, .drop])
        let targets: [[XTTarget]] = [[.drop, .jump("mine")], [.continue], [], [.return, .target("mark")]]
        #expect(table.chains.map { $0.rules.map(\.target) } == targets)
        let conditions: [[XTCondition]] = [[.sometimes, .sometimes], [.sometimes], [], [.always, .always]]
        #expect(table.chains.map { $0.rules.map(\.condition) } == conditions)
        #expect(table.chains[0].rules.map(\.matches) == [["ip"], []])
    }

    @Test(arguments: [8, 9, 14, 25, 26 + 15, 74, 85, 86, 97, 98])
    func `knows a rule whatever lies where it says nothing`(offset: Int) {
        var (one, other) = (EBBlob(), EBBlob())
        one.chain("INPUT")
        one.standard(-2, fields: [10: 0x65, 11: 0x66])
        other = one
        other.bytes[48 + offset] = 0xaa
        #expect(one.table().chains[0].rules == other.table().chains[0].rules)
    }

    @Test(arguments: [4, 8, 9, 10, 26, 42, 58, 74, 85, 86, 97, 112 + 31, 112 + 40])
    func `tells rules apart by what they say`(offset: Int) {
        var (one, other) = (EBBlob(), EBBlob())
        one.chain("INPUT")
        // With a protocol and both addresses.
        one.rule(target: "mark", data: [0, 0, 0, 0, 0, 0, 0, 0], fields: [0: 0x19])
        other = one
        other.bytes[48 + offset] ^= 1
        #expect(one.table().chains[0].rules[0].hash != other.table().chains[0].rules[0].hash)
    }

    @Test func `is malformed where its bytes do not fit`() {
        let whole = EBBlob.sample
        for count in 1..<whole.bytes.count where ![48, 208, 368, 416, 464, 736, 784].contains(count) {
            var cut = whole
            cut.bytes.removeLast(whole.bytes.count - count)
            #expect(cut.table().isMalformed, "\(count) bytes")
        }
        var loose = EBBlob()
        loose.standard(-1)
        #expect(loose.table().isMalformed && loose.table().ruleCount == 0)
    }

    @Test func `is described by a structure of 120 bytes`() {
        var bytes = [UInt8](repeating: 0, count: 120)
        bytes.replaceSubrange(0..<6, with: "filter".utf8)
        bytes.replaceSubrange(32..<44, with: Blob.integer(14) + Blob.integer(4) + Blob.integer(832))
        let info = EBInfo(bytes.span.bytes)
        #expect(info?.name == "filter" && info?.validHooks == 14 && info?.ruleCount == 4 && info?.size == 832)
        bytes.removeLast()
        #expect(EBInfo(bytes.span.bytes) == nil)
    }

    @Test func `is not one of x_tables`() {
        let bytes = [UInt8](repeating: 0, count: 200)
        let hooks = XTHooks(validHooks: 1, hookEntry: [0], underflow: [0])
        #expect(XTable.decode(entries: bytes.span.bytes, family: .bridge, name: "t", hooks: hooks).isMalformed)
        #expect(XTReplace(bytes.span.bytes, family: .bridge) == nil && XTInfo(bytes.span.bytes, family: .bridge) == nil)
    }
}
