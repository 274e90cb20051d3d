internal import Attribution
internal import Host
internal import Inventory
internal import Netlink
internal import NetlinkIO
internal import Records

/// From notifications to verdicts: what was committed, and whose requests that were.
extension Collector {
    /// What the namespaces that are not the host's get of a turn, in nanoseconds.
    static let slice: UInt64 = 20_000_000
    /// How many namespaces may have ended untold while more is heard of others.
    private static let untoldEnds = 64

    func lane(of inode: UInt32) -> Lane { inode == namespaces.host.inode ? host : others }

    var isListening: Bool { host.notifications.isJoined }
    var isWaiting: Bool { lanes.contains(where: \.attribution.isWaiting) }
    var attributionDeadline: UInt64? { lanes.compactMap(\.attribution.deadline).min() }
    /// The slice was not enough.
    var isBehind: Bool { others.isPassing || !others.isEmpty || !visits.isEmpty || !dying.isEmpty }

    /// Hears what was committed, and what became of the requests that are done: on the host all, elsewhere what there is
    /// time for.
    func readNotifications() {
        hear(host)
        let until = Clock.boottime + Self.slice
        // The end of a namespace comes after what was done in it.
        readNamespaceEvents()
        // Whatever was sent in one that ended is in the ring by now.
        if !dying.isEmpty { drainRing() }
        visit(until: until)
        hear(others, until: until)
        bury()
        tellEnded()
    }

    /// Reads the notifications to the last. While a record is handled those that lie behind it wait for their turn, and
    /// so do the commits that they explain.
    func hear(_ lane: Lane, until: UInt64 = .max) {
        guard !lane.isHearing else {
            readCommits(lane, until: until)
            return
        }
        lane.isHearing = true
        defer { lane.isHearing = false }
        tellVerdicts(lane, until: until)
        guard lane.verdicts.isEmpty else { return }
        lane.beginPass()
        let isRead = readCommits(lane, until: until)
        while !lane.isEmpty {
            // The ring first: what explains these commits is in it.
            drainRing()
            tellHeard(lane, until: until)
            expire(lane)
            if Clock.boottime >= until { break }
        }
        guard isRead, lane.isEmpty else { return }
        lane.endPass()
        tellVerdicts(lane, until: until)
    }

    /// Handles what became of requests that are done.
    private func tellVerdicts(_ lane: Lane, until: UInt64) {
        var told = 0
        while told < lane.verdicts.count {
            let verdict = lane.verdicts[told]
            told += 1
            handle(verdict)
            if until != .max, Clock.boottime >= until { break }
        }
        lane.verdicts.removeFirst(told)
    }

    /// Tells those commits that nobody sent.
    func expire(_ lane: Lane) {
        for verdict in lane.attribution.expire(at: drainedAt) { handle(verdict) }
    }

    /// Handles the commits that were read, as far as they are explained by what was handled.
    func tellHeard(_ lane: Lane, until: UInt64 = .max) {
        while let commit = lane.popFirst() {
            guard isNews(commit) else { continue }
            for verdict in lane.attribution.commit(commit) { handle(verdict) }
            if until != .max, Clock.boottime >= until { return }
        }
    }

    /// Reads commits without handling them. Returns whether there were no more.
    @discardableResult
    func readCommits(_ lane: Lane, until: UInt64 = .max) -> Bool {
        guard lane.notifications.isJoined else { return true }
        let end = (try? lane.notifications.read(namespaces, until: until) { lane.append($0) }) ?? .overrun
        if end == .overrun {
            for namespace in namespaces.all where (lane === host) == namespace.isHost {
                resync(namespace, "notifications were lost: more came than fit the socket")
            }
        }
        return end != .more
    }

    /// Has what was done in a namespace before told before: a change of another kind is about to be handled.
    func settleBefore(_ netns: NetnsRef) {
        guard !isSettling, pendingSets.contains(where: { $0.netns.inode == netns.inode }) else { return }
        // Of these, those that came before the sets.
        let lane = lane(of: netns.inode)
        if lane.attribution.isWaiting { hear(lane) }
        settleSets()
    }

    // MARK: - Namespaces that come and go

    /// Looks at namespaces that were seen in use, one at least.
    private func visit(until: UInt64) {
        repeat {
            let visit = visits.next { visit in
                // Something may still be heard of one that had its number and ended.
                !dying.contains { $0.namespace.inode == visit.netns.inode }
            }
            guard let visit else { return }
            _ = watch(visit.netns, task: visit.task)
        } while Clock.boottime < until
    }

    func readNamespaceEvents() {
        var isOpen = true
        while isOpen {
            let reception = try? namespaceEvents.receive { bytes, _ in
                forEachMessage(in: bytes) { header, payload in
                    guard let number = NamespaceID(header, payload: payload), number.isDeleted,
                        let gone = namespaces.numbered(number.nsid)
                    else { return }
                    // What was committed there is in the socket under that number: a pass that begins now hears it.
                    dying.append((gone, others.passesBegun + 1))
                }
            }
            isOpen = reception == .delivered
        }
    }

    /// Takes out the namespaces of which all is heard.
    private func bury() {
        dying.removeAll { gone, pass in
            guard others.passesEnded >= pass else { return false }
            if namespaces.remove(gone) { ended.append(gone) }
            return true
        }
    }

    /// Tells the end of namespaces when all that was done in them is told.
    func tellEnded() {
        let isQuiet =
            !inbox.isInUse && !others.isPassing && others.isEmpty && !others.attribution.isWaiting
            && others.attribution.deadline == nil
            && replaces.deadline == nil
        guard !ended.isEmpty, isQuiet || ended.count > Self.untoldEnds else { return }
        let gone = ended
        ended.removeAll()
        for namespace in gone { sendGone(namespace) }
    }
}

extension Record {
    /// Whether a change in this lane's namespaces may be told when it is handled. `isReplacing`: legacy tables are to be
    /// looked at.
    func tells(_ isReplacing: Bool, inHost isHost: Bool, host: UInt32) -> Bool {
        switch self {
        case .request(let request): isReplacing && (request.netns.inode == host) == isHost
        case .xtables(let replace): (replace.netns.inode == host) == isHost
        case .socketClosed(let closed): (closed.netns.inode == host) == isHost
        case .xtablesResult, .module: true
        default: false
        }
    }
}
