import CHeap

/// One figure of a ruleset's size: what a change takes, or what a rule holds.
struct Figure {
    var what: String
    var rules: Int
    /// Nanoseconds a change, or bytes a rule.
    var value: Double
    var isTime: Bool
}

/// One figure of the way from the kernel to the line: what a record takes.
struct Step {
    var what: String
    /// Of the record as the kernel half or netlink hands it over.
    var bytes: Int
    var nanoseconds: Double
    /// Asked of the heap for it: bytes, and how often.
    var allocatedBytes: Double
    var allocations: Double

    /// `body` handles so many records a call; calls are numbered.
    init(_ what: String, bytes: Int, calls: Int, records: Int = 1, _ body: (Int) -> Void) {
        self.what = what
        self.bytes = bytes
        nanoseconds = time(calls, body) / Double(records)
        let (asked, requests) = (heap_asked(), heap_requests())
        for index in 0..<calls { body(index) }
        allocatedBytes = Double(heap_asked() - asked) / Double(calls * records)
        allocations = Double(heap_requests() - requests) / Double(calls * records)
    }

    var megabytesPerSecond: Double { Double(bytes) / nanoseconds * 1000 }
}

/// The best of some batches: other programs run beside.
func time(_ count: Int, _ body: (Int) -> Void) -> Double {
    let clock = ContinuousClock()
    body(0)
    let batches = (0..<7).map { _ in clock.measure { for index in 0..<count { body(index) } } / count }
    return (batches.min() ?? .zero) / .nanoseconds(1)
}
