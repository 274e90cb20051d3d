import Output
import Probes
import SystemPackage
import Testing

@testable import Collector

@Suite struct `An output that takes no lines` {
    private static let second: UInt64 = 1_000_000_000

    @Test func `is told when it begins, and when it is over, with how long it was`() {
        var watch = OutputWatch()
        #expect(watch.news(.healthy, at: 100 * Self.second) == nil)
        let began = watch.news(.stalled(.noSpace), at: 101 * Self.second)
        #expect(began?.status == .stalled(.noSpace))
        #expect(watch.news(.stalled(.ioError), at: 102 * Self.second) == nil)
        let over = watch.news(.healthy, at: 108 * Self.second)
        #expect(over?.status == .healthy && over?.seconds == 7)
        #expect(watch.news(.healthy, at: 109 * Self.second) == nil)
    }

    @Test func `is told once a minute where it comes and goes, and late if it lasts`() {
        var watch = OutputWatch()
        var told: [OutputStatus] = []
        for second in 0..<50 as Range<UInt64> {
            let status: OutputStatus = second % 2 == 0 ? .blocked : .healthy
            if let news = watch.news(status, at: (100 + second) * Self.second) { told.append(news.status) }
        }
        #expect(told == [.blocked, .healthy])
        #expect(watch.news(.blocked, at: 159 * Self.second) == nil)
        #expect(watch.news(.blocked, at: 160 * Self.second)?.status == .blocked)
    }

    @Test func `loses nothing that is not told: what could not be read back, and what was torn`() {
        var health = Health(every: .seconds(60), from: 0)
        let news = health.news(.init(), malformed: 0, forged: 0, lines: .none, unreadable: 7, torn: 3)
        #expect(news?.unreadable == 7 && news?.torn == 3)
        #expect(health.news(.init(), malformed: 0, forged: 0, lines: .none) == nil)
    }
}
