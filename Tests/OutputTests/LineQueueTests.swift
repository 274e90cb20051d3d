import Testing

@testable import Output

@Suite struct `A line queue` {
    private func line(_ name: UInt8, _ length: Int = 52) -> QueuedLine {
        QueuedLine(bytes: [UInt8](repeating: name, count: length))
    }

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
        queue.push(line(1), .firewall)
        queue.push(line(2), .process)
        queue.push(line(3), .alert)
        queue.push(line(4), .firewall)
        #expect(names(queue) == [1, 2, 3, 4])
    }

    @Test func `drops the least worthy class first, newest first`() {
        var queue = queue(for: 4)
        queue.push(line(1), .process)
        queue.push(line(2), .firewall)
        queue.push(line(3), .process)
        queue.push(line(4), .firewall)
        queue.push(line(5), .alert)
        #expect(names(queue) == [1, 2, 4, 5])
        queue.push(line(6), .alert)
        queue.push(line(7), .alert)
        #expect(names(queue) == [2, 5, 6, 7])
        var expected = LineLosses.none
        expected[.process] = 2
        expected[.firewall] = 1
        #expect(queue.takeLosses() == expected)
        #expect(queue.takeLosses() == .none)
    }

    @Test func `never drops a line for one that is no worthier`() {
        var queue = queue(for: 2)
        queue.push(line(1), .alert)
        queue.push(line(2), .firewall)
        queue.push(line(3), .firewall)
        queue.push(line(4), .process)
        #expect(names(queue) == [1, 2])
        #expect(queue.losses[.firewall] == 1)
        #expect(queue.losses[.process] == 1)
    }

    @Test func `sacrifices nothing for a line that would not fit anyway`() {
        var queue = queue(for: 2)
        queue.push(line(1), .process)
        queue.push(line(2), .firewall)
        queue.push(line(3, 10_000), .alert)
        #expect(names(queue) == [1, 2])
        #expect(queue.losses.total == 1)
        #expect(queue.losses[.alert] == 1)
    }

    @Test func `stays within its bound and accounts for every line`() {
        var random = SystemRandomNumberGenerator()
        var queue = LineQueue(capacity: 4096)
        var pushed: UInt64 = 0
        var popped: UInt64 = 0
        for _ in 0..<20_000 {
            if Int.random(in: 0..<3, using: &random) > 0 {
                queue.push(line(1, .random(in: 1...900)), LineClass.allCases.randomElement() ?? .alert)
                pushed += 1
            } else if queue.pop() != nil {
                popped += 1
            }
            #expect(queue.size <= queue.capacity)
        }
        while queue.pop() != nil { popped += 1 }
        #expect(queue.size == 0)
        #expect(popped + queue.losses.total == pushed)
    }
}
