import TestSupport
import Testing
import XTables

/// Whatever the bytes are, decoding ends and does not trap.
@Suite struct RobustnessTests {
    static func decodeAll(_ bytes: [UInt8], hooks: XTHooks) {
        for family in XTFamily.allCases {
            _ = XTable.decode(entries: bytes.span.bytes, family: family, name: "t", hooks: hooks)
            _ = XTable.decode(entries: bytes.span.bytes, family: family, name: "t", hooks: hooks, origin: .kernel)
            _ = XTReplace(bytes.span.bytes, family: family)
            _ = XTInfo(bytes.span.bytes, family: family)
        }
        _ = EBInfo(bytes.span.bytes)
        let table = XTable.decode(ebtables: bytes.span.bytes, name: "t", validHooks: hooks.validHooks)
        // A rule is a hundred bytes and more: none is made up.
        #expect(table.ruleCount * 112 + table.chains.count * 48 <= bytes.count)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `mutated tables are survived`(seed: UInt64) {
        print("seed", seed)
        var random = SplitMix(seed: seed)
        for round in 0..<3000 {
            let blob = Blob.sample(XTFamily.xtables[round % 3], isKernel: Bool.random(using: &random))
            var hooks = blob.hooks
            if Bool.random(using: &random) {
                hooks.validHooks = .random(in: 0...UInt32.max, using: &random)
                hooks.hookEntry = hooks.hookEntry.map { _ in .random(in: 0...UInt32(blob.end + 8), using: &random) }
                hooks.underflow = []
            }
            RobustnessTests.decodeAll(blob.bytes.mutated(with: &random), hooks: hooks)
        }
    }

    @Test(arguments: [UInt64(5), 6])
    func `mutated tables of ebtables are survived`(seed: UInt64) {
        print("seed", seed)
        var random = SplitMix(seed: seed)
        let hooks = XTHooks(validHooks: 14, hookEntry: [0, 0, 0, 0, 0], underflow: [])
        for _ in 0..<3000 { RobustnessTests.decodeAll(EBBlob.sample.bytes.mutated(with: &random), hooks: hooks) }
    }

    @Test(arguments: [UInt64(11), 12])
    func `random bytes are survived`(seed: UInt64) {
        print("seed", seed)
        var random = SplitMix(seed: seed)
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...600, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let hooks = XTHooks(validHooks: 31, hookEntry: [0, 0, 0, 0, 0], underflow: [0, 1, 2, .max, 4])
            RobustnessTests.decodeAll(bytes, hooks: hooks)
        }
    }
}
