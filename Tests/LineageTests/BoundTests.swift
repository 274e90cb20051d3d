import Records
import Testing

@testable import Lineage

@Suite struct `What is kept of lineage` {
    @Test func `is an ended process for its grace, to the nanosecond`() {
        var lineage = Lineage.withShell
        lineage.fork(id(10), id(20))
        lineage.exit(id(20), at: 1000)
        lineage.fork(id(10), id(21), at: 1000 + Lineage.grace)
        #expect(lineage.process(id(20))?.hasExited == true)
        lineage.fork(id(10), id(22), at: 1000 + Lineage.grace + 1)
        #expect(lineage.process(id(20)) == nil)
        #expect(lineage.process(pid: 20) == nil)
    }

    @Test func `is no more than a number of ended processes`() {
        var lineage = Lineage.withShell
        for pid in 100..<UInt32(100 + Lineage.graceCount + 1) {
            lineage.fork(id(10), id(pid))
            lineage.exit(id(pid), at: 0)
        }
        #expect(lineage.process(id(100)) == nil)
        #expect(lineage.process(id(101)) != nil)
        #expect(lineage.count == 2 + Lineage.graceCount)
    }

    @Test func `is nothing for a process that ends unknown`() {
        var lineage = Lineage()
        lineage.exit(id(7), at: 0)
        #expect(lineage.count == 0)
    }

    @Test func `is not cut short by an end that is told twice`() {
        var lineage = Lineage.withShell
        lineage.fork(id(10), id(20))
        lineage.exit(id(20), at: 0)
        lineage.exit(id(20), at: second)
        lineage.fork(id(10), id(21), at: Lineage.grace + 1)
        #expect(lineage.process(id(20)) == nil)
        #expect(lineage.count == 3)
    }

    @Test func `stays bounded through a storm of short processes`() {
        var lineage = Lineage.withShell
        var peak = 0
        for pid in 100..<UInt32(50_100) {
            let time = UInt64(pid) * 20_000
            lineage.fork(id(10), id(pid), at: time)
            lineage.exec(id(pid), "/true", parent: id(10))
            lineage.exit(id(pid), at: time + 10_000)
            peak = max(peak, lineage.count)
        }
        #expect(peak <= 2 + Lineage.graceCount + 1)
    }

    @Test func `is emptied by time after a storm`() {
        var lineage = Lineage.withShell
        for pid in 100..<UInt32(3000) {
            lineage.fork(id(10), id(pid))
            lineage.exit(id(pid), at: 0)
        }
        lineage.fork(id(10), id(5000), at: 10 * second)
        #expect(lineage.count == 3)
    }

    @Test func `is a chain of bounded length below a hundred thousand forks`() {
        var lineage = Lineage.withShell
        var longest = 0
        for pid in 10..<UInt32(100_010) {
            lineage.fork(id(pid), id(pid + 1))
            lineage.exit(id(pid), at: UInt64(pid))
            if pid % 997 == 0 { longest = max(longest, lineage.process(id(pid + 1))?.chain.count ?? 0) }
        }
        #expect(longest <= 2 * Lineage.depthLimit)
        #expect(lineage.process(id(100_010))?.chain.count ?? 0 >= Lineage.depthLimit)
        #expect(lineage.count <= Lineage.graceCount + 3)
    }

    @Test func `is freed without a deep stack where a hundred thousand live on`() {
        do {
            var lineage = Lineage.withShell
            for pid in 10..<UInt32(100_010) { lineage.fork(id(pid), id(pid + 1)) }
            #expect(lineage.count == 100_002)
        }
    }

    @Test func `are the nearest ancestors of a process in the deep`() {
        var lineage = Lineage.withShell
        for pid in 10..<UInt32(1010) { lineage.fork(id(pid), id(pid + 1)) }
        let pids = lineage.process(id(1010))?.pids ?? []
        #expect(pids.prefix(64) == Array((947...1010).reversed())[...])
    }
}
