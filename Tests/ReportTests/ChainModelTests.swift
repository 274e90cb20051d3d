import JSON
import Testing

@testable import Report

@Suite struct `Effective rules of chains` {
    /// The last point of each chain: rules and effective rules, -1 for unknown.
    private func ends(_ lines: [UInt8]...) -> [String: [Int]] {
        var report = Report()
        for line in lines { report.take(line) }
        let data = report.data(version: "1", at: Timestamp(seconds: 0, nanoseconds: 0))
        var ends: [String: [Int]] = [:]
        for chain in data.at("spaces.0")?.list("chains") ?? [] {
            guard case .array(let point)? = chain.list("points").last else { continue }
            ends[chain.text("chain") ?? "?"] = point.dropFirst().prefix(2).map {
                if case .number(let n) = $0 { Int(n) } else { 0 }
            }
        }
        return ends
    }

    private let state = Lines.state(1, second: 1, [("input", 4, 4), ("side", 2, 2), ("unused", 3, 0)])

    @Test func `are reckoned where what came and went says it all`() {
        let deleted = Lines.change(
            2, second: 2, effective: (6, 4), operations: Lines.operation("delete-rule", count: 2))
        #expect(ends(state, deleted) == ["input": [2, 2], "side": [2, 2], "unused": [3, 0]])
    }

    @Test func `are unknown after a jump went, until a state says them`() {
        let jump = Lines.change(2, second: 2, effective: (6, 3), operations: Lines.operation("delete-rule", count: 1))
        #expect(ends(state, jump) == ["input": [3, -1], "side": [2, -1], "unused": [3, -1]])
        let told = Lines.state(3, second: 3, [("input", 3, 3), ("side", 2, 0), ("unused", 3, 0)])
        #expect(ends(state, jump, told) == ["input": [3, 3], "side": [2, 0], "unused": [3, 0]])
    }

    @Test func `are none where nothing is effective, or the chain is flushed or gone`() {
        let flushed = Lines.change(
            2, second: 2, effective: (6, 2), operations: Lines.operation("flush-chain", count: 4))
        #expect(ends(state, flushed)["input"] == [0, 0])
        #expect(ends(state, flushed)["side"] == [2, 2])
        let dormant = Lines.change(
            2, second: 2, effective: (6, 0), operations: Lines.operation("table-dormant", chain: nil))
        #expect(ends(state, dormant) == ["input": [4, 0], "side": [2, 0], "unused": [3, 0]])
        let all = Lines.change(
            2, second: 2, effective: (6, 0),
            operations: Lines.operation("flush-ruleset", chain: nil, table: nil, count: 9))
        #expect(ends(state, all)["input"] == [0, 0])
    }

    @Test func `are unknown where not all operations are told`() {
        let cut = Lines.change(
            2, second: 2, effective: (6, 5), operations: Lines.operation("delete-rule", count: 1), count: 40)
        #expect(ends(state, cut)["side"] == [2, -1])
    }

    @Test func `follow from the sum where one chain alone is unknown`() {
        let alone = Lines.state(1, second: 1, [("input", 4, 4)])
        let shadowed = Lines.change(2, second: 2, effective: (4, 1), operations: Lines.operation("add-rule", count: 1))
        #expect(ends(alone, shadowed) == ["input": [5, 1]])
    }

    @Test func `of a chain that was made in the recording are known from there`() {
        let made = Lines.change(
            1, second: 1, effective: (0, 3),
            operations: "\(Lines.operation("add-chain")),\(Lines.operation("add-rule", count: 3))", count: 2)
        #expect(ends(made) == ["input": [3, 3]])
    }

    @Test func `change by no attempt that failed`() {
        let failed = Lines.change(
            2, second: 2, effective: (6, 6), operations: Lines.operation("flush-ruleset", chain: nil, table: nil),
            action: "firewall-change-failed")
        #expect(ends(state, failed)["input"] == [4, 4])
    }
}
