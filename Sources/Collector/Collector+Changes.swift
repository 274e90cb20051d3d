internal import Attribution
internal import Events
internal import Glibc
internal import Host
internal import Inventory
internal import Lineage
internal import Netlink
internal import NetlinkIO
internal import Records
internal import XTables

/// From the engine to events: what became of requests and commits.
extension Collector {
    func handle(_ verdict: Verdict) {
        switch verdict {
        case .committed(let commit, let sent): committed(commit, sent)
        case .ipset(let sent): changedSets(sent)
        case .refused(let sent, let error): refused(sent, error)
        case .silent(let sent): checkSilent(sent)
        case .dryRun: break
        }
    }

    private func committed(_ commit: Commit, _ sent: SentRequest?) {
        guard let namespace = namespaces[commit.netns] else { return }
        adopt(namespace)
        let known = namespace.state.nft.generation ?? 1
        let step = Int32(bitPattern: commit.generation.id &- known)
        // Part of a dump already.
        guard step > 0 else { return }
        var source = sent == nil ? Source.notification : .kernel
        let change: Change
        if step == 1 {
            let intent = sent.map { RequestIntent($0.request) }
            change = namespace.state.commit(commit.notices, intent: intent)
        } else {
            // Commits went by unheard; what they did is in the dump.
            guard let ruleset = ruleset(of: namespace) else { return }
            change = namespace.state.replace(nft: ruleset)
            source = sent == nil ? .dump : .kernel
        }
        report(change, namespace, sent, commit, source)
    }

