import Netlink
import Testing

@testable import Attribution

@Suite struct `Too many requests` {
    @Test func `let the oldest go first`() {
        var attribution = Attribution()
        for id in 1...Attribution.capacity {
            #expect(attribution.send(record(UInt64(id), batch(UInt32(id) * 4))).isEmpty)
        }
        #expect(attribution.send(record(500_000, batch(4))).brief == ["silent 1"])
        #expect(attribution.send(record(500_001, batch(4)), error: -1).brief == ["silent 2"])
    }

    @Test func `that never end are forgotten together, and the next is known`() {
        var attribution = Attribution()
        for id in 1...UInt64(Attribution.capacity) { attribution.begin(record(id, [])) }
        #expect(attribution.send(record(999_999, batch(10)), error: -1).isEmpty)
        #expect(attribution.end(id: 1, error: 0).isEmpty)
        #expect(attribution.hear().brief == ["refused 999999 -1"])
    }

    @Test func `whose end was lost are forgotten after a minute, and nothing waits for them`() {
        var attribution = Attribution()
        attribution.begin(record(1, batch(10)))
        attribution.begin(record(2, batch(20), at: 50_000 * millisecond))
        #expect(attribution.expire(at: 1).isEmpty && attribution.isBusy)
        #expect(attribution.expire(at: 60_001 * millisecond).isEmpty && attribution.isBusy)
        #expect(attribution.end(id: 1, error: -1).isEmpty && !attribution.isWaiting)
        #expect(attribution.expire(at: 130_000 * millisecond).isEmpty && !attribution.isBusy)
    }
}

@Suite struct `A failure limiter` {
    static let interval = UInt64(FailureLimiter.interval)

    /// How many of `count` refusals at one time are told.
    static func told(_ limiter: inout FailureLimiter, _ count: Int, user: UInt32 = 1, at time: UInt64) -> Int {
        (0..<count).count { _ in limiter.admit(user: user, at: time) != nil }
    }

    @Test func `tells a burst and no more`() {
        var limiter = FailureLimiter()
        #expect(Self.told(&limiter, 1000, at: 5) == Int(FailureLimiter.burst))
    }

    @Test func `tells one more for each interval`() {
        var limiter = FailureLimiter()
        _ = Self.told(&limiter, 100, at: 0)
        #expect(Self.told(&limiter, 5, at: Self.interval - 1) == 0)
        #expect(Self.told(&limiter, 5, at: Self.interval) == 1)
        #expect(Self.told(&limiter, 5, at: 3 * Self.interval) == 2)
    }

    @Test func `saves up no more than a burst`() {
        var limiter = FailureLimiter()
        _ = Self.told(&limiter, 100, at: 0)
        #expect(Self.told(&limiter, 100, at: 1000 * Self.interval) == Int(FailureLimiter.burst))
    }

    @Test func `says how many were passed over, once`() {
        var limiter = FailureLimiter()
        _ = Self.told(&limiter, 10 + 7, at: 0)
        #expect(limiter.admit(user: 1, at: 2 * Self.interval) == 7)
        #expect(limiter.admit(user: 1, at: 2 * Self.interval) == 0)
    }

    @Test func `keeps an account for each user`() {
        var limiter = FailureLimiter()
        _ = Self.told(&limiter, 100, user: 1, at: 0)
        #expect(Self.told(&limiter, 100, user: 2, at: 0) == Int(FailureLimiter.burst))
        #expect(limiter.admit(user: 1, at: 0) == nil)
    }

    @Test func `starts afresh where users are too many`() {
        var limiter = FailureLimiter()
        _ = Self.told(&limiter, 100, user: 0, at: 0)
        for user in 1...UInt32(FailureLimiter.users) { _ = limiter.admit(user: user, at: 0) }
        #expect(limiter.admit(user: 0, at: 0) == 0)
    }

    @Test func `takes a moment that is past for no time gone`() {
        var limiter = FailureLimiter()
        _ = Self.told(&limiter, 100, at: 100 * Self.interval)
        #expect(Self.told(&limiter, 5, at: 0) == 0)
    }
}
