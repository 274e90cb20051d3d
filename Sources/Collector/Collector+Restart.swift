internal import Attribution
internal import Events
internal import Glibc
internal import Host
internal import Inventory
internal import Lineage
internal import NetlinkIO
internal import Output
internal import Probes
internal import Records
internal import SavedState
internal import XTables

/// From one collector to the next: what was done meanwhile is told, with its authors, in order, once.
///
/// The state starts as the earlier collector left it. What its kernel half recorded since is played through, as for a
/// namespace too young to be heard; then what stands is looked at, and what nobody was seen to do is told as such.
extension Collector {
    /// The state that an earlier collector saved, if it was saved since this machine was started.
    private var kept: SavedState? { keeper.saved?.bootID == output.bootID ? keeper.saved : nil }

    /// Takes what stood for what stands, where it is known and its changes can be played through.
    func recall(_ namespace: WatchedNamespace) -> Bool {
        guard let old = kept?.namespace(inode: namespace.inode, cookie: namespace.cookie) else { return false }
        namespace.state = old.state
        namespace.kept = old.state
        namespace.isUserOwned = old.isUserOwned
        return true
    }

    /// Namespaces that are gone, and what stood in them.
    func recallGone() {
        let missed = (kept?.namespaces ?? []).filter { namespaces[$0.inode] == nil && $0.state != FirewallState() }
        // One that lives and is not watched any more, because the configuration says so, is not gone.
        let living = missed.isEmpty ? [:] : NamespaceFiles.census()
        for old in missed where living[old.inode] == nil {
            let ghost = WatchedNamespace(inode: old.inode, isHost: false, nsid: nil)
            ghost.cookie = old.cookie
            ghost.state = old.state
            ghost.kept = old.state
            ghost.isUserOwned = old.isUserOwned
            namespaces.add(ghost: ghost)
        }
    }

    /// Reads what the earlier kernel half recorded, up to where this one's ring begins. Nothing is told yet.
    func inherit() {
        let place = keeper.saved.map { Place(instance: $0.instance, position: $0.position) }
        inheritance = probes.inherit(from: place)
        guard kept != nil else { return }
        // Born since the state was saved, as a rule: what was done there is played through from the beginning.
        let changed = Set(inbox.waiting.compactMap(\.changedNetns))
        for namespace in namespaces.all where namespace.kept == nil && changed.contains(namespace.inode) {
            namespace.found = namespace.state.nft
            namespace.state = FirewallState()
            namespace.kept = FirewallState()
            namespace.isNewcomer = true
        }
    }

    /// Tells what was inherited, and lets the earlier kernel half go.
    func tellInherited() {
        isInheriting = true
        takeInbox()
        settleInherited()
        // Before what it accounts for is let go, and with every line that it accounts for in safety. A reader who stands still is
        // not waited for longer than that.
        if inheritance != nil {
            settleInherited(within: Self.inheritancePatience)
            _ = output.writer.secure(within: .seconds(5))
            keep(isLast: false)
        }
        probes.endInheritance()
        drainRing()
        settleInherited()
        isInheriting = false
        reportInherited()
        for namespace in namespaces.all { settleKept(namespace) }
        for ghost in namespaces.takeKeptGhosts() { sendGone(ghost) }
    }

    private func settleInherited() {
        readNotifications()
        settleSets()
    }

    /// How long a change that is under way may keep this collector from saving what it inherited, in nanoseconds.
    private static let inheritancePatience: UInt64 = 500_000_000

    /// Has all that was read of the ring become part of the state: the place that is saved with it lies behind what was
    /// read, and the next collector, should this one be killed in a moment, begins there.
    private func settleInherited(within patience: UInt64) {
        let until = Clock.boottime + patience
        while !isAllPlayed, Clock.boottime < until {
            drainRing()
            settleInherited()
            // Who asked is between his commit and his return.
            if !isAllPlayed { usleep(500) }
        }
    }

