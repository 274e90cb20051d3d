import Netlink
import Testing

@testable import Attribution

@Suite struct `A commit and its request` {
    @Test func `meet where the request comes first`() {
        var attribution = Attribution()
        #expect(attribution.send(record(1, batch(10))).isEmpty)
        #expect(attribution.commit(commit(7, sequence: 11, at: 6)).brief == ["committed 7 by 1"])
        #expect(attribution.deadline == nil)
    }

    @Test func `meet where the commit comes first`() {
        var attribution = Attribution()
        #expect(attribution.commit(commit(7, sequence: 11, at: 5)).isEmpty)
        #expect(attribution.send(record(1, batch(10))).brief == ["committed 7 by 1"])
        #expect(attribution.deadline == nil)
    }

    @Test(arguments: [UInt32(11), 12, 13])
    func `meet by the number of any message`(sequence: UInt32) {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10, messages: 3)))
        #expect(attribution.commit(commit(7, sequence: sequence, at: 6)).brief == ["committed 7 by 1"])
    }

    @Test(arguments: [UInt32(9), 10, 12, 13, 0, .max])
    func `do not meet by any other`(sequence: UInt32) {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10)))
        #expect(attribution.commit(commit(7, sequence: sequence, at: 6)).isEmpty)
    }

    @Test(arguments: [UInt32.max, 0])
    func `meet where the numbers wrap`(sequence: UInt32) {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(.max - 1, messages: 2)))
        #expect(attribution.commit(commit(7, sequence: sequence, at: 6)).brief == ["committed 7 by 1"])
    }

    @Test func `do not meet over ports or namespaces`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10)))
        #expect(attribution.commit(commit(7, port: 501, sequence: 11, at: 6)).isEmpty)
        #expect(attribution.commit(commit(8, netns: 2, sequence: 11, at: 6)).isEmpty)
    }

    @Test func `meet one to one where two requests have the same numbers`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10)))
        _ = attribution.send(record(2, batch(10)))
        #expect(attribution.commit(commit(7, sequence: 11, at: 7)).brief == ["committed 7 by 1"])
        #expect(attribution.commit(commit(8, sequence: 11, at: 8)).brief == ["committed 8 by 2"])
    }

    @Test func `meet with what was cut off, beyond the last number that was read`() {
        var attribution = Attribution()
        let whole = batch(10, messages: 50)
        _ = attribution.send(record(1, Array(whole.prefix(60)), total: whole.count))
        let verdicts = attribution.commit(commit(7, sequence: 55, at: 6))
        #expect(verdicts.brief == ["committed 7 by 1"])
        guard case .committed(_, let sent?) = verdicts.first else { return }
        #expect(sent.request.isTruncated && sent.total == whole.count)
    }

    @Test func `leave in the order of commits while one waits`() {
        var attribution = Attribution()
        #expect(attribution.commit(commit(7, sequence: 11, at: 1)).isEmpty)
        _ = attribution.send(record(2, batch(20)))
        #expect(attribution.commit(commit(8, sequence: 21, at: 3)).isEmpty)
        #expect(attribution.send(record(1, batch(10))).brief == ["committed 7 by 1", "committed 8 by 2"])
    }

    @Test func `do not wait for those of another namespace`() {
        var attribution = Attribution()
        #expect(attribution.commit(commit(7, sequence: 11, at: 1)).isEmpty)
        _ = attribution.send(record(2, batch(20), netns: 2))
        #expect(attribution.commit(commit(3, netns: 2, sequence: 21, at: 3)).brief == ["committed 3 by 2"])
    }

    @Test func `leave both when the first has waited too long`() {
        var attribution = Attribution()
        _ = attribution.commit(commit(7, sequence: 11, at: 0))
        _ = attribution.send(record(2, batch(20)))
        _ = attribution.commit(commit(8, sequence: 21, at: 2))
        let verdicts = attribution.expire(at: Attribution.commitPatience)
        #expect(verdicts.brief == ["committed 7 by nobody", "committed 8 by 2"])
    }

    @Test func `meet in the thread that the kernel names, whoever sent the same before`() {
        var attribution = Attribution()
        // A decoy on a shared socket: the same port, the same bytes, another thread.
        _ = attribution.send(record(1, batch(10), pid: 100))
        _ = attribution.send(record(2, batch(10), pid: 200))
        #expect(attribution.commit(commit(7, sequence: 11, at: 7, thread: 200)).brief == ["committed 7 by 2"])
    }

    @Test func `from who owns a user namespace needs no capability for what is in it`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10), capabilities: 0, level: 1))
        #expect(attribution.commit(commit(7, sequence: 11, at: 6)).brief == ["committed 7 by 1"])
    }

    @Test func `do not meet where the sender may not change anything`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10), capabilities: 0))
        #expect(attribution.commit(commit(7, sequence: 11, at: 6)).isEmpty)
    }

    @Test func `do not meet where the batch had no end`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10, isEnded: false)))
        #expect(attribution.commit(commit(7, sequence: 11, at: 6)).isEmpty)
    }

    @Test func `meet where no error was answered rather than where one was`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10)), error: -17)
        _ = attribution.send(record(2, batch(10)))
        #expect(attribution.commit(commit(7, sequence: 11, at: 7)).brief == ["committed 7 by 2"])
    }
}
