internal import Attribution
internal import Events
internal import Glibc
internal import Host
internal import Inventory
internal import Netlink
internal import NetlinkIO
internal import Probes
internal import Records

/// Namespaces that are found while the collector runs.
///
/// What was sent in one before it was heard is played through from the requests; what then stands is
/// compared with what was found at the first look, and that is believed from then on.
extension Collector {
    /// How long requests from before the first look may still come, in nanoseconds.
    static let settling: UInt64 = 100_000_000
    static let stoodBefore = "it stood before the namespace was watched"

    /// Watches a namespace from now on, if it is not watched yet.
    func watch(_ reference: NetnsRef, task: UInt32) -> WatchedNamespace? {
        if let known = namespaces[reference.inode] {
            if known.isSame(as: reference) { return known }
            // One that ended while no collector ran, whose number was given again; or one that ended before the one that
            // is watched got its number, of which the ring still tells.
            if isInheriting || namespaces.stands(known) { return nil }
            // Another one has its inode number: the one that was watched is gone.
            namespaces.remove(known)
            ended.append(known)
        }
        // The number of a namespace that ended may be given again: its end must be heard before that.
        readNamespaceEvents()
        guard let fresh = namespaces.watch(reference, task: task) else { return nil }
        fresh.cookie = reference.cookie
        if isListening { hear([fresh]) }
        return fresh
    }

    /// From now on these namespaces are heard. What stands in them is found, and what was sent before is played through
    /// on what is believed; both are compared in ``adopt(_:)``.
    func hear(_ unheard: [WatchedNamespace]) {
        for namespace in unheard {
            let found = namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
                try reader.nftables(in: descriptor)
            }
            namespace.presumption = Presumption()
            unsettled.removeAll { $0 === namespace }
            namespace.found = nil
            // It ended between being opened and being read: what was sent in it is all that is known of it.
            guard let found else { continue }
            // What is sent before this and committed after the look is heard all the same.
            namespace.heardSince = Clock.boottime
            // Nothing was ever committed there.
            if found.generation ?? 1 <= 1, namespace.state.nft.tables.isEmpty {
                _ = namespace.state.replace(nft: found)
            } else {
                namespace.found = found
                unsettled.append(namespace)
            }
        }
    }

    /// Whether a commit is newer than what was read of its namespace.
    func isNews(_ commit: Commit) -> Bool {
        guard let namespace = namespaces.lately(commit.netns) else { return false }
        let known = namespace.found?.generation ?? namespace.state.nft.generation ?? 1
        return Int32(bitPattern: commit.generation.id &- known) > 0
    }

    /// Believes what was found at the first look.
    func adopt(_ namespace: WatchedNamespace) {
        guard let found = namespace.found else { return }
        let lane = lane(of: namespace.inode)
        for verdict in lane.attribution.release(namespace.inode, sentBefore: namespace.heardSince) { handle(verdict) }
        settleClosings(in: namespace, before: namespace.heardSince)
        playUnfinished(in: namespace, found)
        namespace.found = nil
        unsettled.removeAll { $0 === namespace }
        let played = namespace.state
        let change = namespace.state.replace(nft: found, isAudit: true)
        noteOwners(namespace)
        // Handles are reckoned where changes are played through: what has the same shape is the same.
        guard !change.isIdentityOnly, !played.difference(to: namespace.state, byShape: true).isEmpty else { return }
        if namespace.kept != nil {
            if let unseen = unseen(in: namespace) { tell(.nftables, namespace, change, unseen) }
            return
        }
        tell(.nftables, namespace, change, Self.stoodBefore)
    }

    /// Plays through what was committed before the look by somebody who has not come back from the kernel yet: what he asked
    /// for brings what is believed nearer to what was found.
    private func playUnfinished(in namespace: WatchedNamespace, _ found: NFTState) {
        let lane = lane(of: namespace.inode)
        for sent in lane.attribution.unfinished(in: namespace.inode, sentBefore: namespace.heardSince)
        where sent.ipsetChanges.isEmpty {
            let missing = namespace.state.distance(to: found)
            guard missing > 0 else { return }
            var trial = namespace.state
            var presumption = namespace.presumption
            _ = trial.presume(sent.request, from: sent.port, &presumption)
            // Of what was not copied whole only what stands tells.
            guard sent.request.isTruncated || trial.distance(to: found) < missing else { continue }
            lane.attribution.finish(sent.id)
            checkSilent(sent)
        }
    }

    /// Believes what was found long enough ago.
    func adoptSettled(at now: UInt64) {
        for namespace in unsettled where namespace.heardSince + Self.settling <= now {
            adopt(namespace)
            if Clock.boottime >= now + Self.slice { return }
        }
    }
}

extension FirewallState {
    /// How much of nftables is otherwise: rules, elements, and what holds them.
    fileprivate func distance(to found: NFTState) -> Int {
        var other = self
        _ = other.replace(nft: found, isAudit: true)
        return difference(to: other, byShape: true).operations.reduce(0) { $0 + max($1.count ?? 1, 1) }
    }
}

extension Change {
    /// As many rules and elements as before, under other numbers: those that are reckoned may be off.
    fileprivate var isIdentityOnly: Bool {
        rules.delta == 0 && elements.delta == 0
            && operations.allSatisfy {
                [.addRule, .deleteRule, .flushChain, .addElements, .deleteElements, .flushSet].contains($0.kind)
                    || $0.chain?.hasPrefix("__chain") == true
            }
    }
}
