import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Output

extension `A line writer on a pipe` {
    @Suite struct `with a spill file` {
        @Test func `keeps every line for a reader who stands still, in order, and hands receipts back meanwhile`()
            throws
        {
            let scratch = try Scratch()
            let receipts = Mutex(0)
            let bench = try PipeBench(queueBytes: 100_000, spill: scratch.spill(8 << 20)) { _ in
                receipts.withLock { $0 += 1 }
            }
            let lines = (0..<3000).map { Array("\($0) ".utf8) + [UInt8](repeating: 0x61, count: 900) }
            for (index, line) in lines.enumerated() {
                bench.writer.enqueue(line, class: LineClass.allCases[index % 3], receipt: UInt64(index + 1))
                // A queue of a hundred lines: the thread needs a moment to bring them away.
                if index % 40 == 39 { #expect(bench.writer.secure(within: .seconds(5))) }
            }
            #expect(bench.writer.secure(within: .seconds(5)))
            #expect(receipts.withLock { $0 } == 3000)
            #expect(bench.writer.figures.spillBytes > 2_000_000)
            #expect(bench.writer.takeNews().losses == .none)
            let expected = Array(lines.map { $0 + [0x0a] }.joined())
            #expect(bench.read(expected.count).isSame(as: expected))
            #expect(bench.writer.drain(within: .seconds(5)))
            #expect(receipts.withLock { $0 } == 3000)
            #expect(bench.writer.figures.spillBytes == 0)
            #expect(try Stat(scratch.file("spill")).size == 4096)
            #expect(bench.writer.close(within: .seconds(2)) == .written)
            bench.closeReader()
        }

        @Test func `leaves what is not written to the next one, once`() throws {
            let scratch = try Scratch()
            let lines = (0..<400).map { Array("\($0) ".utf8) + [UInt8](repeating: 0x62, count: 500) }
            let bench = try PipeBench(queueBytes: 1 << 20, capacity: 4096, spill: scratch.spill(8 << 20))
            for line in lines[..<200] { bench.writer.enqueue(line, class: .firewall) }
            // Whole lines only: a pipe takes what fits a page at once or not at all.
            let first = bench.read(20_000)
            #expect(bench.writer.close(within: .milliseconds(300)) == .kept)
            let rest = bench.read(1 << 20)
            bench.closeReader()

            let next = try PipeBench(queueBytes: 1 << 20, spill: scratch.spill(8 << 20))
            for line in lines[200...] { next.writer.enqueue(line, class: .firewall) }
            let expected = Array(lines.map { $0 + [0x0a] }.joined())
            #expect((first + rest + next.read(expected.count - first.count - rest.count)).isSame(as: expected))
            #expect(next.writer.close(within: .seconds(2)) == .written)
            #expect(next.writer.figures.inheritedBytes > 0)
            next.closeReader()
        }

        @Test func `loses process lines first and alerts last when that is full too, and counts them`() throws {
            let scratch = try Scratch()
            let bench = try PipeBench(queueBytes: 100_000, capacity: 4096, spill: scratch.spill(200_000))
            let line = [UInt8](repeating: 0x63, count: 999)
            func push(_ count: Int, _ lineClass: LineClass) {
                for _ in 0..<count {
                    bench.writer.enqueue(line, class: lineClass)
                    usleep(200)
                }
                // So that the thread has looked at it.
                usleep(400_000)
            }
            push(1000, .process)
            push(100, .firewall)
            push(80, .alert)
            let losses = bench.writer.takeNews().losses
            #expect(losses[.process] > 800 && losses[.process] < 1000)
            #expect(losses[.firewall] <= 40)
            #expect(losses[.alert] == 0)
            #expect(bench.writer.figures.losses == losses)
            let kept = 1180 - Int(losses.total)
            #expect(bench.read(kept * 1000).count == kept * 1000)
            #expect(bench.writer.close(within: .seconds(2)) == .written)
            bench.closeReader()
        }

        @Test func `goes on without it where it cannot be had, and says so once`() throws {
            let scratch = try Scratch()
            symlink("/nowhere/at/all", scratch.file("spill").string)
            let bench = try PipeBench(queueBytes: 100_000, capacity: 4096, spill: scratch.spill(200_000))
            for _ in 0..<500 { bench.writer.enqueue([UInt8](repeating: 0x64, count: 999), class: .firewall) }
            usleep(400_000)
            let news = bench.writer.takeNews()
            #expect(news.troubles.count == 1)
            #expect(news.losses[.firewall] > 300)
            let kept = 500 - Int(news.losses.total)
            #expect(bench.read(kept * 1000).count == kept * 1000)
            #expect(bench.writer.close(within: .seconds(2)) == .written)
            bench.closeReader()
        }

        /// A reader who reads and rests, a producer who bursts and rests, a writer that ends and begins anew: what comes
        /// out is what went in.
        @Test(arguments: [11, 12, 13, 14] as [UInt64]) func `brings every line out, in order and once`(seed: UInt64)
            throws
        {
            let scratch = try Scratch()
            var random = SplitMix(seed: seed)
            var sent: [UInt8] = []
            var received: [UInt8] = []
            var number = 0
            for round in 0..<6 {
                let bench = try PipeBench(queueBytes: 1 << 20, spill: scratch.spill(16 << 20))
                for _ in 0..<Int.random(in: 5...20, using: &random) {
                    for _ in 0..<Int.random(in: 1...60, using: &random) {
                        number += 1
                        // No longer than a page, so that a pipe takes each whole or not at all.
                        let line =
                            Array("\(number) ".utf8)
                            + [UInt8](repeating: 0x65, count: .random(in: 0...3000, using: &random)) + [0x0a]
                        bench.writer.enqueue(line, class: LineClass.allCases[number % 3])
                        sent += line
                    }
                    if bench.writer.figures.queueBytes > 80_000 { _ = bench.writer.secure(within: .seconds(5)) }
                    if Bool.random(using: &random) {
                        received += bench.readSome()
                        usleep(.random(in: 0...30_000, using: &random))
                    }
                }
                let isLast = round == 5
                if isLast {
                    received += bench.read(sent.count - received.count)
                    #expect(bench.writer.close(within: .seconds(5)) == .written)
                } else {
                    #expect(bench.writer.close(within: .milliseconds(200)) != .lost)
                    received += bench.read(1 << 24)
                }
                #expect(bench.writer.takeNews().losses == .none)
                bench.closeReader()
            }
            #expect(received.isSame(as: sent))
        }
    }
}
