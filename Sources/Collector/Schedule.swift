/// Something that is due again and again.
struct Schedule {
    private let interval: UInt64
    /// In nanoseconds of CLOCK_BOOTTIME.
    private(set) var next: UInt64

    init(every interval: Duration, from now: UInt64) {
        let (seconds, attoseconds) = interval.components
        self.interval = UInt64(max(seconds, 0)) &* 1_000_000_000 &+ UInt64(max(attoseconds, 0) / 1_000_000_000)
        next = now &+ self.interval
    }

    /// Whether it is due; if so, it is due again an interval later.
    mutating func isDue(at now: UInt64) -> Bool {
        guard now >= next else { return false }
        next = now &+ interval
        return true
    }
}
