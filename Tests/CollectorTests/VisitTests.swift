import Records
import Testing

@testable import Collector

/// Namespaces that wait to be looked at.
@Suite struct VisitTests {
    private func netns(_ inode: UInt32, cookie: UInt64 = 0) -> NetnsRef { NetnsRef(inode: inode, cookie: cookie) }

    @Test func `come in the order in which they were seen, each once`() {
        var visits = Visits()
        for inode: UInt32 in [3, 1, 3, 2, 1] { visits.add(netns(inode), task: inode) }
        var seen: [UInt32] = []
        while let visit = visits.next(where: { _ in true }) { seen.append(visit.netns.inode) }
        #expect(seen == [3, 1, 2])
        #expect(visits.isEmpty)
    }

    @Test func `that cannot be made yet are passed over`() {
        var visits = Visits()
        visits.add(netns(1, cookie: 7), task: 1)
        visits.add(netns(1, cookie: 8), task: 2)
        #expect(visits.next { $0.netns.cookie != 7 }?.task == 2)
        #expect(visits.next { $0.netns.cookie != 7 } == nil)
        #expect(!visits.isEmpty)
        #expect(visits.next { _ in true }?.task == 1)
    }

    @Test func `are bounded, and nobody's number is none`() {
        var visits = Visits()
        visits.add(netns(0), task: 1)
        #expect(visits.isEmpty)
        for inode in 1...10_000 as ClosedRange<UInt32> { visits.add(netns(inode), task: 1) }
        var count = 0
        while visits.next(where: { _ in true }) != nil { count += 1 }
        #expect(count == 4096)
    }
}
