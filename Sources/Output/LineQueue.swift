/// A line, and what is to be handed back when it is written; 0: nothing.
struct QueuedLine: Sendable {
    var bytes: [UInt8] = []
    var lineClass = LineClass.firewall
    var receipt: UInt64 = 0
    /// Its place among all that were queued.
    fileprivate(set) var order: UInt64 = 0
}

/// The lines that wait to be written, at most so many bytes of them. A pure value: no I/O, no lock.
///
/// Lines leave in the order they came, whatever their class. When one does not fit, the newest
/// lines of the least worthy class go, then those of the next, but never one as worthy as itself;
/// if that would not make room, nothing is sacrificed and the newcomer is lost.
struct LineQueue {
    /// What a queued line costs beside its bytes: the array's header and its place in the queue.
    static let overhead = 48

    /// The bound, in bytes.
    let capacity: Int
    /// What the queued lines cost at present.
    private(set) var size = 0
    private(set) var losses = LineLosses.none

    private var lines = PerClass(repeating: Deque<QueuedLine>())
    private var sizes = PerClass(repeating: 0)
    private var nextOrder: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    var isEmpty: Bool { size == 0 }

    /// Takes a line in or counts it as lost.
    mutating func push(_ line: QueuedLine) {
        guard makeRoom(for: Self.cost(line), line.lineClass) else {
            losses[line.lineClass] &+= 1
            return
        }
        var line = line
        line.order = nextOrder
        nextOrder &+= 1
        lines[line.lineClass].append(line)
        count(line, 1)
    }

    /// The line that waits longest, if it is one of those that are wanted.
    mutating func pop(where isWanted: (QueuedLine) -> Bool = { _ in true }) -> QueuedLine? {
        var oldest: QueuedLine?
        for lineClass in LineClass.allCases {
            guard let line = lines[lineClass].first else { continue }
            if let found = oldest, found.order < line.order { continue }
            oldest = line
        }
        guard let oldest, isWanted(oldest), let line = lines[oldest.lineClass].popFirst() else { return nil }
        count(line, -1)
        return line
    }

    /// Takes back what was popped last, oldest first. Should others have taken the room, the least worthy go.
    mutating func restore(_ popped: [QueuedLine]) {
        for line in popped.reversed() {
            lines[line.lineClass].prepend(line)
            count(line, 1)
        }
        for lineClass in LineClass.allCases { drop(lineClass, until: 0) }
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
        for lineClass in lesser { drop(lineClass, until: cost) }
        return true
    }

    /// Gives up the newest lines of a class until there is so much room.
    private mutating func drop(_ lineClass: LineClass, until cost: Int) {
        while size + cost > capacity, let line = lines[lineClass].popLast() {
            count(line, -1)
            losses[lineClass] &+= 1
        }
    }

    private static func cost(_ line: QueuedLine) -> Int { line.bytes.count + overhead }

    private mutating func count(_ line: QueuedLine, _ sign: Int) {
        sizes[line.lineClass] += sign * Self.cost(line)
        size += sign * Self.cost(line)
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

    mutating func prepend(_ element: Element) {
        if head > 0 {
            head -= 1
            storage[head] = element
        } else {
            storage.insert(element, at: 0)
        }
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
