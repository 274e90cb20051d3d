internal import Attribution
internal import Events
internal import Host
internal import Inventory
internal import Netlink
internal import NetlinkIO
internal import RuleText

/// What rules say, in the lines that tell of them.
extension Collector {
    /// Lists what stands everywhere, before the first line.
    func fillTexts() {
        texts.begin()
        for namespace in namespaces.all { openForTexts(namespace) { texts.fill(namespace, in: $0) } }
    }

    /// Makes good what there was no time for.
    func catchUpTexts(at now: UInt64) {
        texts.catchUp(at: now) { openForTexts($0, $1) }
    }

    /// The change with what its rules say.
    func worded(
        _ change: Change, _ backend: Backend, _ namespace: WatchedNamespace, commit: Commit? = nil,
        since: UInt64? = nil
    ) -> Change {
        if namespace.isHost { noteLevel() }
        // What was done while no collector ran is not what stands now, and some of it was told.
        if !namespace.texts.isFilled, !isInheriting { texts.forget(namespace) }
        return texts.worded(
            change, isOfNFTables: backend == .nftables, in: namespace, notices: commit?.notices ?? [],
            since: commit?.time ?? since,
            later: {
                let lane = lane(of: namespace.inode)
                readCommits(lane, until: Clock.boottime + Self.slice)
                return lane.waiting.filter { $0.netns == namespace.inode }.flatMap(\.notices)
            },
            open: { openForTexts($0, $1) })
    }

    private func openForTexts(_ namespace: WatchedNamespace, _ body: (CInt) -> Void) {
        guard !namespace.isGone else { return }
        namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in body(descriptor) }
    }
}
