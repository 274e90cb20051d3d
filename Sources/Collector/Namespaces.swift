internal import Glibc
internal import Host
internal import Inventory
internal import NetlinkIO
internal import Records

/// A network namespace that is watched.
final class WatchedNamespace {
    let inode: UInt32
    let isHost: Bool
    /// Its number in the host's namespace, by which its notifications come; the host's own come without.
    let nsid: Int32?
    /// Whoever sent before this may have been committed unheard, in nanoseconds of CLOCK_BOOTTIME.
    var heardSince = UInt64.max
    /// What stood when it was first looked at, until what was sent before that has been told.
    var found: NFTState?
    var presumption = Presumption()
    var isUserOwned = false
    /// 0: not known yet.
    var cookie: UInt64 = 0
    var state = FirewallState() { didSet { isChanged = true } }
    /// Since it was saved last.
    var isChanged = false
    /// What stood when an earlier collector saved it, until what happened since has been told.
    var kept: FirewallState?
    /// How many changes that nobody heard were played through in it.
    var playedCount = 0
    /// Processes seen in it lately: where it can be opened.
    var pids: [UInt32] = []

    /// What was sent in it must be played through: it is gone, or what was found in it is not believed yet.
    var isUnheard: Bool { found != nil || heardSince == .max }

    init(inode: UInt32, isHost: Bool, nsid: Int32?) {
        self.inode = inode
        self.isHost = isHost
        self.nsid = nsid
    }

    /// Whether a record means this namespace, and not another that had or has its inode number.
    func isSame(as reference: NetnsRef) -> Bool {
        if cookie == 0 { cookie = reference.cookie }
        return reference.cookie == 0 || cookie == reference.cookie
    }

    /// Remembers a process that is in it.
    func note(pid: UInt32) {
        guard pids.last != pid else { return }
        pids.append(pid)
        if pids.count > 4 { pids.removeFirst() }
    }
}

/// The namespaces that are watched. None is kept alive by being watched: no descriptor of one stays open.
final class Namespaces {
    let host: WatchedNamespace
    private let numbers: NamespaceIDs
    private let limit: Int
    private let watchesAll: Bool
    private var byInode: [UInt32: WatchedNamespace] = [:]
    /// Newest last.
    private var ghosts: [WatchedNamespace] = []
    private var byNumber: [Int32: WatchedNamespace] = [:]

    init(watchesAll: Bool, limit: Int) throws(NetlinkIOError) {
        self.watchesAll = watchesAll
        self.limit = limit
        numbers = try NamespaceIDs()
        host = WatchedNamespace(inode: NamespaceFiles.own ?? 0, isHost: true, nsid: nil)
        byInode[host.inode] = host
    }

    var all: [WatchedNamespace] { byInode.values.sorted { $0.isHost || $1.isHost ? $0.isHost : $0.inode < $1.inode } }

    /// Whether the state of any has changed since it was saved.
    var isChanged: Bool { byInode.values.contains(where: \.isChanged) }

    subscript(inode: UInt32) -> WatchedNamespace? { byInode[inode] }

    /// Whose notifications come with this number; nil stands for the host's own.
    func numbered(_ nsid: Int32?) -> WatchedNamespace? { nsid.map { byNumber[$0] } ?? host }

    /// Begins to watch a namespace, if it is to be watched and can be opened.
    func watch(_ inode: UInt32, pid: UInt32? = nil) -> WatchedNamespace? {
        if let known = byInode[inode] { return known }
        guard watchesAll, byInode.count < limit, inode != 0,
            let descriptor = NamespaceFiles.open(inode, pids: pid.map { [$0] } ?? [])
        else { return nil }
        defer { close(descriptor) }
        guard let nsid = try? numbers.assign(to: descriptor) else { return nil }
        let namespace = WatchedNamespace(inode: inode, isHost: false, nsid: nsid)
        if let pid { namespace.note(pid: pid) }
        byInode[inode] = namespace
        byNumber[nsid] = namespace
        ghosts.removeAll { $0.inode == inode }
        return namespace
    }

    /// A namespace that was gone before it could be looked at: what is known of it is what was sent.
    func ghost(_ reference: NetnsRef) -> WatchedNamespace? {
        guard watchesAll, reference.inode != 0 else { return nil }
        let known = ghosts.last { $0.inode == reference.inode && $0.isSame(as: reference) }
        if let known { return known }
        let ghost = WatchedNamespace(inode: reference.inode, isHost: false, nsid: nil)
        ghost.cookie = reference.cookie
        add(ghost: ghost)
        return ghost
    }

    /// Remembers a namespace that is gone.
    func add(ghost: WatchedNamespace) {
        ghosts.append(ghost)
        if ghosts.count > 64 { ghosts.removeFirst() }
    }

    /// Takes out the namespaces that ended while no collector ran.
    func takeKeptGhosts() -> [WatchedNamespace] {
        let kept = ghosts.filter { $0.kept != nil }
        ghosts.removeAll { $0.kept != nil }
        return kept
    }

    /// The one that a record names, if it is watched or was gone before it could be.
    func known(_ reference: NetnsRef) -> WatchedNamespace? {
        if let watched = byInode[reference.inode] { return watched.isSame(as: reference) ? watched : nil }
        return ghosts.last { $0.inode == reference.inode && $0.isSame(as: reference) }
    }

    /// A namespace is gone, though its number was not yet said to be.
    func remove(_ namespace: WatchedNamespace) {
        if let nsid = namespace.nsid { byNumber[nsid] = nil }
        byInode[namespace.inode] = nil
    }

    /// The namespace with this number is gone.
    func remove(number: Int32) -> WatchedNamespace? {
        guard let gone = byNumber.removeValue(forKey: number) else { return nil }
        if byInode[gone.inode] === gone { byInode[gone.inode] = nil }
        return gone
    }

    /// Opens a namespace for a moment. nil: it cannot be found any more.
    func open<Result>(
        _ namespace: WatchedNamespace, _ body: (CInt) throws(NetlinkIOError) -> Result
    ) -> Result? {
        guard let descriptor = NamespaceFiles.open(namespace.inode, pids: namespace.pids.reversed()) else { return nil }
        defer { close(descriptor) }
        return try? body(descriptor)
    }
}
