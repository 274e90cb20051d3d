import Netlink
import Testing

@testable import Attribution

@Suite struct `A deadline` {
    @Test func `lets a commit go at its very nanosecond`() {
        var attribution = Attribution()
        _ = attribution.commit(commit(7, sequence: 11, at: 1000))
        let deadline = 1000 + Attribution.commitPatience
        #expect(attribution.deadline == deadline)
        #expect(attribution.expire(at: deadline - 1).isEmpty)
        #expect(attribution.expire(at: deadline).brief == ["committed 7 by nobody"])
        #expect(attribution.deadline == nil)
    }

    @Test func `lets a request go at its very nanosecond`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10)), at: 1000)
        let deadline = 1000 + Attribution.requestPatience
        #expect(attribution.deadline == deadline)
        #expect(attribution.expire(at: deadline - 1).isEmpty)
        #expect(attribution.expire(at: deadline).brief == ["silent 1"])
        #expect(attribution.deadline == nil)
    }

    @Test func `comes sooner where nobody may be told of the commit`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10)), at: 1000, isHeard: false)
        let deadline = 1000 + Attribution.unheardPatience
        #expect(attribution.deadline == deadline)
        #expect(attribution.expire(at: deadline).brief == ["silent 1"])
    }

    @Test func `is the earlier of all that waits`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10)), at: 0)
        #expect(attribution.deadline == Attribution.requestPatience)
        _ = attribution.commit(commit(7, sequence: 99, at: millisecond))
        #expect(attribution.deadline == millisecond + Attribution.commitPatience)
        _ = attribution.send(record(2, batch(20)), at: 2 * millisecond, isHeard: false)
        #expect(attribution.deadline == 2 * millisecond + Attribution.unheardPatience)
    }

    @Test func `is nothing where nothing waits, also while a request is under way`() {
        var attribution = Attribution()
        attribution.begin(record(1, batch(10)))
        #expect(attribution.deadline == nil)
        #expect(attribution.expire(at: .max).isEmpty)
    }

    @Test func `leaves a request that was let go to no later commit`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10)), at: 0)
        _ = attribution.expire(at: Attribution.requestPatience)
        #expect(attribution.commit(commit(7, sequence: 11, at: Attribution.requestPatience + 1)).isEmpty)
    }

    @Test func `past both, still joins what belongs together`() {
        var attribution = Attribution()
        _ = attribution.commit(commit(7, sequence: 11, at: 0))
        // The loop slept: both are late, and yet of one change.
        #expect(attribution.send(record(1, batch(10)), at: 900 * millisecond).brief == ["committed 7 by 1"])
    }
}
