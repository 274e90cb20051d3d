/// A line, and what is to be handed back when it is written; 0: nothing.
struct QueuedLine: Sendable {
    var bytes: [UInt8] = []
    var receipt: UInt64 = 0
}

/// The lines that wait to be written, at most so many bytes of them. A pure value: no I/O, no lock.
///
/// Lines leave in the order they came, whatever their class. When one does not fit, the newest
/// lines of the least worthy class go, then those of the next, but never one as worthy as itself;
/// if that would not make room, nothing is sacrificed and the newcomer is lost.
struct LineQueue {
    private struct Line {
        let order: UInt64
        let line: QueuedLine
    }

    /// What a queued line costs beside its bytes: the array's header and its place in the queue.
    static let overhead = 48

    /// The bound, in bytes.
    let capacity: Int
    /// What the queued lines cost at present.
    private(set) var size = 0
    private(set) var losses = LineLosses.none

    private var lines = PerClass(repeating: Deque<Line>())
    private var sizes = PerClass(repeating: 0)
    private var nextOrder: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    var isEmpty: Bool { size == 0 }

    /// Takes a line in or counts it as lost.
    mutating func push(_ line: QueuedLine, _ lineClass: LineClass) {
        let cost = line.bytes.count + Self.overhead
        guard makeRoom(for: cost, lineClass) else {
            losses[lineClass] &+= 1
            return
        }
        lines[lineClass].append(Line(order: nextOrder, line: line))
        nextOrder &+= 1
        sizes[lineClass] += cost
        size += cost
    }

    /// The line that waits longest.
    mutating func pop() -> QueuedLine? {
        var oldest: (order: UInt64, lineClass: LineClass)?
        for lineClass in LineClass.allCases {
            guard let line = lines[lineClass].first else { continue }
            if let found = oldest, found.order < line.order { continue }
            oldest = (line.order, lineClass)
        }
        guard let oldest, let line = lines[oldest.lineClass].popFirst()?.line else { return nil }
        release(line.bytes, oldest.lineClass)
        return line
    }

    /// The losses since last asked.
    mutating func takeLosses() -> LineLosses {
        defer { losses = .none }
        return losses
    }

    private mutating func makeRoom(for cost: Int, _ newcomer: LineClass) -> Bool {
        let lesser = LineClass.allCases.filter { $0 < newcomer }
        guard size + cost > capacity else { return true }
        guard size + cost - lesser.reduce(0, { $0 + sizes[$1] }) <= capacity else { return false }
        for lineClass in lesser {
            while size + cost > capacity, let line = lines[lineClass].popLast()?.line {
                release(line.bytes, lineClass)
                losses[lineClass] &+= 1
            }
        }
        return true
    }

    private mutating func release(_ bytes: [UInt8], _ lineClass: LineClass) {
        sizes[lineClass] -= bytes.count + Self.overhead
        size -= bytes.count + Self.overhead
    }
}

/// A queue with two ends in one array. What has left the front is cleared away half the array at a time.
private struct Deque<Element> {
    private var storage: [Element?] = []
    private var head = 0

    var first: Element? { head < storage.count ? storage[head] : nil }

    mutating func append(_ element: Element) {
        storage.append(element)
    }

    mutating func popFirst() -> Element? {
        guard head < storage.count else { return nil }
        defer { compact() }
        defer { head += 1 }
        return storage[head].take()
    }

    mutating func popLast() -> Element? {
        guard head < storage.count else { return nil }
        defer { compact() }
        return storage.removeLast()
    }

    private mutating func compact() {
        guard head * 2 >= storage.count, head >= 64 || head == storage.count else { return }
        storage.removeFirst(head)
        head = 0
    }
}
