internal import Configuration
internal import Events
internal import Glibc
internal import Host
internal import Inventory
internal import NetlinkIO
internal import Records
internal import RuleText

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
    /// What its rules say.
    var texts = RuleShadow()
    /// Since it was saved last.
    var isChanged = false
    /// What stood when an earlier collector saved it, until what happened since has been told.
    var kept: FirewallState?
    /// What became of that until this collector began, once something else was done.
    var gap: GapReport?
    /// What was saved does not know it.
    var isNewcomer = false
    /// How many changes that nobody heard were played through in it.
    var playedCount = 0
    /// Processes and threads seen in it lately: where it can be opened.
    private(set) var tasks: [UInt32] = []

    /// It has ended, or cannot be found.
    fileprivate(set) var isGone = false

    /// What was sent in it must be played through: it is gone, or what was found in it is not believed yet.
    var isUnheard: Bool { isGone || found != nil || heardSince == .max }

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

    /// Remembers a task that is in it.
    func note(task: UInt32) {
        guard tasks.last != task else { return }
        tasks.append(task)
        if tasks.count > 4 { tasks.removeFirst() }
    }
}

/// The namespaces that are watched. None is kept alive by being watched: no descriptor of one stays open.
final class Namespaces {
    let host: WatchedNamespace
    private let numbers: NamespaceIDs
    private let limit: Int
    private var selection: NamespaceSelection
    private var byInode: [UInt32: WatchedNamespace] = [:]
    /// Newest last.
    private var ghosts: [WatchedNamespace] = []
    private var byNumber: [Int32: WatchedNamespace] = [:]
    /// Those that were to be watched when there was no room; bounded.
    private(set) var excess: Set<UInt32> = []

    init(_ settings: NetnsSettings) throws(NetlinkIOError) {
        selection = NamespaceSelection(settings)
        limit = settings.max
        numbers = try NamespaceIDs(from: Clock.boottime / 1_000_000)
        host = WatchedNamespace(inode: NamespaceFiles.own ?? 0, isHost: true, nsid: nil)
        byInode[host.inode] = host
    }

    var all: [WatchedNamespace] { byInode.values.sorted { $0.isHost || $1.isHost ? $0.isHost : $0.inode < $1.inode } }

    /// Whether the state of any has changed since it was saved.
    var isChanged: Bool { byInode.values.contains(where: \.isChanged) }

    subscript(inode: UInt32) -> WatchedNamespace? { byInode[inode] }

    /// Whose notifications come with this number; nil stands for the host's own.
    func numbered(_ nsid: Int32?) -> WatchedNamespace? { nsid.map { byNumber[$0] } ?? host }

    /// Begins to watch all there are and that are to be watched.
    func watchAll() {
        guard !selection.isEmpty else { return }
        for (inode, tasks) in NamespaceFiles.census().sorted(by: { $0.key < $1.key }) { _ = watch(inode, tasks) }
    }

    /// Whether a namespace is known not to be watched, by what runs in it.
    func isPassedOver(_ inode: UInt32, controlGroup: UInt64, at now: UInt64) -> Bool {
        byInode[inode] == nil && selection.wasPassedOver(inode, controlGroup: controlGroup, at: now)
    }

    /// Begins to watch a namespace, if it is to be watched and can be opened. `task` was seen in it.
    func watch(_ reference: NetnsRef, task: UInt32) -> WatchedNamespace? {
        watch(reference.inode, [task], cookie: reference.cookie)
    }

    /// Whether the namespace that has its inode number is still this one, as far as the kernel tells (since 5.14).
    func stands(_ namespace: WatchedNamespace) -> Bool {
        guard namespace.cookie != 0 else { return false }
        return open(namespace) { (descriptor) throws(NetlinkIOError) in
            try NetworkNamespace.cookie(of: descriptor)
        } == namespace.cookie
    }

