internal import Attribution
internal import CLinux
internal import Configuration
internal import Events
internal import Host
internal import Inventory
internal import Lineage
internal import Netlink
internal import NetlinkIO
internal import Probes
internal import Records
internal import SavedState
internal import Services
internal import SystemBus
internal import XTables

/// From the kernel to the engine.
extension Collector {
    /// Everything that is to be known before the first line: who runs, what stands.
    func begin() {
        join()
        // Probes are attached: who is born from now on is in the ring, and the snapshot is older than that.
        let limit = configuration.probes.argumentBytes
        var cookies: [UInt32: UInt64] = [:]
        try? probes.seed { record in
            guard case .task(let seed) = record else { return }
            cookies[seed.task.netns] = seed.task.netnsCookie
            let all = ProcFS.arguments(of: seed.task.process.pid) ?? []
            lineage.seed(
                seed.task,
                image: seed.image.with(
                    arguments: Array(all.prefix(limit)), total: all.count, count: all.count { $0 == 0 }))
        }
        lineage.linkSeeded()
        beginServices()
        watchNamespaces(cookies)
        let fileChanges = beginFiles()
        inherit()
        // Where nothing is inherited, no line is lost with what is known here; whoever is killed in a moment has left it.
        if inheritance == nil, isAtRest { keep(isLast: false) }
        fillTexts()
        beginHighWater()
        let isRemembered = beginMemory()
        for namespace in namespaces.all {
            output.stands(
                NetnsReport(namespace), namespace.state,
                most: namespace.isHost && !isRemembered ? highWater.effectiveRules : nil)
        }
        isBusTold = bus?.isListening ?? false
        sendStarted()
        tellInherited()
        sendStates("start")
        tell(fileChanges)
        // What stood was listed once, with far more than is kept of it: that goes back to the system.
        linux_release_freed_memory()
    }

    private func watchNamespaces(_ cookies: [UInt32: UInt64]) {
        namespaces.watchAll()
        for namespace in namespaces.all {
            namespace.cookie = cookies[namespace.inode] ?? 0
            if recall(namespace) {
                namespace.found = namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
                    try reader.nftables(in: descriptor)
                }
            } else {
                refresh(namespace)
            }
            // Without nf_tables nobody notifies: what is sent from now on is played through, until it is heard.
            if isListening { namespace.heardSince = Clock.boottime }
            noteOwners(namespace)
        }
        recallGone()
    }

    /// Takes what stands as given: nobody is told of a difference.
    private func refresh(_ namespace: WatchedNamespace) {
        namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
            _ = namespace.state.replace(nft: try reader.nftables(in: descriptor))
            _ = namespace.state.replace(ipsets: try reader.ipsets(in: descriptor))
            for table in try legacyTables(in: descriptor, of: namespace) {
                _ = namespace.state.replace(
                    legacy: FirewallState.LegacyID(family: table.family, name: table.name), with: table)
            }
        }
    }

    /// How many records are read before they are handled, where they tell of processes only.
    private static let piece = 128

    /// Reads the ring to where it ends now, and handles what it holds.
    func drainRing() {
        // While a record is handled, those behind it stay where they are.
        guard !inbox.isInUse else { return _ = probes.drain() }
        drainedAt = Clock.boottime
        let end = probes.written
        // In pieces that are handled while a processor has them at hand. Where they tell of more, what lies behind them may
        // be needed, and all is read.
        while probes.place.position < end, probes.drain(atMost: Self.piece) == Self.piece {
            guard inbox.isOfProcesses else { break }
            takeInbox()
        }
        probes.drain()
        takeInbox()
    }

    func takeInbox() {
        inbox.empty {
            replaces.announce($0)
        } _: {
            handle($0)
        }
    }

    private func handle(_ record: Record) {
        // Commits that were read and not told yet came before what lies behind their requests in the ring.
        for lane in lanes where lane.isHearing && !lane.isEmpty {
            let isReplacing = replaces.deadline != nil
            if record.tells(isReplacing, inHost: lane === host, host: namespaces.host.inode) { tellHeard(lane) }
        }
        switch record {
        case .fork(let fork):
            output.authors.services.fork(fork.parent, lineage.fork(fork, at: fork.child.start))
        case .exec(let exec): handle(exec)
        case .exit(let id, let status, let time):
            let now = Clock.boottime
            if let process = lineage.process(id), output.wantsProcesses || process.isReported {
                output.send(.process(process, .end(status: status)), at: now)
            }
            lineage.exit(id, at: now)
            // When it was, and not when it is read: nobody rings for it, and what was done since lies behind it in the ring.
            noteServices(ended: id, status: status, at: time)
            noteEnd(of: id, status, at: now)
        case .signal(let signal): handle(signal)
        case .request(let request):
            note(request.netns, task: request.author.task.thread)
            joinLate()
            if senders.count > 65_536 { senders.removeAll() }
            let sender = lineage.process(of: request.author)
            senders[request.id] = sender
            output.authors.prepare(sender, at: request.author.time)
            // What came before is told before. (Several ipset commands in a row are looked at together.)
            lookBefore(request.netns)
            if request.isBatch { settleBefore(request.netns) }
            lane(of: request.netns.inode).attribution.begin(request)
        case .requestBytes(let id, let offset, let bytes):
            for lane in lanes { lane.attribution.append(id: id, offset: offset, bytes: bytes) }
        case .requestResult(let id, let error, _):
            for lane in lanes {
                for verdict in lane.attribution.end(id: id, error: error) { handle(verdict) }
                // What came of what was inherited nobody hears any more.
                guard isInheriting else { continue }
                for verdict in lane.attribution.release(sentBefore: beganAt) { handle(verdict) }
            }
        case .xtables(let replace): handle(replace)
        case .xtablesResult(let id, let error): handle(answer: id, error: error)
        case .module(let name, let isLoaded, let task): handle(module: name, isLoaded: isLoaded, task)
        case .sysctl(let write): handle(write)
        case .guarded(let guarded): handle(guarded)
        case .socketClosed(let closed): handle(closed)
        case .task(let seed): lineage.seed(seed.task, image: seed.image)
        }
    }

    private func handle(_ exec: Record.Exec) {
        let process = lineage.exec(exec)
        let netns = NetnsRef(inode: exec.task.netns, cookie: exec.task.netnsCookie)
        // Those that live were found already.
        if !isInheriting, !namespaces.isPassedOver(netns.inode, controlGroup: exec.task.cgroup, at: Clock.boottime) {
            if namespaces.watched(netns) == nil { visits.add(netns, task: exec.task.thread) }
        }
        output.authors.note(started: process)
        noteServices(started: process, at: exec.time)
        guard output.wantsProcesses else { return }
        process.isReported = true
        output.send(.process(process, .exec), at: Clock.boottime)
    }

    /// Remembers who acts in a namespace, and has it looked at soon if it is not watched.
    private func note(_ reference: NetnsRef, task: UInt32) {
        guard let known = namespaces.watched(reference) else { return visits.add(reference, task: task) }
        known.note(task: task)
        if reference.userNamespaceLevel > 0 { known.isUserOwned = true }
    }

    /// The namespace a record names, watched from now on.
    func namespace(_ reference: NetnsRef, task: UInt32) -> WatchedNamespace? {
        let namespace = watch(reference, task: task) ?? namespaces.ghost(reference, task: task)
        if reference.userNamespaceLevel > 0 { namespace?.isUserOwned = true }
        return namespace
    }
}
