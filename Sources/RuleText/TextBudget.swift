/// How much time may go into asking what rules say, so that a storm of changes is not told late.
///
/// Time is earned as it passes, a part of it, and spent by listing; what is left over is kept up to a limit.
package struct TextBudget: Sendable {
    /// The part of the time that is earned: one in twenty.
    private static let share: UInt64 = 20
    /// How much is kept at most, in nanoseconds.
    private static let limit: Int64 = 400_000_000

    private var balance = TextBudget.limit
    private var last: UInt64 = 0

    package init() {}

    /// Whether a listing may be made that will take so long, as far as is known. Times are nanoseconds of one clock.
    package mutating func allows(_ cost: UInt64, at now: UInt64) -> Bool {
        earn(until: now)
        // One that costs more than can ever be kept is made when all is kept.
        return balance >= min(Int64(clamping: cost), Self.limit)
    }

    package mutating func spend(_ cost: UInt64, at now: UInt64) {
        earn(until: now)
        balance -= min(Int64(clamping: cost), 100 * Self.limit)
    }

    /// When so much will be there again.
    package func ready(for cost: UInt64) -> UInt64 {
        let missing = min(Int64(clamping: cost), Self.limit) - balance
        return missing <= 0 ? last : last &+ UInt64(missing) &* Self.share
    }

    private mutating func earn(until now: UInt64) {
        if last != 0, now > last { balance = min(Self.limit, balance + Int64(clamping: (now - last) / Self.share)) }
        last = max(last, now)
    }
}