    /// A request that met no error and no commit: it changed nothing, or its notification was lost.
    private func checkSilent(_ sent: SentRequest) {
        guard let namespace = namespace(sent.netns, pid: sent.author.task.process.pid) else { return }
        if namespace.isUnheard, sent.author.time < namespace.heardSince {
            return report(presumed(sent, namespace), namespace, sent, nil, .kernel)
        }
        let generation = namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
            try reader.generation(in: descriptor)
        }
        guard case .some(.some(let generation)) = generation, generation != namespace.state.nft.generation ?? 1,
            let ruleset = ruleset(of: namespace)
        else { return }
        let change = namespace.state.replace(nft: ruleset)
        report(change, namespace, sent, nil, .kernel)
    }

    /// What a request did that came before its namespace was heard.
    private func presumed(_ sent: SentRequest, _ namespace: WatchedNamespace) -> Change {
        // Of a request that was not copied whole only what stands afterwards tells.
        if sent.request.isTruncated, let found = namespace.found { return namespace.state.replace(nft: found) }
        return namespace.state.presume(sent.request, &namespace.presumption)
    }

    /// A namespace that ended took its firewall with it; nobody asked for that.
    func sendGone(_ namespace: WatchedNamespace) {
        let state = namespace.state
        guard state.ruleCount + state.elementCount > 0 else { return }
        let change = Change(
            operations: [Operation(.netnsGone, count: state.ruleCount)],
            rules: Count(before: state.ruleCount, after: 0), elements: Count(before: state.elementCount, after: 0))
        output.send(
            .changed(
                ChangeReport(
                    backend: state.nft.ruleCount > 0 || state.legacy.isEmpty ? .nftables : .xtablesLegacy,
                    netns: NetnsReport(namespace), source: .notification, change: change, author: nil)),
            at: Clock.boottime)
    }

    private func ruleset(of namespace: WatchedNamespace) -> NFTState? {
        namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in try reader.nftables(in: descriptor) }
    }

    private func report(
        _ change: Change, _ namespace: WatchedNamespace, _ sent: SentRequest?, _ commit: Commit?, _ source: Source
    ) {
        guard !change.isEmpty else { return }
        let generation = commit?.generation
        var claimed: Claim?
        var author = sent.map { lineage.process(of: $0.author) }
        if author == nil, let pid = generation?.processID {
            claimed = Claim(pid: pid, name: generation?.processName ?? "")
            author = lineage.process(pid: pid)
        }
        output.send(
            .changed(
                ChangeReport(
                    backend: .nftables, netns: NetnsReport(namespace), generation: namespace.state.nft.generation,
                    family: change.singleFamily, source: source, change: change, author: author,
                    thread: sent?.author.task.thread, claimed: claimed,
                    request: sent.map { RequestSize(bytes: $0.total, isTruncated: $0.request.isTruncated) })),
            at: sent?.author.time ?? commit?.time ?? Clock.boottime)
    }

    private func changedSets(_ sent: SentRequest) {
        let error = sent.error ?? 0
        let mayChange = sent.author.task.capabilities & 1 << 12 != 0
        guard let namespace = namespace(sent.netns, pid: sent.author.task.process.pid) else {
            if error < 0 { refused(sent, error) }
            return
        }
        // The answer is advisory: only what stands tells whether a set was changed.
        guard error != -EPERM || mayChange else { return refused(sent, error) }
        let sets = namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
            try reader.ipsets(in: descriptor)
        }
        let change: Change
        if let sets {
            change = namespace.state.replace(ipsets: sets, requests: sent.ipsetChanges, succeeded: error == 0)
        } else {
            guard error == 0 else { return refused(sent, error) }
            change = namespace.state.presume(sent.ipsetChanges)
        }
        guard !change.isEmpty else {
            if error < 0 { refused(sent, error) }
            return
        }
        output.send(
            .changed(
                ChangeReport(
                    backend: .ipset, netns: NetnsReport(namespace), source: .kernel, change: change,
                    author: lineage.process(of: sent.author), thread: sent.author.task.thread)),
            at: sent.author.time)
    }

    private func refused(_ sent: SentRequest, _ error: Int32) {
        // The kernel asks the sender to try again: the next attempt tells.
        guard error != -EAGAIN, error != -EINTR, error != -ERESTART else { return }
        let author = sent.author
        guard let suppressed = limiter.admit(user: author.task.user, at: author.time) else { return }
        let state = namespace(sent.netns, pid: author.task.process.pid)?.state
        output.send(
            .failed(
                FailureReport(
                    backend: sent.ipsetChanges.isEmpty ? .nftables : .ipset,
                    netns: NetnsReport(
                        id: sent.netns.inode, isHost: sent.netns.inode == namespaces.host.inode,
                        isUserOwned: sent.netns.userNamespaceLevel > 0),
                    author: lineage.process(of: author), thread: author.task.thread, errno: error,
                    reason: error == 0 ? "dropped by the kernel" : String(cString: strerror(-error)),
                    operations: operations(askedBy: sent.request), rules: state?.ruleCount ?? 0,
                    elements: state?.elementCount ?? 0, suppressed: suppressed)), at: author.time)
    }

    func handle(_ replace: Record.XTablesReplace) {
        _ = namespace(replace.netns, pid: replace.author.task.process.pid)
        // Keep the author by name: by the time of the look his lineage may be over.
        _ = lineage.process(of: replace.author)
        replaces.append(replace)
        if !replace.isPending { look(at: Clock.boottime) }
    }

    /// Looks at legacy tables that were replaced, or should be by now.
    func look(at now: UInt64) {
        var looked = replaces
        looked.look(at: now) { waiting in see(waiting) }
        replaces = looked
    }

    private func see(_ waiting: PendingReplaces.Waiting) -> Bool {
        let replace = waiting.replace
        let name = String(decoding: replace.table, as: UTF8.self)
        guard let family = XTFamily(protocol: replace.family),
            let namespace = namespace(replace.netns, pid: replace.author.task.process.pid)
        else { return true }
        let tables = namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
            try reader.legacy(in: descriptor, families: [family])
        }
        guard let tables else { return unread(waiting, family, name, namespace) }
        let id = FirewallState.LegacyID(family: family, name: name)
        guard let table = tables.first(where: { $0.name == name }) else { return false }
        let isReplaced = table != namespace.state.legacy[id]
        guard isReplaced || !replace.isPending else { return false }
        var change = namespace.state.replace(legacy: id, with: table)
        // A table that the kernel only made, or wrote anew as it was.
        guard !change.isEmpty else { return true }
        change.operations.insert(
            Operation(.replaceTable, family: family.rawValue, table: name, count: table.ruleCount), at: 0)
        send(change, of: replace, family, namespace)
        return true
    }

    /// The namespace was gone before its table could be read. What the kernel did is told all the same.
    private func unread(
        _ waiting: PendingReplaces.Waiting, _ family: XTFamily, _ name: String, _ namespace: WatchedNamespace
    ) -> Bool {
        guard waiting.isLast || !waiting.replace.isPending else { return false }
        let state = namespace.state
        let operation = Operation(
            .replaceTable, family: family.rawValue, table: name,
            detail: "the namespace ended before the table could be read")
        let change = Change(
            operations: [operation], rules: Count(before: state.ruleCount, after: state.ruleCount),
            elements: Count(before: state.elementCount, after: state.elementCount))
        send(change, of: waiting.replace, family, namespace)
        return true
    }

    private func send(
        _ change: Change, of replace: Record.XTablesReplace, _ family: XTFamily, _ namespace: WatchedNamespace
    ) {
        output.send(
            .changed(
                ChangeReport(
                    backend: family == .arp ? .arptables : .xtablesLegacy, netns: NetnsReport(namespace),
                    family: family.rawValue, source: .kernel, change: change,
                    author: lineage.process(of: replace.author), thread: replace.author.task.thread)),
            at: replace.author.time)
    }
}

/// `ERESTART` of linux/errno.h, which never leaves the kernel but through netlink: the ruleset moved on
/// under the request.
private let ERESTART: Int32 = 85

extension NetnsReport {
    init(_ namespace: WatchedNamespace) {
        self.init(id: namespace.inode, isHost: namespace.isHost, isUserOwned: namespace.isUserOwned)
    }
}

extension XTFamily {
    /// From NFPROTO_*.
    init?(protocol number: UInt32) {
        switch number {
        case 2: self = .ipv4
        case 3: self = .arp
        case 10: self = .ipv6
        default: return nil
        }
    }
}

extension Change {
    /// The family, where all operations are of one.
    var singleFamily: String? {
        let families = Set(operations.compactMap(\.family))
        return families.count == 1 ? families.first : nil
    }
}
