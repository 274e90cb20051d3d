internal import Attribution
internal import Configuration
internal import Events
internal import Glibc
internal import Host
internal import Inventory
internal import Lineage
internal import Netlink
internal import NetlinkIO
internal import Records

/// From the engine to events: what became of requests and commits.
extension Collector {
    func handle(_ verdict: Verdict) {
        switch verdict {
        case .committed(let commit, let sent): committed(commit, sent)
        case .ipset(let sent): pendingSets.append(sent)
        case .refused(let sent, let error): refused(sent, error)
        case .silent(let sent): checkSilent(sent)
        case .dryRun(let sent): senders[sent.id] = nil
        }
    }

    /// Who sent a request, as he was when he sent it.
    func sender(of sent: SentRequest) -> Process {
        senders.removeValue(forKey: sent.id) ?? lineage.process(of: sent.author)
    }

    private func committed(_ commit: Commit, _ sent: SentRequest?) {
        guard let namespace = namespaces.lately(commit.netns) else { return }
        adopt(namespace)
        let known = namespace.state.nft.generation ?? 1
        let step = Int32(bitPattern: commit.generation.id &- known)
        // Part of a dump already.
        guard step > 0 else { return }
        settleClosings(in: namespace, before: sent?.author.time ?? commit.time)
        buryReplaced(by: commit.notices, in: namespace)
        freezeGap(namespace)
        let change = namespace.state.commit(commit.notices, intent: sent.map { RequestIntent($0.request) })
        report(change, namespace, sent, commit, sent == nil ? .notification : .kernel)
        if commit.notices.contains(where: \.isOfTable) { noteOwners(namespace, madeBy: sent) }
        // What the commits in between did is nobody's until a dump tells it, and not this sender's.
        if step > 1 { resync(namespace, "\(step - 1) commits went by unheard") }
    }

    /// A request that met no error and that no commit followed: it changed nothing, unless nobody listened yet.
    func checkSilent(_ sent: SentRequest) {
        guard let namespace = namespace(sent.netns, task: sent.author.task.thread), namespace.isUnheard,
            namespace.isGone || sent.author.time < namespace.heardSince
        else {
            senders[sent.id] = nil
            return
        }
        let change = presumed(sent, namespace)
        notePlayed(sent.author, namespace)
        report(change, namespace, sent, nil, .kernel)
        noteOwners(namespace, madeBy: sent)
    }

    /// What a request did that came before its namespace was heard.
    private func presumed(_ sent: SentRequest, _ namespace: WatchedNamespace) -> Change {
        // Of a request that was not copied whole only what stands afterwards tells.
        if sent.request.isTruncated, let found = namespace.found { return namespace.state.replace(nft: found) }
        return namespace.state.presume(sent.request, from: sent.port, &namespace.presumption)
    }

    /// A namespace that ended took its firewall with it; nobody asked for that.
    func sendGone(_ namespace: WatchedNamespace) {
        forgetOwners(in: namespace)
        let state = namespace.state
        guard state.ruleCount + state.elementCount > 0 else { return }
        let change = Change(
            operations: [Operation(.netnsGone, count: state.ruleCount)], from: state.totals, to: .zero)
        output.send(
            .changed(
                ChangeReport(
                    backend: state.nft.ruleCount > 0 || state.legacy.isEmpty ? .nftables : .xtablesLegacy,
                    netns: NetnsReport(namespace), source: .notification, change: change, author: nil)),
            at: Clock.boottime)
    }

    /// Tells the end of the namespace that had this one's number, before anything of this one is told: a reader knows
    /// both by that number only.
    func tellPredecessor(of namespace: WatchedNamespace) {
        while let place = ended.firstIndex(where: { $0.inode == namespace.inode && $0 !== namespace }) {
            sendGone(ended.remove(at: place))
        }
    }

    private func report(
        _ change: Change, _ namespace: WatchedNamespace, _ sent: SentRequest?, _ commit: Commit?, _ source: Source
    ) {
        guard !change.isEmpty else { return }
        tellPredecessor(of: namespace)
        let change = worded(change, .nftables, namespace, commit: commit, since: sent?.author.time)
        let generation = commit?.generation
        var claimed: Claim?
        var author = sent.map(sender)
        if author == nil, let pid = generation?.processID {
            claimed = Claim(pid: pid, name: generation?.processName ?? "")
            author = lineage.process(pid: pid)
        }
        let event = Event.changed(
            ChangeReport(
                backend: .nftables, netns: NetnsReport(namespace), generation: namespace.state.nft.generation,
                family: change.singleFamily, source: source, change: change, author: author,
                thread: sent?.author.task.thread, claimed: claimed,
                request: sent.map { RequestSize(bytes: $0.total, isTruncated: $0.request.isTruncated) },
                isWhileDown: sent.map { isWhileDown($0.author) } ?? false))
        if let author = sent?.author { return tell(event, by: author) }
        output.send(event, at: commit?.time ?? Clock.boottime)
    }

    func refused(_ sent: SentRequest, _ error: Int32) {
        // The kernel asks the sender to try again: the next attempt tells.
        guard error != -EAGAIN, error != -EINTR, error != -ERESTART else { return }
        let author = sent.author
        defer { senders[sent.id] = nil }
        // Where nobody watches, nobody's failure is told.
        let namespace = namespace(sent.netns, task: author.task.thread)
        guard namespace != nil || configuration.netns.watch == .all else { return }
        guard let suppressed = limiter.admit(user: author.task.user, at: author.time) else { return }
        let state = namespace?.state
        tell(
            .failed(
                FailureReport(
                    backend: sent.ipsetChanges.isEmpty ? .nftables : .ipset,
                    netns: NetnsReport(
                        id: sent.netns.inode, isHost: sent.netns.inode == namespaces.host.inode,
                        isUserOwned: sent.netns.userNamespaceLevel > 0),
                    author: sender(of: sent), thread: author.task.thread, errno: error,
                    reason: Self.reason(of: error),
                    operations: operations(askedBy: sent.request), standing: state?.totals ?? .zero,
                    suppressed: suppressed)), by: author)
    }

    /// What an errno of the kernel's answer means; ipset has its own from 4096 on.
    static func reason(of error: Int32) -> String {
        let own = [
            "protocol error", "no such type", "too many sets", "the set is in use", "no such second set",
            "the types do not match", "the element is there already", "invalid CIDR", "invalid netmask",
            "invalid family", "timeouts are not enabled", "the set is referenced",
        ]
        switch -error {
        case 0: return "dropped by the kernel"
        case 4097...4108: return "ipset: \(own[Int(-error) - 4097])"
        case 4097...: return "ipset: error \(-error)"
        default: return String(cString: strerror(-error))
        }
    }
}

/// `ERESTART` of linux/errno.h, which never leaves the kernel but through netlink: the ruleset moved on
/// under the request.
private let ERESTART: Int32 = 85

extension NetnsReport {
    init(_ namespace: WatchedNamespace) {
        self.init(
            id: namespace.inode, isHost: namespace.isHost, isUserOwned: namespace.isUserOwned,
            cookie: namespace.cookie)
    }
}

extension Change {
    /// The family, where all operations are of one.
    var singleFamily: String? {
        let families = Set(operations.compactMap(\.family))
        return families.count == 1 ? families.first : nil
    }
}
