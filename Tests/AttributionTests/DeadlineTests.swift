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

    @Test func `is that of the oldest commit`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10)))
        #expect(attribution.deadline == nil)
        _ = attribution.commit(commit(7, sequence: 99, at: millisecond))
        _ = attribution.commit(commit(8, sequence: 98, at: 2 * millisecond))
        #expect(attribution.deadline == millisecond + Attribution.commitPatience)
    }

    @Test func `is nothing where nothing waits, also while a request is under way`() {
        var attribution = Attribution()
        attribution.begin(record(1, batch(10)))
        #expect(attribution.deadline == nil)
        #expect(attribution.expire(at: .max).isEmpty)
    }

    @Test func `of a commit is no reason to let go of a request`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10)))
        #expect(attribution.expire(at: .max).isEmpty)
        #expect(attribution.isWaiting)
    }

    @Test func `past both, still joins what belongs together`() {
        var attribution = Attribution()
        _ = attribution.commit(commit(7, sequence: 11, at: 0))
        // The loop slept: both are late, and yet of one change.
        #expect(attribution.send(record(1, batch(10))).brief == ["committed 7 by 1"])
    }

    @Test func `past, is met by a request whose end was not told, once`() {
        var attribution = Attribution()
        attribution.begin(record(1, batch(10)))
        attribution.begin(record(2, batch(20)))
        #expect(attribution.commit(commit(7, sequence: 11, at: 0)).isEmpty)
        #expect(attribution.expire(at: Attribution.commitPatience).brief == ["committed 7 by 1"])
        #expect(attribution.end(id: 1, error: 0).isEmpty && attribution.hear().isEmpty)
        _ = attribution.commit(commit(8, sequence: 11, at: 0))
        #expect(attribution.expire(at: Attribution.commitPatience).brief == ["committed 8 by nobody"])
    }

    @Test func `is nothing to a request that is seen to have been done before it comes back`() {
        var attribution = Attribution()
        for (id, time) in [(UInt64(3), UInt64(30)), (1, 10), (2, 20)] {
            attribution.begin(record(id, batch(UInt32(10 * id)), netns: id == 2 ? 2 : 1, at: time))
        }
        #expect(attribution.unfinished(in: 1, sentBefore: 30).map(\.id) == [1])
        #expect(attribution.unfinished(in: 1, sentBefore: 31).map(\.id) == [1, 3])
        attribution.finish(1)
        #expect(attribution.unfinished(in: 1, sentBefore: 31).map(\.id) == [3])
        #expect(attribution.end(id: 1, error: 0).isEmpty && attribution.hear().isEmpty)
    }

    @Test func `is not over because a later commit was read: the request may lie in the ring`() {
        var attribution = Attribution()
        _ = attribution.commit(commit(7, sequence: 11, at: 0))
        #expect(attribution.commit(commit(8, sequence: 21, at: 900 * millisecond)).isEmpty)
        #expect(attribution.send(record(2, batch(20))).isEmpty)
        #expect(attribution.send(record(1, batch(10))).brief == ["committed 7 by 1", "committed 8 by 2"])
    }
}

@Suite struct `A request is done with` {
    @Test func `when the notifications were read to the last after it ended`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10)))
        #expect(attribution.hear().brief == ["silent 1"])
        #expect(!attribution.isWaiting)
    }

    @Test func `not by a reading that began before it ended`() {
        var attribution = Attribution()
        attribution.beginHearing()
        _ = attribution.send(record(1, batch(10)))
        #expect(attribution.endHearing().isEmpty)
        #expect(attribution.hear().brief == ["silent 1"])
    }

    @Test func `and left to no later commit`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10)))
        _ = attribution.hear()
        #expect(attribution.commit(commit(7, sequence: 11, at: 1)).isEmpty)
    }

    @Test func `at once in a namespace that was not heard, if it was sent before that`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10), at: 5))
        _ = attribution.send(record(2, batch(20), at: 7))
        _ = attribution.send(record(3, batch(30), netns: 2, at: 5))
        #expect(attribution.release(1, sentBefore: 7).brief == ["silent 1"])
        #expect(attribution.hear().brief == ["silent 2", "silent 3"])
    }
}
