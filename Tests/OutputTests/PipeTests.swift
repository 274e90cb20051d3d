import Glibc
import Synchronization
import SystemPackage
import Testing

@testable import Output

@Suite(.serialized, .timeLimit(.minutes(1))) struct `A line writer on a pipe` {
    @Test func `keeps the order and ends every line`() throws {
        let bench = try PipeBench()
        var expected: [UInt8] = []
        for number in 0..<200 {
            let line = Array("{\"n\":\(number)}".utf8)
            bench.writer.enqueue(number % 2 == 0 ? line : line + [0x0A], class: number % 3 == 0 ? .alert : .process)
            expected += line + [0x0A]
        }
        #expect(bench.read(expected.count) == expected)
        #expect(bench.writer.close(within: .seconds(2)) == .written)
        bench.closeReader()
    }

    @Test func `does not hold up the producer when the reader stands still, and counts the losses by class`() throws {
        let bench = try PipeBench(queueBytes: 100_000, capacity: 4096)
        let line = [UInt8](repeating: 0x61, count: 999)
        let clock = ContinuousClock()
        let time = clock.measure {
            for _ in 0..<10_000 { bench.writer.enqueue(line, class: .process) }
            for _ in 0..<20 { bench.writer.enqueue(line, class: .firewall) }
            for _ in 0..<30 { bench.writer.enqueue(line, class: .alert) }
        }
        #expect(time < .seconds(2))
        #expect(bench.writer.hearsNotice())
        #expect(bench.writer.acknowledge() == .healthy)
        let losses = bench.writer.takeNews().losses
        #expect(losses[.process] > 9_800)
        #expect(losses[.firewall] == 0)
        #expect(losses[.alert] == 0)
        #expect(bench.writer.takeNews().losses == .none)
        #expect(bench.writer.figures.queueBytes <= 100_000)
        #expect(!bench.writer.drain(within: .milliseconds(20)))

        let kept = 10_050 - Int(losses.total)
        #expect(bench.read(kept * 1000).count == kept * 1000)
        #expect(bench.writer.close(within: .seconds(2)) == .written)
        bench.closeReader()
    }

    @Test func `continues a line that the pipe took only in part`() throws {
        let bench = try PipeBench(capacity: 4096)
        let lines = (0..<5).map { [UInt8](repeating: 0x41 + UInt8($0), count: 100_000) + [0x0A] }
        for line in lines { bench.writer.enqueue(line, class: .firewall) }
        #expect(bench.read(500_005) == Array(lines.joined()))
        #expect(bench.writer.drain(within: .seconds(2)))
        bench.closeReader()
    }

    @Test func `hands the receipt of a line back when it is written to its end, and rings when all are`() throws {
        let receipts = Mutex<[UInt64]>([])
        let bench = try PipeBench(capacity: 4096) { receipt in receipts.withLock { $0.append(receipt) } }
        let long = [UInt8](repeating: 0x61, count: 50_000)
        for receipt in [7, 0, 9] as [UInt64] { bench.writer.enqueue(long, class: .firewall, receipt: receipt) }
        _ = bench.read(50_001 + 100)
        while receipts.withLock(\.isEmpty) { sched_yield() }
        #expect(receipts.withLock { $0 } == [7])
        #expect(!bench.writer.isSafe(ringing: true))
        _ = bench.read(2 * 50_001 - 100)
        #expect(bench.writer.hearsNotice())
        #expect(bench.writer.isSafe(ringing: true) && receipts.withLock { $0 } == [7, 9])
        bench.closeReader()
    }

    @Test func `reports a reader who has gone, while writing`() throws {
        let bench = try PipeBench(capacity: 4096)
        bench.writer.enqueue([UInt8](repeating: 0x61, count: 50_000), class: .firewall)
        _ = bench.read(1)
        bench.closeReader()
        #expect(bench.writer.hearsNotice())
        #expect(bench.writer.acknowledge() == .broken(.brokenPipe))
        let time = ContinuousClock().measure { #expect(bench.writer.close(within: .seconds(5)) == .lost) }
        #expect(time < .seconds(1))
    }

    @Test func `reports a reader who has gone, although there is nothing to write`() throws {
        let bench = try PipeBench()
        bench.writer.enqueue([0x61], class: .firewall)
        _ = bench.read(2)
        #expect(bench.writer.drain(within: .seconds(2)))
        bench.closeReader()
        #expect(bench.writer.hearsNotice())
        #expect(bench.writer.acknowledge() == .broken(.brokenPipe))
    }

    @Test func `drains what is queued before it closes`() throws {
        let bench = try PipeBench()
        for _ in 0..<50 { bench.writer.enqueue([0x61], class: .process) }
        #expect(bench.writer.close(within: .seconds(2)) == .written)
        #expect(bench.read(1000).count == 100)
        bench.closeReader()
    }

    @Test func `gives up on a reader who stands still when the time to drain is over`() throws {
        let bench = try PipeBench(capacity: 4096)
        bench.writer.enqueue([UInt8](repeating: 0x61, count: 50_000), class: .firewall)
        let time = ContinuousClock().measure { #expect(bench.writer.close(within: .milliseconds(50)) == .lost) }
        #expect(time < .seconds(1))
        bench.closeReader()
    }

    /// In a process of its own, where no other test opens anything.
    @Test func `leaves no descriptor and no thread behind`() async {
        await #expect(processExitsWith: .success) {
            let warmUp = try PipeBench()
            _ = warmUp.writer.close(within: .seconds(1))
            warmUp.closeReader()
            var before = holdings()
            // It was joined, and may stand in /proc for a moment more.
            before["threads"] = nil
            for round in 0..<50 {
                let bench = try PipeBench()
                bench.writer.enqueue([0x61], class: .process)
                if round % 2 == 0 { _ = bench.writer.close(within: .seconds(1)) }
                bench.closeReader()
            }
            let deadline = ContinuousClock.now + .seconds(5)
            var after = holdings()
            while after != before, ContinuousClock.now < deadline {
                usleep(10_000)
                after = holdings()
            }
            #expect(after == before)
        }
    }
}
