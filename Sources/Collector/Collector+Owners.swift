internal import Attribution
internal import Events
internal import Glibc
internal import Host
internal import Inventory
internal import Lineage
internal import Netlink
internal import NetlinkIO
internal import Probes
internal import Records

/// Tables that are bound to a socket: when it is closed they are gone, and the kernel notifies nobody.
///
/// Where the hook of the socket family is attached, the close is a record of its own. Everywhere the end of a process
/// that is known to hold the socket is followed by a look at what stands.
extension Collector {
    /// When to look after the end of a holder, in nanoseconds: it is told before its descriptors are closed.
    private static let looks: [UInt64] = [
        200_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000, 300_000_000, 1_000_000_000,
    ]
    /// The same where the close is told by itself: only to find who holds the socket on.
    private static let lateLooks: [UInt64] = [300_000_000, 1_000_000_000]
    /// How long a close waits for the commits before it to be told.
    private static let closingPatience: UInt64 = 200_000_000
    /// Processes in namespaces of their own making that are watched at most: anybody can make those.
    private static let foreignHolders = 512

    private var seesClosing: Bool { probes.coverage.contains { $0.family == .socket && $0.tier != nil } }

    func handle(_ closed: Record.SocketClosed) {
        guard let namespace = namespaces.known(closed.netns) else { return }
        let id = closed.task.process
        // Of a dying process the record says less than is known of it.
        let known = lineage.process(id).flatMap { $0.task == nil ? nil : $0 }
        let author = known ?? lineage.process(of: Author(time: closed.time, task: closed.task, ancestors: []))
        closings.append(
            Closing(
                namespace: namespace, port: closed.port, author: author, thread: closed.task.thread,
                time: closed.time, isSeen: true, looks: []))
    }

    func noteEnd(of process: ProcessID, _ status: Int32, at time: UInt64) {
        for socket in owners.end(of: process, status) { close(socket, by: process, at: time) }
    }

    /// A holder of a socket is gone.
    private func close(_ socket: TableOwners.Socket, by process: ProcessID, at time: UInt64) {
        guard let namespace = namespaces[socket.netns] else { return }
        closings.append(
            Closing(
                namespace: namespace, port: socket.port, author: lineage.process(process), thread: nil, time: time,
                isSeen: false, looks: seesClosing ? Self.lateLooks : Self.looks))
    }

    // MARK: - Looking

    /// When to look next. What waits for commits is looked at when these are done with.
    var closingDeadline: UInt64? {
        let isWaiting = attributionDeadline != nil
        return closings.lazy.filter { !$0.isSeen || !isWaiting }.map(\.due).min()
    }

    func settleClosings(at now: UInt64) {
        guard !closings.isEmpty else { return }
        // What was committed before must be told before.
        let isWaiting = attributionDeadline != nil
        settleClosings { $0.due <= now && !($0.isSeen && isWaiting && now < $0.time &+ Self.closingPatience) }
    }

    /// Settles what was closed before a change that is about to be told.
    func settleClosings(in namespace: WatchedNamespace, before time: UInt64) {
        guard closings.contains(where: { $0.namespace === namespace }) else { return }
        settleClosings { $0.namespace === namespace && $0.time < time }
    }

    private func settleClosings(where isDue: (Closing) -> Bool) {
        let due = closings.filter(isDue)
        guard !due.isEmpty else { return }
        closings.removeAll(where: isDue)
        for closing in due {
            if let next = settle(closing) { closings.append(next) }
        }
    }

