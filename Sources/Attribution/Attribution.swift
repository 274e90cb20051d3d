internal import Netlink
package import Records

/// Joins what was sent to what was committed.
///
/// A request says who and what was asked, a notification what the kernel made of it. Both carry the sender's
/// netlink port and sequence number; they come by two ways, in either order, and each waits a bounded moment
/// for the other. Commits of a namespace leave in the order in which they came.
package struct Attribution {
    /// How long a commit waits for its request, in nanoseconds. The request is in the ring before the sender's
    /// system call returns.
    static let commitPatience: UInt64 = 20_000_000
    /// How long an answered request waits for its commit.
    static let requestPatience: UInt64 = 50_000_000
    /// The same for a commit that nobody may be told of.
    static let unheardPatience: UInt64 = 5_000_000
    /// Requests that are held at most; older ones are let go as if time had passed.
    static let capacity = 4096

    private struct Waiting {
        var sent: SentRequest
        var until: UInt64
    }

    /// A request whose records are not all there.
    private struct Partial {
        var head: Record.Request
        var bytes: [UInt8]
    }

    private var partials: [UInt64: Partial] = [:]
    /// In the order in which they were sent.
    private var requests: [Waiting] = []
    private var commits: [Commit] = []

    package init() {}

    /// When ``expire(at:)`` has something to do at the latest; nil: nothing waits.
    package var deadline: UInt64? {
        [commits.first.map { $0.time &+ Self.commitPatience }, requests.lazy.map(\.until).min()].compactMap { $0 }.min()
    }

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

    /// The kernel is done with a request. `isHeard` tells whether a commit of it would have been notified: it
    /// would not, if its namespace was not known at that time.
    package mutating func end(
        id: UInt64, error: Int32, at time: UInt64, isHeard: (SentRequest) -> Bool
    ) -> [Verdict] {
        guard let partial = partials.removeValue(forKey: id) else { return [] }
        let head = partial.head
        let sent = SentRequest(
            id: id, author: head.author, netns: head.netns, port: head.port, total: head.total,
            request: NFNetlinkRequest.decode(
                unsafe partial.bytes.span.bytes, truncated: partial.bytes.count < head.total),
            error: error)
        if !sent.ipsetChanges.isEmpty { return [.ipset(sent)] }
        let patience = isHeard(sent) ? Self.requestPatience : Self.unheardPatience
        requests.append(Waiting(sent: sent, until: time &+ patience))
        return settle(at: time)
    }

    /// The kernel committed something.
    package mutating func commit(_ commit: Commit) -> [Verdict] {
        commits.append(commit)
        return settle(at: commit.time)
    }

    /// Gives up on what has waited too long.
    package mutating func expire(at time: UInt64) -> [Verdict] { settle(at: time) }

    /// Gives up at once on what was sent in a namespace before it was heard: what came after is about to be told.
    package mutating func release(_ netns: UInt32, sentBefore time: UInt64) -> [Verdict] {
        let isLate = { (waiting: Waiting) in waiting.sent.netns.inode == netns && waiting.sent.author.time < time }
        let released = requests.filter(isLate)
        if !released.isEmpty { requests.removeAll(where: isLate) }
        return released.map { verdict(on: $0.sent) }
    }

    private mutating func settle(at time: UInt64) -> [Verdict] {
        var verdicts: [Verdict] = []
        var blocked: Set<UInt32> = []
        var rest: [Commit] = []
        for commit in commits {
            if blocked.contains(commit.netns) {
                rest.append(commit)
            } else if let index = requests.firstIndex(where: { $0.sent.explains(commit) }) {
                verdicts.append(.committed(commit, requests.remove(at: index).sent))
            } else if commit.time &+ Self.commitPatience <= time {
                verdicts.append(.committed(commit, nil))
            } else {
                blocked.insert(commit.netns)
                rest.append(commit)
            }
        }
        commits = rest
        let overflow = requests.count - Self.capacity
        guard overflow > 0 || requests.contains(where: { $0.until <= time }) else { return verdicts }
        var kept: [Waiting] = []
        for (place, waiting) in requests.enumerated() {
            if waiting.until <= time || place < overflow {
                verdicts.append(verdict(on: waiting.sent))
            } else {
                kept.append(waiting)
            }
        }
        requests = kept
        return verdicts
    }

    /// What an answered request is that no commit followed.
    private func verdict(on sent: SentRequest) -> Verdict {
        if let error = sent.error, error < 0 { return .refused(sent, error: error) }
        return sent.request.isBatch && !sent.request.hasBatchEnd && !sent.request.isTruncated
            ? .dryRun(sent) : .silent(sent)
    }
}
