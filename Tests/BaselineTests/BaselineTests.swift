import Baseline
import TestSupport
import Testing

@Suite struct BaselineTests {
    private func chain(_ rules: [String], policy: String? = "drop", effective: Int? = nil) -> Baseline.Chain {
        Baseline.Chain(
            name: "input", type: "filter", hook: 1, priority: 0, policy: policy,
            effectiveRules: effective ?? rules.count,
            blockingRules: 0, rules: rules)
    }

    private func baseline(_ chains: [Baseline.Chain], dormant: Bool? = nil, sets: [Baseline.ElementSet] = [])
        -> Baseline
    {
        let count = chains.reduce(0) { $0 + $1.rules.count }
        return Baseline(
            savedAt: "2026-11-26T00:00:00.000000000Z", hostname: "h",
            totals: .init(rules: count, effectiveRules: count, blockingRules: 0, elements: 0),
            tables: [
                .init(backend: "nftables", family: "inet", name: "t", dormant: dormant, chains: chains, sets: sets)
            ],
            ipsets: [])
    }

    @Test func theTextIsReadAsItWasWritten() throws {
        let saved = baseline(
            [chain(["accept \"é\\\" /", "drop"])], sets: [.init(name: "s", elements: 2, digest: "00ff")])
        let text = saved.text
        #expect(try Baseline(text: text) == saved)
        #expect(try Baseline(text: text).text == text)
        #expect(String(decoding: text, as: UTF8.self).contains("\"effective_rules\" : 2"))
    }

    @Test(arguments: [
        ("", "it is no JSON"), ("[]", "a value of another type"), ("{}", "version is missing"),
        ("{\"version\": 99}", "it is of version 99"), ("{\"version\": 1}", "is missing"),
        ("{\"version\": \"1\"}", "at version"),
        ("\u{0}\u{1}", "JSON"), (String(repeating: "[", count: 100_000), "JSON"),
    ])
    func whatIsNoneIsRefused(_ text: String, _ reason: String) {
        do throws(Baseline.Malformed) {
            _ = try Baseline(text: Array(text.utf8))
            Issue.record("it was read")
        } catch {
            #expect(error.description.contains(reason) || reason == "it is no JSON", "\(error.description)")
        }
    }

    @Test func theSameIsNoDifference() {
        let one = baseline([chain(["a", "b", "a"])])
        let difference = BaselineDifference(from: one, to: one)
        #expect(!difference.differs)
        #expect(difference.lines(isColoured: false).count == 1)
    }

    @Test func rulesAreMissingAddedAndMoved() throws {
        let difference = BaselineDifference(
            from: baseline([chain(["a", "b", "c", "d"])]),
            to: baseline([chain(["d", "a", "c", "x"], policy: "accept")]))
        let found = try #require(difference.tables.first?.chains.first)
        #expect(found.missing.map(\.rule) == ["b"])
        #expect(found.missing.map(\.position) == [2])
        #expect(found.added.map(\.rule) == ["x"])
        #expect(found.moved.map(\.rule) == ["d"])
        #expect(found.moved.map { [$0.from, $0.to] } == [[4, 1]])
        #expect(found.policy?.before == "drop")
        #expect(found.policy?.after == "accept")
        #expect(difference.counts == (1, 1, 1))
        let text = difference.lines(isColoured: false)
        #expect(text.contains("    - b"))
        #expect(text.contains("    + x"))
        #expect(text.contains("    ~ d  (4 → 1)"))
        #expect(text.contains("      policy drop → accept"))
        #expect(!text.joined().contains("\u{1B}"))
        #expect(difference.lines(isColoured: true).joined().contains("\u{1B}[31m"))
    }

    @Test func tablesChainsAndSets() {
        let old = baseline([chain(["a"])], sets: [.init(name: "s", elements: 2, digest: "1")])
        let empty = baseline([chain(["a"])], sets: [.init(name: "s", elements: 0, digest: "2")])
        #expect(BaselineDifference(from: old, to: empty).tables.first?.sets.first?.elements.delta == -2)
        let volatile = { (count: Int) in self.baseline([], sets: [.init(name: "s", volatile: true, elements: count)]) }
        #expect(!BaselineDifference(from: volatile(1), to: volatile(5)).differs)
        #expect(BaselineDifference(from: old, to: baseline([chain(["a"])], dormant: true)).tables.first?.dormant != nil)
        let gone = BaselineDifference(from: old, to: baseline([]))
        #expect(gone.tables.first?.chains.first?.change == .missing)
        #expect(gone.tables.first?.chains.first?.missing.count == 1)
    }

    @Test func aJumpThatWentShowsInTheEffect() {
        let difference = BaselineDifference(
            from: baseline([chain(["a", "b"], effective: 2)]), to: baseline([chain(["a", "b"], effective: 0)]))
        #expect(difference.differs)
        #expect(difference.tables.first?.chains.first?.effectiveRules.delta == -2)
    }

    @Test func summariesAreOnlyCounted() throws {
        let difference = BaselineDifference(
            from: baseline([chain(["a", "b"])]), to: baseline([chain(["summary: x", "summary: y", "summary: z"])]))
        let found = try #require(difference.tables.first?.chains.first)
        #expect(found.uncompared == true)
        #expect(found.missing.isEmpty)
        #expect(found.rules.delta == 1)
    }

    @Test func aWalkIsToldAsItWas() throws {
        var generator = SplitMix(seed: 3)
        for _ in 0..<300 {
            let old = (0..<Int.random(in: 0...20, using: &generator)).map { "r\($0)" }
            var new = old
            var removed: Set<String> = []
            var inserted: Set<String> = []
            for step in 0..<Int.random(in: 0...5, using: &generator) {
                if Bool.random(using: &generator), let victim = new.indices.randomElement(using: &generator) {
                    let rule = new.remove(at: victim)
                    if inserted.remove(rule) == nil { removed.insert(rule) }
                } else {
                    new.insert("n\(step)", at: Int.random(in: 0...new.count, using: &generator))
                    inserted.insert("n\(step)")
                }
            }
            let difference = BaselineDifference(from: baseline([chain(old)]), to: baseline([chain(new)]))
            let found = difference.tables.first?.chains.first
            #expect(Set(found?.missing.map(\.rule) ?? []) == removed)
            #expect(Set(found?.added.map(\.rule) ?? []) == inserted)
            #expect(found?.moved ?? [] == [])
        }
    }

    @Test func manyRulesInAnotherOrderAreCompared() {
        let old = (0..<6000).map { "r\($0)" }
        let difference = BaselineDifference(
            from: baseline([chain(old)]), to: baseline([chain(old.reversed().dropLast())]))
        #expect(difference.counts == (1, 0, 0))
    }
}