    /// Returns what is to be looked at again.
    private func settle(_ closing: Closing) -> Closing? {
        let namespace = closing.namespace
        // Where it is not settled yet what stood at first, that comes first, and with it this.
        if let found = namespace.found, closing.time >= namespace.heardSince, found.owners.contains(closing.port) {
            adopt(namespace)
        }
        guard namespace.state.nft.owners.contains(closing.port) else { return nil }
        let standing = namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
            try reader.tables(in: descriptor)
        }
        // The namespace went with its last process.
        guard let standing = standing ?? (closing.isSeen ? [:] : nil) else { return nil }
        let dead = namespace.state.nft.orphans(of: closing.port, standing: standing)
        let isReleased = standing.values.allSatisfy { $0.owner != closing.port }
        guard !dead.isEmpty || isReleased else { return wait(closing) }
        tellDead(namespace.state.bury(dead), closing.isSeen ? .kernel : .dump, closing, namespace)
        if isReleased { namespace.state.release(closing.port) }
        noteOwners(namespace)
        return nil
    }

    /// The tables stand: the socket is not closed yet, or another process holds it too.
    private func wait(_ closing: Closing) -> Closing? {
        var next = closing
        let now = Clock.boottime
        // Looks that were missed are not made up for.
        while !next.looks.isEmpty, next.due <= now { next.looks.removeFirst() }
        if !next.looks.isEmpty { return next }
        findHolders(of: TableOwners.Socket(netns: closing.namespace.inode, port: closing.port), closing.namespace)
        return nil
    }

    private func tellDead(_ change: Change, _ source: Source, _ closing: Closing?, _ namespace: WatchedNamespace) {
        guard !change.isEmpty else { return }
        let change = worded(change, .nftables, namespace)
        tellPredecessor(of: namespace)
        output.send(
            .changed(
                ChangeReport(
                    backend: .nftables, netns: NetnsReport(namespace), generation: namespace.state.nft.generation,
                    family: change.singleFamily, source: source, change: change, author: closing?.author,
                    thread: closing?.thread, killer: (closing?.author?.id).flatMap { owners.killer(of: $0) })),
            at: closing?.time ?? Clock.boottime)
    }

    /// Tables that an audit misses, and whose owner nobody saw close its socket.
    func buryFound(_ found: NFTState, in namespace: WatchedNamespace) {
        // Else a commit that is still to come may have deleted them.
        guard found.generation ?? 1 == namespace.state.nft.generation ?? 1 else { return }
        let dead = namespace.state.nft.orphans(standing: found.tables)
        tellDead(namespace.state.bury(dead), .dump, nil, namespace)
    }

    /// Tables that were made anew: those that are known died, and nobody was seen to close their owner's socket.
    func buryReplaced(by notices: [NFTMessage], in namespace: WatchedNamespace) {
        let dead = namespace.state.nft.replaced(by: notices)
        tellDead(namespace.state.bury(dead), .dump, nil, namespace)
    }

    // MARK: - Who holds them

    /// Follows which sockets own tables of a namespace. `sent`: the request that may have made one.
    func noteOwners(_ namespace: WatchedNamespace, madeBy sent: SentRequest? = nil) {
        let ports = namespace.state.nft.owners
        let known = owners.ports(in: namespace.inode)
        for port in known.subtracting(ports) { forget(TableOwners.Socket(netns: namespace.inode, port: port)) }
        for port in ports.subtracting(known) {
            let socket = TableOwners.Socket(netns: namespace.inode, port: port)
            owners.add(socket)
            try? probes.watch(socket: port, in: namespace.inode, true)
            if let sent, sent.port == port {
                hold(socket, sent.author.task.process, namespace)
            } else {
                findHolders(of: socket, namespace)
            }
        }
    }

    func forgetOwners(in namespace: WatchedNamespace) {
        for port in owners.ports(in: namespace.inode) { forget(TableOwners.Socket(netns: namespace.inode, port: port)) }
    }

    private func forget(_ socket: TableOwners.Socket) {
        try? probes.watch(socket: socket.port, in: socket.netns, false)
        for process in owners.remove(socket) { watch(process, []) }
    }

    private func hold(_ socket: TableOwners.Socket, _ process: ProcessID, _ namespace: WatchedNamespace) {
        guard !namespace.isUserOwned || owners.holderCount < Self.foreignHolders else { return }
        owners.add(process, holding: socket)
        // Signals in a namespace of somebody's own are his to send, as many as he likes.
        watch(process, namespace.isUserOwned ? .end : [.end, .killers])
        // It made its table and was gone before anybody could watch it.
        if lineage.process(process)?.hasExited ?? true { close(socket, by: process, at: Clock.boottime) }
    }

    /// Finds the processes that have a socket open, by /proc.
    private func findHolders(of socket: TableOwners.Socket, _ namespace: WatchedNamespace) {
        let inode = namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
            try NetlinkPorts.inode(ofPort: socket.port, namespace: descriptor)
        }
        guard let inode, let inode else { return }
        for pid in ProcFS.holders(ofSocket: inode) {
            guard let process = lineage.process(pid: pid), !process.hasExited else { continue }
            hold(socket, process.id, namespace)
        }
    }
}

extension NFTMessage {
    /// Whether it tells of a table itself, and so may tell of its owner.
    var isOfTable: Bool {
        switch self {
        case .newTable, .deleteTable: true
        default: false
        }
    }
}
