internal import Attribution
internal import Host
internal import NetlinkIO

/// Namespaces whose notifications are heard on one socket, and whose requests are joined to their commits by themselves.
///
/// There are two: the host's own namespace, which is always heard to the end, and all others, which get a slice of time a
/// turn. Anybody may have namespaces of his own and as many rules in them as he likes; what is done to the host meanwhile
/// does not wait for them.
final class Lane {
    let notifications: NotificationReader
    var attribution = Attribution()
    /// Commits that were read and not handled yet, oldest first.
    private(set) var heard: [Commit?] = []
    private var head = 0
    /// What became of requests, and is not handled yet; it comes before the commits.
    var verdicts: [Verdict] = []
    /// What was read is being handled.
    var isHearing = false
    /// The socket was begun to be read to its end, which was not reached yet.
    private(set) var isPassing = false
    /// How often that was begun, and how often reached.
    private(set) var passesBegun: UInt64 = 0
    private(set) var passesEnded: UInt64 = 0

    init(_ scope: NotificationReader.Scope) { notifications = NotificationReader(scope) }

    var isEmpty: Bool { head == heard.count && verdicts.isEmpty }
    var waiting: some Sequence<Commit> { heard[head...].lazy.compactMap(\.self) }
    /// Everything that was sent and committed here is told.
    var isAtRest: Bool { !attribution.isBusy && isEmpty && !isPassing && !notifications.isInCommit }

    func append(_ commit: Commit) { heard.append(commit) }

    func popFirst() -> Commit? {
        guard head < heard.count else { return nil }
        let first = heard[head].take()
        head += 1
        if head == heard.count {
            heard.removeAll(keepingCapacity: head < 4096)
            head = 0
        }
        return first
    }

    func beginPass() {
        guard !isPassing else { return }
        isPassing = true
        passesBegun += 1
        attribution.beginHearing()
    }

    func endPass() {
        isPassing = false
        passesEnded += 1
        verdicts += attribution.endHearing()
    }
}
