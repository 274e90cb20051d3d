import Inventory
import Netlink
import Protection
import Testing
import XTables

@testable import SavedState

/// A state with one of everything.
private func sample(_ rules: Range<UInt64> = 1..<6) -> SavedState {
    var nft = NFTState()
    nft.generation = 41
    var table = NFTState.Table(flags: [.dormant, .owner])
    let chain = NFTState.Chain(
        handle: 3, hook: NFTHook(number: 1, priority: -150, devices: ["eth0", "ppp*"]), policy: .drop, type: "filter")
    table.put(chain, "input", .inet)
    table.put(NFTState.Chain(), "jumped to", .inet)
    for handle in rules { table.append(handle, RuleOutline(.blocks, isConditional: handle % 7 > 0), to: "input") }
    var leading = RuleOutline(.jumps, chain: "jumped to", isConditional: true)
    leading.lookups = [.init("blocked", .isNotIn), .init("map", .verdict)]
    leading.branches = [.init(.goes, chain: "jumped to"), .init(.returns)]
    table.append(.max, leading, to: "jumped to")
    var set = NFTState.ElementSet(flags: [.timeout])
    set.keys = [1, .max, 7]
    table.put(set, "blocked")
    var map = NFTState.ElementSet(flags: [.map])
    map.keys = [2, 3]
    map.verdicts = [2: .init(.jumps, chain: "jumped to"), 3: .init(.blocks)]
    table.put(map, "map")
    nft.tables[TableID(family: .inet, name: "fiłter")] = table
    nft.tables[TableID(family: .ipv6, name: "")] = NFTState.Table()
    nft.settle()
    var state = FirewallState()
    _ = state.replace(nft: nft)
    let targets: [XTTarget] = [
        .drop, .accept, .queue, .return, .continue, .jump("a"), .goto("b"),
        .jumpInside(chain: "c", rule: 4, isGoto: true), .target("REJECT"), .unknown(verdict: -9),
    ]
    let legacy = XTable(
        family: .ipv6, name: "filter",
        chains: [
            XTChain(
                name: "INPUT", isBuiltIn: true, policy: .drop,
                rules: targets.enumerated().map {
                    XTRule(
                        hash: UInt64($0), target: $1, condition: [.always, .sometimes, .never][$0 % 3],
                        matches: ["tcp"],
                        sets: [XTSetLookup(index: 3, isInverted: $0 % 2 == 0)])
                }), XTChain(name: "mine", isBuiltIn: false),
        ])
    _ = state.replace(legacy: FirewallState.LegacyID(family: .ipv6, name: "filter"), with: legacy)
    var sets = IPSets()
    sets.sets["bad"] = IPSets.Entry(type: "hash:ip", elements: 12, isVolatile: true, index: 3)
    _ = state.replace(ipsets: sets)
    let host = SavedState.Namespace(inode: 4_026_531_840, cookie: 1, isHost: true, isUserOwned: false, state: state)
    let other = SavedState.Namespace(inode: 7, cookie: 0, isHost: false, isUserOwned: true, state: FirewallState())
    return SavedState(
        bootID: "5c9f", time: 1_800_000_000_000_000_001, instance: .max, position: 1 << 40,
        toldLosses: [1, 2, 3, 4, 5], untoldLines: [7, 0, 1], namespaces: [host, other])
}

@Suite struct `A saved state` {
    @Test func `is read as it was written`() throws {
        let saved = sample()
        let read = try #require(SavedState(decoding: saved.encoded))
        #expect(read == saved)
        #expect(read.namespaces[0].state.ruleCount == 16)
        #expect(read.namespaces[0].state.elementCount == 17)
    }

    @Test func `of a hundred thousand rules stays below a mebibyte`() throws {
        let saved = sample(1..<100_001)
        #expect(saved.encoded.count < 1 << 20)
        #expect(SavedState(decoding: saved.encoded) == saved)
    }

    @Test func `that was cut short is none`() {
        let bytes = sample().encoded
        for count in 0..<bytes.count { #expect(SavedState(decoding: Array(bytes[..<count])) == nil) }
    }

    @Test func `with one bit turned is none`() {
        let bytes = sample().encoded
        for index in bytes.indices {
            var wrong = bytes
            wrong[index] ^= 1 << UInt8(index % 8)
            #expect(SavedState(decoding: wrong) == nil)
        }
    }

    @Test func `of another version is none`() {
        var bytes = sample().encoded
        bytes[4] = 99
        #expect(SavedState(decoding: resummed(bytes)) == nil)
    }

    @Test(arguments: 0..<200) func `whose checksum is right and whose content is not is read or refused`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var bytes = sample().encoded
        for _ in 0..<(1 + seed % 8) {
            let index = Int(random.next() % UInt64(bytes.count - 8))
            bytes[index] = [0, 255, UInt8(truncatingIfNeeded: random.next())][Int(random.next() % 3)]
        }
        // Whatever comes of it, it ends, and what is read can be written again.
        if let read = SavedState(decoding: resummed(bytes)) { #expect(SavedState(decoding: read.encoded) == read) }
    }

    private func resummed(_ bytes: [UInt8]) -> [UInt8] {
        var hash = StableHash()
        for byte in bytes.dropLast(8) { hash.combine(byte) }
        var result = Array(bytes.dropLast(8))
        for shift in stride(from: 0, to: 64, by: 8) { result.append(UInt8(truncatingIfNeeded: hash.value >> shift)) }
        return result
    }
}

/// Numbers that are the same for the same seed.
private struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
