import JSON
import Testing

@testable import Report

@Suite struct `A report` {
    @Test func `counts what was done, and what of it weakened`() {
        let data = Report.of(
            Lines.change(1, second: 1, effective: (0, 5), operations: Lines.operation("add-rule", count: 5)),
            Lines.change(2, second: 2, effective: (5, 3), operations: Lines.operation("delete-rule", count: 2)),
            Lines.change(
                3, second: 3, effective: (3, 3),
                operations: "{\"op\":\"policy\",\"policy\":{\"before\":\"drop\",\"after\":\"accept\"}}"),
            Lines.change(4, second: 4, effective: (3, 3), operations: "", action: "firewall-change-failed"))
        #expect(data.figure("counts.changes") == 3 && data.figure("counts.failed") == 1)
        #expect(data.figure("counts.weakening") == 2)
        #expect(data.figure("changes.1.6") == 5 && data.figure("changes.1.7") == 3)
        #expect(data.figure("counts.missing") == 0)
    }

    @Test func `knows one actor over all his processes, and another by his login`() {
        let other = Lines.nft.replacing("812", with: "813").replacing("ruleset", with: "chain")
        let data = Report.of(
            Lines.change(1, second: 1, effective: (5, 3), operations: ""),
            Lines.change(2, second: 2, effective: (3, 4), operations: "", process: other),
            Lines.change(3, second: 3, effective: (4, 0), operations: "", more: "\"login\":{\"name\":\"eve\"},"),
            Lines.change(4, second: 4, effective: (0, 1), operations: "", process: nil))
        #expect(data.figure("counts.actors") == 3)
        #expect(data.figure("actors.0.changes") == 2 && data.figure("actors.0.weakening") == 1)
        #expect(data.figure("actors.0.effective") == -1 && data.figure("actors.0.worst") == -2)
        #expect(data.word("actors.0.commands.1") == "nft flush chain")
        #expect(data.word("actors.1.login") == "eve" && data.word("actors.2.program") == nil)
    }

    @Test func `has one incident for the lines of an alert, with its gravest reasons and its last state`() {
        let data = Report.of(
            Lines.change(1, second: 1, effective: (3, 0), operations: ""),
            Lines.alert(2, second: 2, "x", "open", score: 60, changes: ["run-1"]),
            Lines.alert(3, second: 3, "x", "update", score: 90, changes: ["run-1"]),
            Lines.alert(4, second: 4, "x", "resolved", score: 20, changes: []),
            Lines.alert(5, second: 5, "y", "open", score: 40, changes: ["run-0"]))
        #expect(data.figure("counts.incidents") == 2 && data.figure("counts.open") == 1)
        #expect(data.word("incidents.0.state") == "resolved" && data.figure("incidents.0.score") == 90)
        #expect(data.at("incidents.0.changes") == .array([.number(0)]) && data.at("incidents.1.changes") == nil)
        #expect(data.figure("actors.0.alerts.1") == 1)
    }

    @Test func `tells the gaps of each installation's sequence, in whatever order the lines come`() {
        let data = Report.of(
            Lines.line("exec", 9, second: 9, ""), Lines.line("exec", 3, second: 3, ""),
            Lines.line("exec", 4, second: 4, ""),
            Lines.line("exec", 100, second: 1, "", host: "db"), Lines.line("exec", 102, second: 2, "", host: "db"))
        #expect(data.figure("counts.gaps") == 2 && data.figure("counts.missing") == 5)
        #expect(data.at("gaps.1") == .numbers([second(4), second(9), 5, 8]))
    }

    private func second(_ second: Int) -> Int {
        (Timestamp("2026-11-27T22:00:00Z")?.microseconds ?? 0) + second * 1_000_000
    }

    @Test func `counts lines that are none, that are others', that came before and that are of another time`() {
        var report = Report(since: second(2), until: second(3))
        report.begin("a")
        report.take(Array("{\"cut".utf8))
        report.take(Array("{\"message\":\"x\"}".utf8))
        for second in 1...4 { report.take(Lines.line("exec", second, second: second, "")) }
        report.begin("b")
        report.take(Lines.line("exec", 2, second: 2, ""))
        #expect(report.inputs == [.init(name: "a", lines: 6, bad: 1, foreign: 1), .init(name: "b", lines: 1)])
        #expect(report.taken == 2 && report.outside == 2 && report.repeated == 1)
    }

    @Test func `puts details to their change, before or behind it`() {
        let detail = Lines.line(
            "firewall-change-detail", 2, second: 1,
            "\"change\":{\"id\":\"run-1\",\"operations\":[\(Lines.operation("add-chain", chain: "b"))]}", process: nil)
        let change = Lines.change(
            1, second: 1, effective: (0, 0), operations: Lines.operation("add-chain", chain: "a"), count: 2)
        for data in [Report.of(change, detail), Report.of(detail, change)] {
            #expect(
                data.word("details.0.operations.0.chain") == "a" && data.word("details.0.operations.1.chain") == "b")
        }
    }

    @Test func `is made of a single line, and of nothing done`() {
        let data = Report.of(Lines.state(1, second: 1, [("input", 2, 2)]))
        #expect(data.figure("counts.changes") == 0 && data.figure("spaces.0.states.0.2") == 2)
        #expect(data.word("spaces.0.chains.0.chain") == "input")
    }

    @Test func `keeps to its size, what alerts name first, and says what it left out`() {
        var report = Report()
        let long = String(repeating: "x", count: 4000)
        for sequence in 1...1400 {
            let operation =
                "{\"op\":\"add-rule\",\"family\":\"inet\",\"table\":\"t\",\"chain\":\"c\",\"count\":1,\"rule\":\"\(long)\(sequence)\"}"
            report.take(
                Lines.change(
                    sequence, second: sequence / 50, effective: (sequence, sequence + 1), operations: operation))
        }
        report.take(Lines.alert(1401, second: 59, "x", "open", score: 60, changes: ["run-1"]))
        let data = report.data(version: "1", at: Timestamp(seconds: 0, nanoseconds: 0))
        #expect(data.figure("counts.rows") == 1400)
        #expect((700...1200).contains(data.figure("counts.details") ?? 0))
        #expect(data.figure("changes.0.12") == 0 && data.figure("changes.1.12") == -1)
        #expect(report.page(version: "1", at: Timestamp(seconds: 0, nanoseconds: 0)).count < 6 << 20)
    }
}
