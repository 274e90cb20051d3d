/// How much time may go into asking what rules say, so that a storm of changes is not told late.
///
/// Time is earned as it passes, a part of it, and spent by listing; what is left over is kept up to a limit.
package struct TextBudget: Sendable {
    /// Of how much time one part is earned, in hundredths.
    private let share: UInt64
    /// How much is kept at most, in nanoseconds.
    private let limit: Int64
    private var balance: Int64
    private var last: UInt64 = 0

    /// `percent`: the part of the time. `costOfAsking`: what the smallest listing takes on this machine, in nanoseconds;
    /// with 5 percent 200 of them may be made at once, or such as take 0.4 s.
    package init(percent: Int = 5, costOfAsking: UInt64 = 0) {
        share = UInt64(min(max(percent, 1), 100))
        limit = max(400_000_000, Int64(clamping: costOfAsking &* 200)) / 5 * Int64(share)
        balance = limit
    }

    /// Whether a listing may be made that will take so long, as far as is known. Times are nanoseconds of one clock.
    package mutating func allows(_ cost: UInt64, at now: UInt64) -> Bool {
        earn(until: now)
        // One that costs more than can ever be kept is made when all is kept.
        return balance >= min(Int64(clamping: cost), limit)
    }

    package mutating func spend(_ cost: UInt64, at now: UInt64) {
        earn(until: now)
        balance -= min(Int64(clamping: cost), 100 * limit)
    }

    /// When so much will be there again.
    package func ready(for cost: UInt64) -> UInt64 {
        let missing = min(Int64(clamping: cost), limit) - balance
        return missing <= 0 ? last : last &+ UInt64(missing) &* 100 / share
    }

    private mutating func earn(until now: UInt64) {
        if last != 0, now > last { balance = min(limit, balance + Int64(clamping: (now - last) / 100 &* share)) }
        last = max(last, now)
    }
}
