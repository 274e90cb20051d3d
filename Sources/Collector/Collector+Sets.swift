internal import Attribution
internal import Events
internal import Glibc
internal import Host
internal import Inventory
internal import Lineage
internal import Netlink
internal import NetlinkIO
internal import Records

/// ipset: the kernel tells nobody what came of a command. It is looked at when the ring is empty.
extension Collector {
    /// Looks what came of the commands that are done.
    func settleSets() {
        guard !pendingSets.isEmpty, !isSettling else { return }
        isSettling = true
        defer { isSettling = false }
        let groups = Dictionary(grouping: pendingSets, by: \.netns.inode)
        pendingSets.removeAll()
        for inode in groups.keys.sorted() { settle(groups[inode] ?? []) }
    }

    /// One look for the requests of one namespace, in order.
    private func settle(_ group: [SentRequest]) {
        var rest = refusing(group)
        guard let first = rest.first, let namespace = namespace(first.netns, task: first.author.task.thread) else {
            return
        }
        // What stands now is not what stood then: each is reckoned from what it asked for.
        if isInheriting { return account(for: rest, in: namespace, found: nil) }
        var found: IPSets?
        // What was done until the look is in the ring by then: it belongs to the same account.
        for _ in 0..<4 {
            found = namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
                try reader.ipsets(in: descriptor)
            }
            drainRing()
            // What stands may be the doing of others, whose turn comes later.
            if inbox.waiting.contains(where: { $0.changesSets(in: namespace.inode) }) {
                found = nil
                break
            }
            let late = pendingSets.filter { $0.netns.inode == namespace.inode }
            if late.isEmpty { break }
            pendingSets.removeAll { $0.netns.inode == namespace.inode }
            rest += refusing(late)
        }
        account(for: rest, in: namespace, found: found)
    }

    /// Tells of those that were refused for certain, and returns the others.
    private func refusing(_ group: [SentRequest]) -> [SentRequest] {
        var rest: [SentRequest] = []
        for sent in group {
            // Whoever may not change it did not, whatever stands there.
            // Of others an error may be an old one, left on the queue to deceive.
            if sent.error ?? 0 < 0, !sent.mayChange {
                refused(sent, sent.error ?? 0)
            } else {
                rest.append(sent)
            }
        }
        return rest
    }

    private func account(for rest: [SentRequest], in namespace: WatchedNamespace, found: IPSets?) {
        // One look cannot tell what each of several did: that is reckoned from what each asked for, and the last
        // one's account is made up from what is there. If they are not all of one process, what is left over is
        // nobody's.
        for sent in rest.dropLast() { told(sent, namespace, namespace.state.presume(succeeded(sent))) }
        guard let last = rest.last else { return }
        let isOne = Set(rest.map(\.author.task.process)).count == 1
        if let found, isOne {
            told(last, namespace, namespace.state.replace(ipsets: found, requests: succeeded(last), succeeded: true))
        } else {
            told(last, namespace, namespace.state.presume(succeeded(last)))
            if let found {
                tell(
                    .ipset, namespace, namespace.state.replace(ipsets: found),
                    "what several processes did at once came out otherwise than they asked")
            }
        }
    }

    private func succeeded(_ sent: SentRequest) -> [IPSetRequest] { sent.error ?? 0 < 0 ? [] : sent.ipsetChanges }

    /// A command that the kernel took is told, also where no count moved: an element may have been replaced.
    private func told(_ sent: SentRequest, _ namespace: WatchedNamespace, _ change: Change) {
        var change = change
        notePlayed(sent.author, namespace)
        if change.isEmpty, sent.error ?? 0 < 0 { return refused(sent, sent.error ?? 0) }
        let asked = operations(askedBy: sent.request)
        // What was asked, where the counts alone do not show it.
        if sent.error ?? 0 == 0, !Set(asked.map(\.kind)).isSubset(of: change.operations.map(\.kind)) {
            change.operations = asked
        }
        guard !change.isEmpty else { return senders[sent.id] = nil }
        if namespace.isHost { noteLevel() }
        tellPredecessor(of: namespace)
        tell(
            .changed(
                ChangeReport(
                    backend: .ipset, netns: NetnsReport(namespace), source: .kernel, change: change,
                    author: sender(of: sent), thread: sent.author.task.thread,
                    request: RequestSize(bytes: sent.total, isTruncated: sent.request.isTruncated),
                    isWhileDown: isWhileDown(sent.author))), by: sent.author)
    }
}

extension Record {
    /// Whether it may be a command to ipset in this namespace.
    func changesSets(in netns: UInt32) -> Bool {
        if case .request(let request) = self { !request.isBatch && request.netns.inode == netns } else { false }
    }
}
