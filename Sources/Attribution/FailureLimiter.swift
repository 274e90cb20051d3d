/// Keeps a user who fails all the time from filling the log: a few refusals at once are told, then one now
/// and then, with the number of those that were not.
package struct FailureLimiter {
    /// Refusals of one user that are told at once.
    static let burst = 10.0
    /// And then one in this many nanoseconds.
    static let interval = 6_000_000_000.0
    /// Users that are remembered; beyond that the account starts afresh.
    static let users = 1024

    private struct Account {
        var tokens: Double
        var time: UInt64
        var suppressed = 0
    }

    private var accounts: [UInt32: Account] = [:]

    package init() {}

    /// Whether to tell of this refusal: nil for no, else how many of the same user were passed over before it.
    package mutating func admit(user: UInt32, at time: UInt64) -> Int? {
        if accounts[user] == nil, accounts.count >= Self.users { accounts.removeAll() }
        var account = accounts[user] ?? Account(tokens: Self.burst, time: time)
        let passed = time > account.time ? Double(time - account.time) : 0
        account.tokens = min(Self.burst, account.tokens + passed / Self.interval)
        account.time = max(account.time, time)
        defer { accounts[user] = account }
        guard account.tokens >= 1 else {
            account.suppressed += 1
            return nil
        }
        account.tokens -= 1
        defer { account.suppressed = 0 }
        return account.suppressed
    }
}
