import Detection
import Identity
import Inventory
import Testing

@Suite struct `What is usual on a host` {
    /// Small changes for so many days.
    static func host(days: Int) -> Bench {
        var bench = Bench()
        for _ in 0..<days {
            bench.change(effective: -2, blocking: -1)
            bench.wait(10)
            bench.change(effective: 2, blocking: 1, [Operation(.addRule)])
            bench.wait(86_390)
        }
        return bench
    }

    @Test func `is told with an alert, and a loss beyond it weighs more`() throws {
        var bench = Self.host(days: 10)
        bench.change(effective: -50, blocking: -20)
        bench.wait(10)
        let alert = try #require(bench.alerts.first)
        let usual = try #require(alert.usual)
        #expect(usual.low == 98 && usual.high == 100 && usual.largestLoss == 2 && usual.days == 10)
        #expect(alert.score.reasons.map(\.id) == ["WW001", "unusual_size"] && alert.score.value == 30)
    }

    @Test func `is not known in the first week, nor in other namespaces`() {
        for (days, netns) in [(5, Bench.host), (10, Netns(id: 2, isHost: false))] {
            var tuning = Tuning()
            tuning.otherNamespaces = 100
            var bench = Self.host(days: days)
            bench.detector.tuning = tuning
            bench.netns = netns
            bench.change(effective: -50, blocking: -20)
            bench.wait(10)
            #expect(bench.alerts.map(\.score.value) == [25] && bench.alerts.first?.usual == nil)
        }
    }

    @Test func `is forgotten after a month, and no alert becomes usual`() {
        var bench = Self.host(days: 10)
        bench.change(effective: -50, blocking: -20)
        bench.wait(40 * 86_400)
        bench.change(effective: 50, blocking: 20, [Operation(.addRule)])
        bench.wait(86_400)
        var later = bench
        later.change(effective: -50, blocking: -20, by: Bench.actor(61))
        later.wait(10)
        #expect(later.alerts.last?.usual?.largestLoss == 0 && later.alerts.last?.rule == .suddenDrop)
        bench.change(effective: -1)
        bench.wait(86_400)
        bench.change(effective: -50, blocking: -20, by: Bench.actor(61))
        bench.wait(10)
        #expect(bench.alerts.last?.usual?.largestLoss == 1 && bench.alerts.last?.usual?.low == 50)
    }
}