    private var isAllPlayed: Bool {
        lanes.allSatisfy(\.isAtRest) && pendingSets.isEmpty && replaces.deadline == nil && inbox.isEmpty
    }

    /// Lines that found no room and are not told to be lost, by class.
    private var untoldLines: [UInt64] {
        let lost = output.writer.figures.untoldLosses
        return Health.lineKinds.map { lost[$0.1] }
    }

    /// Lines that the collector before lost, and was killed before it told.
    private func reportLostLines() {
        var lines = LineLosses.none
        for ((_, lineClass), count) in zip(Health.lineKinds, keeper.saved?.untoldLines ?? []) {
            lines[lineClass] = count
        }
        guard lines != .none else { return }
        sendLosses(Health.News(lines: lines), "by the collector before, which was killed before it could say so")
    }

    private func reportInherited() {
        reportLostLines()
        guard let inheritance, inheritance.isOurs else { return }
        guard inheritance.isReadable else {
            return send(
                CollectorReport(
                    .eventsLost, reason: "an earlier version recorded them in another layout", isFailure: true,
                    details: [("lost", .group([("unreadable", .number(inheritance.records))]))]))
        }
        for (instance, losses) in inheritance.losses {
            let told = keeper.saved.flatMap { $0.instance == instance ? $0.toldLosses : nil } ?? []
            if let news = Health.News(losses, beyond: told) {
                sendLosses(news, "while no collector ran", losses.last)
            }
        }
    }

    /// A change of the time before was played through. The gap begins behind what the earlier collector told.
    func notePlayed(_ author: Author, _ namespace: WatchedNamespace) {
        // One that came just now is told as well, and explains what is different.
        guard author.time < beganAt else { return namespace.playedCount += namespace.kept == nil ? 0 : 1 }
        if !keeper.wasTold(author) {
            namespace.playedCount += 1
        } else if namespace.kept != nil {
            namespace.kept = namespace.state
        }
    }

    /// What is done from now on is told by itself, and is no part of the difference.
    func freezeGap(_ namespace: WatchedNamespace) {
        guard namespace.kept != nil, namespace.gap == nil else { return }
        namespace.gap = gap(of: namespace)
    }

    /// What is left of the difference between what stood and what stands, when all that was seen is told.
    func closeGap(_ namespace: WatchedNamespace) -> GapReport? {
        defer {
            namespace.kept = nil
            namespace.gap = nil
        }
        return namespace.gap ?? gap(of: namespace)
    }

    private func gap(of namespace: WatchedNamespace) -> GapReport? {
        guard let saved = keeper.saved else { return nil }
        guard let kept = namespace.kept else {
            // After a reboot only the host's own namespace is the same.
            guard saved.bootID != output.bootID, namespace.isHost,
                let old = saved.namespaces.first(where: \.isHost)
            else { return nil }
            return GapReport(
                since: saved.time, isReboot: true, change: old.state.difference(to: namespace.state, byShape: true),
                toldChanges: 0)
        }
        guard !namespace.isNewcomer else { return nil }
        return GapReport(
            since: saved.time, isReboot: false, change: kept.difference(to: namespace.state, byShape: false),
            toldChanges: namespace.playedCount)
    }

    /// What to say of a change of the time before that the earlier kernel half did not see. nil: with nothing pinned
    /// nobody could have seen it, and the state line tells.
    func unseen(in namespace: WatchedNamespace) -> String? {
        if namespace.isNewcomer { return Self.stoodBefore }
        guard let inheritance, inheritance.isReadable, inheritance.isOurs else { return nil }
        if keeper.wasUnsaved { return "it changed before the collector was killed, which could not save the state" }
        return "it changed while no collector ran, and nobody was seen to do it"
    }