    /// `cookie`: 0 stands for any.
    private func watch(_ inode: UInt32, _ tasks: [UInt32], cookie: UInt64 = 0) -> WatchedNamespace? {
        if let known = byInode[inode] { return known }
        guard inode != 0, selection.includes(inode, tasks: tasks) else { return nil }
        guard byInode.count < limit else {
            if excess.count < 65_536 { excess.insert(inode) }
            return nil
        }
        guard let descriptor = NamespaceFiles.open(inode, tasks: tasks) else { return nil }
        defer { close(descriptor) }
        // Its number may have been given to another since the task was seen there.
        if cookie != 0, let real = try? NetworkNamespace.cookie(of: descriptor), real != cookie { return nil }
        guard let nsid = try? numbers.assign(to: descriptor) else { return nil }
        let namespace = WatchedNamespace(inode: inode, isHost: false, nsid: nsid)
        namespace.isUserOwned = (try? NetworkNamespace.isUserOwned(descriptor)) ?? false
        // It could not be opened before: what was told of it since is where its next line begins.
        if cookie != 0, let ghost = ghosts.last(where: { $0.inode == inode && $0.cookie == cookie }) {
            namespace.state = ghost.state
        }
        for task in tasks.prefix(4) { namespace.note(task: task) }
        byInode[inode] = namespace
        byNumber[nsid] = namespace
        excess.remove(inode)
        // One that had its number before may still have something to be told of it.
        ghosts.removeAll { $0.inode == inode && ($0.cookie == cookie || cookie == 0 || $0.cookie == 0) }
        return namespace
    }

    /// How many of those that had no room are there still.
    func beyond() -> Int {
        if !excess.isEmpty { excess.formIntersection(NamespaceFiles.census().keys) }
        return excess.count
    }

    /// A namespace that was gone before it could be looked at: what is known of it is what was sent.
    func ghost(_ reference: NetnsRef, task: UInt32) -> WatchedNamespace? {
        guard reference.inode != 0 else { return nil }
        let known = ghosts.last { $0.inode == reference.inode && $0.isSame(as: reference) }
        if let known { return known }
        guard selection.includes(reference.inode, tasks: [task]) else { return nil }
        let ghost = WatchedNamespace(inode: reference.inode, isHost: false, nsid: nil)
        ghost.cookie = reference.cookie
        bury(ghost)
        return ghost
    }

    /// Remembers a namespace that is gone.
    func add(ghost: WatchedNamespace) {
        ghost.isGone = true
        ghosts.append(ghost)
        if ghosts.count > 64 { ghosts.removeFirst() }
    }

    /// Takes out the namespaces that ended while no collector ran.
    func takeKeptGhosts() -> [WatchedNamespace] {
        let kept = ghosts.filter { $0.kept != nil }
        ghosts.removeAll { $0.kept != nil }
        return kept
    }

    /// The one that a record names, if it is watched.
    func watched(_ reference: NetnsRef) -> WatchedNamespace? {
        byInode[reference.inode].flatMap { $0.isSame(as: reference) ? $0 : nil }
    }

    /// The one that a record names, if it is watched or was gone before it could be.
    func known(_ reference: NetnsRef) -> WatchedNamespace? {
        guard byInode[reference.inode] == nil else { return watched(reference) }
        return ghosts.last { $0.inode == reference.inode && $0.isSame(as: reference) }
    }
    /// The namespace with this inode number, also if it has ended: what was heard of it may not be told yet.
    func lately(_ inode: UInt32) -> WatchedNamespace? { byInode[inode] ?? ghosts.last { $0.inode == inode } }

    /// A namespace is gone. Returns whether it was watched.
    @discardableResult
    func remove(_ gone: WatchedNamespace) -> Bool {
        if let nsid = gone.nsid, byNumber[nsid] === gone { byNumber[nsid] = nil }
        guard byInode[gone.inode] === gone else { return false }
        byInode[gone.inode] = nil
        bury(gone)
        return true
    }

    /// What was sent in it before its end may be told after it, on what stood there.
    private func bury(_ gone: WatchedNamespace) {
        gone.kept = nil
        add(ghost: gone)
    }

    /// Opens a namespace for a moment. nil: it cannot be found any more.
    func open<Result>(
        _ namespace: WatchedNamespace, _ body: (CInt) throws(NetlinkIOError) -> Result
    ) -> Result? {
        // One that is watched is believed to live: then it is worth a search.
        let descriptor = NamespaceFiles.open(
            namespace.inode, tasks: namespace.tasks.reversed(), thoroughly: !namespace.isGone)
        guard let descriptor else { return nil }
        defer { close(descriptor) }
        // Another one may have its number by now.
        if !namespace.isHost, namespace.cookie != 0, let real = try? NetworkNamespace.cookie(of: descriptor),
            real != namespace.cookie
        {
            return nil
        }
        return try? body(descriptor)
    }
}
