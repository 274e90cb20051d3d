import FoundationEssentials
import Identity
import Inventory
import Testing

@testable import Detection

@Suite struct `What a hostile host makes a detector remember` {
    /// One transaction that empties so many sets, of which a blocking rule needed one.
    private static func flush(_ sets: Int) -> Bench {
        var bench = Bench(dropping: [.input])
        let steps = (0..<sets).map { Operation(.flushSet, family: "inet", table: "t", set: "s\($0)") }
        bench.change(effective: -1, blocking: -1, rules: 0, steps)
        return bench
    }

    @Test func `of sets that were emptied some are looked for, and the alert is the same`() {
        var few = Self.flush(3)
        var many = Self.flush(20_000)
        few.wait(30)
        many.wait(30)
        #expect(many.alerts.map(\.rule) == [.setEmptied] && few.alerts.map(\.rule) == [.setEmptied])
        #expect(many.detector.incidents.allSatisfy { $0.episode.losses.count <= Episode.lossCapacity })
    }

    @Test func `a kind that fills up leaves room for the graver ones`() {
        var bench = Self.flush(20_000)
        bench.change([.policy("input", "drop", "accept")])
        bench.wait(30)
        #expect(bench.alerts.last?.rules.contains(.policyOpened) == true)
    }

    @Test func `it is over when all is back`() {
        var bench = Self.flush(20_000)
        bench.wait(30)
        bench.change(
            effective: 1, blocking: 1, rules: 0, [Operation(.addElements, family: "inet", table: "t", set: "s7")])
        bench.wait(30)
        #expect(bench.alerts.last?.state == .resolved)
    }

    @Test func `what is kept for the next one stays small`() throws {
        var bench = Bench(effective: 100_000, blocking: 50_000)
        for burst in 0..<200 {
            for author in 0..<40 {
                let name = "/tmp/" + String(repeating: "x", count: 200) + "\(burst)-\(author)"
                bench.change(
                    effective: -1, blocking: -1,
                    by: Bench.actor(
                        UInt32(1000 + burst * 40 + author), name,
                        traits: [.executableDeleted, .executableInMemory, .executableInTemporaryPlace]))
            }
            bench.wait(60)
        }
        #expect(bench.detector.incidents.count >= Detector.incidentCapacity)
        let kept = bench.detector.memory(bootID: "a")
        #expect(kept.incidents.count == Detector.keptCapacity)
        let bytes = try JSONEncoder().encode(kept).count
        #expect(bytes < 1 << 20, "\(bytes) bytes")
    }
}
