import Output
import Probes
import Testing

@testable import Collector

@Suite struct `What was lost` {
    static func losses(lineage: UInt64 = 0, firewall: UInt64 = 0) -> Losses {
        var losses = Losses()
        losses.lineage = lineage
        losses.firewall = firewall
        return losses
    }

    static func lines(process: UInt64) -> LineLosses {
        var lines = LineLosses.none
        lines[.process] = process
        return lines
    }

    @Test func `is no news where it is nothing`() {
        var health = Health(every: .seconds(60), from: 0)
        #expect(health.news(Losses(), malformed: 0, forged: 0, lines: .none) == nil)
    }

    @Test func `that there are namespaces beyond the limit is news once, until there is room`() {
        var health = Health(every: .seconds(60), from: 0)
        var news: [Bool] = []
        for hasExcess in [false, true, true, false, true] { news.append(health.isExcessNews(hasExcess)) }
        #expect(news == [false, true, false, false, true])
    }

    @Test func `is told as what came since the last time`() {
        var health = Health(every: .seconds(60), from: 0)
        let first = health.news(Self.losses(lineage: 5), malformed: 0, forged: 0, lines: .none)
        #expect(first?.lineage == 5 && first?.firewall == 0)
        let second = health.news(Self.losses(lineage: 7, firewall: 1), malformed: 0, forged: 0, lines: .none)
        #expect(second?.lineage == 2 && second?.firewall == 1)
    }

    @Test func `is told once`() {
        var health = Health(every: .seconds(60), from: 0)
        #expect(health.news(Self.losses(firewall: 3), malformed: 2, forged: 1, lines: .none) != nil)
        #expect(health.news(Self.losses(firewall: 3), malformed: 2, forged: 1, lines: .none) == nil)
    }

    @Test func `are malformed records and forged notifications too`() {
        var health = Health(every: .seconds(60), from: 0)
        _ = health.news(Losses(), malformed: 4, forged: 1, lines: .none)
        let news = health.news(Losses(), malformed: 6, forged: 9, lines: .none)
        #expect(news?.malformed == 2 && news?.forged == 8)
    }

    @Test func `are lines, which come as they are`() {
        // The writer tells its losses once; they are no running sum.
        var health = Health(every: .seconds(60), from: 0)
        for _ in 0..<2 {
            let news = health.news(Losses(), malformed: 0, forged: 0, lines: Self.lines(process: 3))
            #expect(news?.lines[.process] == 3)
        }
        #expect(health.news(Losses(), malformed: 0, forged: 0, lines: .none) == nil)
    }

    @Test func `is due to be summed up on schedule`() {
        var health = Health(every: .seconds(60), from: 0)
        let due = [59_999_999_999, 60_000_000_000].map { health.schedule.isDue(at: $0) }
        #expect(due == [false, true])
    }
}