    /// Compares what is left of the kept state with what stands, and tells what nobody was seen to do.
    func settleKept(_ namespace: WatchedNamespace) {
        adopt(namespace)
        guard namespace.kept != nil else { return }
        let unseen = unseen(in: namespace)
        namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
            let ipsets = try reader.ipsets(in: descriptor)
            let tables = try reader.legacy(in: descriptor)
            // Whoever did something since the ring was read is in it by now, and is told as who did it.
            probes.drain()
            if !pendingSets.contains(where: { $0.netns.inode == namespace.inode }),
                !inbox.waiting.contains(where: { $0.changesSets(in: namespace.inode) })
            {
                let sets = namespace.state.replace(ipsets: ipsets, isAudit: true)
                if let unseen { tell(.ipset, namespace, sets, unseen) }
            }
            guard !replaces.isAwaited(in: namespace.inode),
                !inbox.waiting.contains(where: { $0.replacesTable(in: namespace.inode) })
            else { return }
            var gone = Set(namespace.state.legacy.keys)
            for table in tables {
                let id = FirewallState.LegacyID(family: table.family, name: table.name)
                gone.remove(id)
                let change = namespace.state.replace(legacy: id, with: table)
                if let unseen { tell(.xtablesLegacy, namespace, change, unseen) }
            }
            for id in gone {
                let change = namespace.state.replace(legacy: id, with: nil)
                if let unseen { tell(.xtablesLegacy, namespace, change, unseen) }
            }
        }
    }

    /// Saves the state and gives the ring back, when nothing is under way.
    func checkpoint(at now: UInt64) {
        let isPressed = probes.unreleasedPart > 0.125
        guard isPressed || isAtRest else { return }
        let isDue = namespaces.isChanged && keeper.isDue(at: now)
        // A line that is told but neither written nor spilled would be lost with this process.
        isAwaitingWriter = !isPressed && !output.writer.isSafe(ringing: isDue || !namespaces.isChanged)
        guard !isAwaitingWriter else { return }
        guard namespaces.isChanged else { return probes.release() }
        if isPressed && keeper.failure == nil || isDue { keep(isLast: false) }
    }

    /// Everything that was read is told.
    var isAtRest: Bool {
        isAllPlayed && resyncs.isEmpty && unsettled.isEmpty && visits.isEmpty && dying.isEmpty
    }

    func keep(isLast: Bool) {
        let failure = keeper.failure
        let place = probes.place
        keeper.save(
            SavedState(
                bootID: output.bootID, time: Clock.realtime, instance: probes.pinning.path == nil ? 0 : place.instance,
                position: place.position,
                toldLosses: health.told.counts, untoldLines: untoldLines,
                namespaces: namespaces.all.map {
                    SavedState.Namespace(
                        inode: $0.inode, cookie: $0.cookie, isHost: $0.isHost, isUserOwned: $0.isUserOwned,
                        state: $0.state)
                }), isDurable: isLast)
        if let now = keeper.failure {
            if failure == nil { sendCoverage("the state cannot be saved: \(now)") }
            // What nothing accounts for stays in the ring, for the next one, as long as there is room for what is to come.
            if probes.unreleasedPart > Self.unsavedPart {
                keeper.noteUnsaved()
                probes.release()
            }
            return
        }
        for namespace in namespaces.all { namespace.isChanged = false }
        if isHighWaterRaised {
            keeper.save(highWater, isDurable: isLast)
            isHighWaterRaised = false
        }
        probes.release()
        if failure != nil { sendCoverage("the state can be saved again") }
    }

    /// How much of the ring may lie there while the state cannot be saved.
    private static let unsavedPart = 0.5
}

extension Losses {
    /// As the saved state has them.
    var counts: [UInt64] { [lineage, firewall, other, refused, unread, foreign] }
}

extension Record {
    /// Whether it is a request to replace a legacy table of this namespace.
    fileprivate func replacesTable(in netns: UInt32) -> Bool {
        if case .xtables(let replace) = self { replace.netns.inode == netns } else { false }
    }

    /// The namespace whose firewall it may change, by inode.
    fileprivate var changedNetns: UInt32? {
        switch self {
        case .request(let request): request.netns.inode
        case .xtables(let replace): replace.netns.inode
        default: nil
        }
    }
}
