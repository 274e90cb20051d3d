package import Netlink
package import Records

/// A request to nfnetlink, put together from its records: who sent it, and what it says.
package struct SentRequest: Sendable {
    package let id: UInt64
    package let author: Author
    package let netns: NetnsRef
    package let port: UInt32
    /// Bytes that were sent; `request` may have been read from fewer.
    package let total: Int
    package let request: NFNetlinkRequest
    /// What the kernel answered: a negative errno, 0 for none. nil while it has not.
    package internal(set) var error: Int32?

    /// How well a commit fits what was sent; nil: it did not come of it.
    ///
    /// The sender chooses port and sequence numbers, and may share his socket with others. The thread he cannot
    /// choose: the kernel names it in `NEWGEN`, and handles a request in it from beginning to end.
    func fit(_ commit: Commit) -> Int? {
        guard netns.inode == commit.netns, port == commit.port, request.isBatch, mayChange else { return nil }
        if let thread = commit.generation.processID, thread != author.task.thread { return nil }
        guard request.hasBatchEnd || request.isTruncated else { return nil }
        // `NEWGEN` has the number of the first message after the batch's begin (seen on 6.1 and 6.18).
        let isNamed = request.messages.contains { $0.sequence == commit.sequence }
        guard isNamed || request.isTruncated else { return nil }
        // The answer is advisory: an old one may lie on the sender's queue.
        return (isNamed ? 2 : 0) + (error ?? 0 < 0 ? 0 : 1)
    }

    /// Whether the sender may change this firewall at all; if not, the kernel refused, whatever it is said to
    /// have answered. Who owns a user namespace needs no capability for what is in it.
    package var mayChange: Bool { author.task.capabilities & 1 << 12 != 0 || netns.userNamespaceLevel > 0 }

    /// The ipset commands among its messages that change something.
    package var ipsetChanges: [IPSetRequest] {
        request.messages.compactMap {
            if case .ipset(let command) = $0.body, command.command.isChange { command } else { nil }
        }
    }
}

/// One commit of nftables, as its notifications tell it.
package struct Commit: Sendable {
    package var netns: UInt32
    package var notices: [NFTMessage]
    package var generation: NFTGeneration
    /// Of the request that caused it.
    package var port: UInt32
    package var sequence: UInt32
    /// When it was received, in nanoseconds of CLOCK_BOOTTIME.
    package var time: UInt64

    package init(
        netns: UInt32, notices: [NFTMessage], generation: NFTGeneration, port: UInt32, sequence: UInt32, time: UInt64
    ) {
        self.netns = netns
        self.notices = notices
        self.generation = generation
        self.port = port
        self.sequence = sequence
        self.time = time
    }
}

/// What became of requests and commits.
package enum Verdict: Sendable {
    /// A commit, and the request it came from; nil: nobody was seen to send it.
    case committed(Commit, SentRequest?)
    /// Commands to ipset, which the kernel never notifies anybody of: look what came of them.
    case ipset(SentRequest)
    /// The kernel refused it.
    case refused(SentRequest, error: Int32)
    /// It was to change something, met no error, and no commit followed: it changed nothing, or the
    /// notification was lost. The generation tells which.
    case silent(SentRequest)
    /// A batch without an end: the kernel checked it and let it go, as `nft --check` asks for.
    case dryRun(SentRequest)
}
