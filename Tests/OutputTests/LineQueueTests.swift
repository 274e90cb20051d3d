import TestSupport
import Testing

@testable import Output

@Suite struct `A line queue` {
    private func line(_ name: UInt8, _ length: Int, _ lineClass: LineClass) -> QueuedLine {
        QueuedLine(bytes: [UInt8](repeating: name, count: length), lineClass: lineClass)
    }

    private func line(_ name: UInt8, _ lineClass: LineClass) -> QueuedLine { line(name, 52, lineClass) }

    /// Room for `count` lines of the usual length.
    private func queue(for count: Int) -> LineQueue { LineQueue(capacity: count * (52 + LineQueue.overhead)) }

    private func names(_ queue: LineQueue) -> [UInt8] {
        var queue = queue
        var names: [UInt8] = []
        while let line = queue.pop() { names.append(line.bytes[0]) }
        return names
    }

    @Test func `keeps the order of arrival across classes`() {
        var queue = queue(for: 4)
        queue.push(line(1, .firewall))
        queue.push(line(2, .process))
        queue.push(line(3, .alert))
        queue.push(line(4, .firewall))
        #expect(names(queue) == [1, 2, 3, 4])
    }

    @Test func `drops the least worthy class first, newest first`() {
        var queue = queue(for: 4)
        queue.push(line(1, .process))
        queue.push(line(2, .firewall))
        queue.push(line(3, .process))
        queue.push(line(4, .firewall))
        queue.push(line(5, .alert))
        #expect(names(queue) == [1, 2, 4, 5])
        queue.push(line(6, .alert))
        queue.push(line(7, .alert))
        #expect(names(queue) == [2, 5, 6, 7])
        var expected = LineLosses.none
        expected[.process] = 2
        expected[.firewall] = 1
        #expect(queue.takeLosses() == expected)
        #expect(queue.takeLosses() == .none)
    }

    @Test func `never drops a line for one that is no worthier`() {
        var queue = queue(for: 2)
        queue.push(line(1, .alert))
        queue.push(line(2, .firewall))
        queue.push(line(3, .firewall))
        queue.push(line(4, .process))
        #expect(names(queue) == [1, 2])
        #expect(queue.losses[.firewall] == 1)
        #expect(queue.losses[.process] == 1)
    }

    @Test func `sacrifices nothing for a line that would not fit anyway`() {
        var queue = queue(for: 2)
        queue.push(line(1, .process))
        queue.push(line(2, .firewall))
        queue.push(line(3, 10_000, .alert))
        #expect(names(queue) == [1, 2])
        #expect(queue.losses.total == 1)
        #expect(queue.losses[.alert] == 1)
    }

    @Test func `gives up what is least worthy when lines come back and others took their room`() {
        var queue = queue(for: 3)
        for (name, lineClass) in [(1, .process), (2, .alert), (3, .firewall)] as [(UInt8, LineClass)] {
            queue.push(line(name, lineClass))
        }
        let popped = [queue.pop(), queue.pop()].compactMap(\.self)
        queue.push(line(4, .firewall))
        queue.push(line(5, .alert))
        queue.restore(popped)
        #expect(names(queue) == [2, 3, 5])
        #expect(queue.losses[.process] == 1 && queue.losses[.firewall] == 1 && queue.losses[.alert] == 0)
    }

    /// Against a model: a list of what waits, worst first to go.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `stays within its bound, keeps the order and accounts for every line`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var queue = LineQueue(capacity: 4096)
        var pushed: UInt64 = 0
        var popped: UInt64 = 0
        var lastPopped: UInt64?
        for _ in 0..<20_000 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0..<3:
                let lineClass = LineClass.allCases.randomElement(using: &random) ?? .alert
                queue.push(line(1, .random(in: 1...900, using: &random), lineClass))
                pushed += 1
            case 3:
                guard let line = queue.pop() else { break }
                #expect(lastPopped.map { $0 < line.order } ?? true)
                lastPopped = line.order
                popped += 1
            default:
                // Out, perhaps others in, and some of them back.
                let lines = (0..<Int.random(in: 1...4, using: &random)).compactMap { _ in queue.pop() }
                if Bool.random(using: &random) {
                    queue.push(line(2, .random(in: 1...900, using: &random), .alert))
                    pushed += 1
                }
                if Bool.random(using: &random) {
                    queue.restore(lines)
                } else {
                    popped += UInt64(lines.count)
                    lastPopped = lines.last?.order ?? lastPopped
                }
            }
            #expect(queue.size <= queue.capacity)
        }
        while let line = queue.pop() {
            #expect(lastPopped.map { $0 < line.order } ?? true)
            lastPopped = line.order
            popped += 1
        }
        #expect(queue.size == 0)
        #expect(popped + queue.losses.total == pushed)
    }
}
