internal import Netlink
package import Records

/// Joins what was sent to what was committed.
///
/// A request says who and what was asked, a notification what the kernel made of it. Both carry the sender's
/// netlink port and sequence number; they come by two ways, in either order. A commit waits a bounded moment
/// for its request; a request is done with when the notifications were read to the last after it ended. Commits of a namespace leave in the order in which they came.
package struct Attribution {
    /// How long a commit waits for its request, in nanoseconds. The request is in the ring before the sender's
    /// system call returns; the sender may be preempted in between.
    static let commitPatience: UInt64 = 250_000_000
    /// Requests that are held at most; older ones are let go as if they had been heard.
    static let capacity = 65_536
    /// How long the end of a request is waited for, in nanoseconds: its record may have been lost.
    static let partialPatience: UInt64 = 60_000_000_000

    private struct Waiting {
        var sent: SentRequest
        var round: UInt64
    }

    /// A request whose records are not all there.
    private struct Partial {
        var head: Record.Request
        var bytes: [UInt8]

        func sent(error: Int32?) -> SentRequest {
            SentRequest(
                id: head.id, author: head.author, netns: head.netns, port: head.port, total: head.total,
                request: NFNetlinkRequest.decode(unsafe bytes.span.bytes, truncated: bytes.count < head.total),
                error: error)
        }
    }

    private var partials: [UInt64: Partial] = [:]
    /// When they are looked through next.
    private var partialsDue: UInt64 = 0
    /// In the order in which they were sent.
    private var requests: [Waiting] = []
    private var round: UInt64 = 0
    private var commits: [Commit] = []

    package init() {}

    /// When ``expire(at:)`` has something to do at the latest; nil: nothing waits.
    package var deadline: UInt64? { commits.first.map { $0.time &+ Self.commitPatience } }

    /// Whether anything is under way that has not been told.
    package var isBusy: Bool { !requests.isEmpty || !commits.isEmpty || !partials.isEmpty }

    /// Whether a request waits for the notifications to be read.
    package var isWaiting: Bool { !requests.isEmpty }

    package mutating func begin(_ request: Record.Request) {
        // Records of a request that never ended: the ring lost its result.
        if partials.count >= Self.capacity { partials.removeAll() }
        partials[request.id] = Partial(head: request, bytes: request.bytes)
    }

    /// Bytes that follow. Out of order they are worthless, and the request counts as cut off.
    package mutating func append(id: UInt64, offset: Int, bytes: [UInt8]) {
        guard partials[id]?.bytes.count == offset else { return }
        partials[id]?.bytes.append(contentsOf: bytes)
    }

    /// The kernel is done with a request: what it committed is in the socket by now.
    package mutating func end(id: UInt64, error: Int32) -> [Verdict] {
        guard let partial = partials.removeValue(forKey: id) else { return [] }
        let sent = partial.sent(error: error)
        let request = sent.request
        // What follows in a request that was not copied whole may be anything.
        if !sent.ipsetChanges.isEmpty || !request.isBatch && request.isTruncated { return [.ipset(sent)] }
        requests.append(Waiting(sent: sent, round: round))
        return settle()
    }

    /// The notifications are about to be read to the last.
    package mutating func beginHearing() { round += 1 }

    /// They were: what was answered before and not committed by now changed nothing, or was not heard.
    package mutating func endHearing() -> [Verdict] {
        guard let first = requests.first, first.round < round else { return [] }
        let heard = requests.prefix { $0.round < round }
        requests.removeFirst(heard.count)
        return heard.map { verdict(on: $0.sent) }
    }

    /// The kernel committed something.
    package mutating func commit(_ commit: Commit) -> [Verdict] {
        commits.append(commit)
        return settle()
    }

    /// Gives up on what had waited too long at `time`, when the ring was begun to be read to its end: no request of theirs
    /// lies in it.
    package mutating func expire(at time: UInt64) -> [Verdict] {
        if !partials.isEmpty, time > partialsDue {
            partialsDue = time &+ Self.partialPatience
            partials = partials.filter { $0.value.head.author.time &+ Self.partialPatience > time }
        }
        return settle(at: time)
    }

    /// Gives up at once on what was sent in a namespace, or in any, before it was heard: what came after is about to be
    /// told.
    package mutating func release(_ netns: UInt32? = nil, sentBefore time: UInt64) -> [Verdict] {
        let isLate = { (waiting: Waiting) in
            netns ?? waiting.sent.netns.inode == waiting.sent.netns.inode && waiting.sent.author.time < time
        }
        let released = requests.filter(isLate)
        if !released.isEmpty { requests.removeAll(where: isLate) }
        return released.map { verdict(on: $0.sent) }
    }

    /// Requests that were sent in a namespace before `time` and whose end was not told, oldest first.
    package func unfinished(in netns: UInt32, sentBefore time: UInt64) -> [SentRequest] {
        let heads = partials.values.filter { $0.head.netns.inode == netns && $0.head.author.time < time }
        return heads.map { $0.sent(error: nil) }.sorted { $0.author.time < $1.author.time }
    }

    /// One of them is seen to have been done: its end says nothing new.
    package mutating func finish(_ id: UInt64) { partials[id] = nil }

    /// `time`: when those are given up that have waited since long before it.
    private mutating func settle(at time: UInt64? = nil) -> [Verdict] {
        var verdicts: [Verdict] = []
        var blocked: Set<UInt32> = []
        var rest: [Commit] = []
        for commit in commits {
            if blocked.contains(commit.netns) {
                rest.append(commit)
            } else if let index = best(for: commit) {
                verdicts.append(.committed(commit, requests.remove(at: index).sent))
            } else if let time, commit.time &+ Self.commitPatience <= time {
                verdicts.append(.committed(commit, takeUnfinished(for: commit)))
            } else {
                blocked.insert(commit.netns)
                rest.append(commit)
            }
        }
        commits = rest
        while requests.count > Self.capacity { verdicts.append(verdict(on: requests.removeFirst().sent)) }
        return verdicts
    }

    /// A request that fits and whose end was not told: its sender stands still between the commit and his return, or
    /// he began under a collector that is dead.
    private mutating func takeUnfinished(for commit: Commit) -> SentRequest? {
        var best: (sent: SentRequest, fit: Int)?
        for partial in partials.values where partial.head.netns.inode == commit.netns {
            let sent = partial.sent(error: nil)
            guard let fit = sent.fit(commit), fit > best?.fit ?? -1 else { continue }
            best = (sent, fit)
        }
        if let best { partials[best.sent.id] = nil }
        return best?.sent
    }

    /// The oldest of those that fit best.
    private func best(for commit: Commit) -> Int? {
        var best: (index: Int, fit: Int)?
        for (index, waiting) in requests.enumerated() {
            guard let fit = waiting.sent.fit(commit), fit > best?.fit ?? -1 else { continue }
            best = (index, fit)
            if fit == 3 { break }
        }
        return best?.index
    }

    /// What an answered request is that no commit followed.
    private func verdict(on sent: SentRequest) -> Verdict {
        if let error = sent.error, error < 0 { return .refused(sent, error: error) }
        return sent.request.isBatch && !sent.request.hasBatchEnd && !sent.request.isTruncated
            ? .dryRun(sent) : .silent(sent)
    }
}
