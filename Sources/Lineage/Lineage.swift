package import Records

/// Who started whom: all processes that run, and those that ended a moment ago.
///
/// Pure: fed with records in the order of the ring, it is asked for a process when a firewall record
/// names one.
package struct Lineage {
    /// How long an ended process is kept for records that are still under way, in nanoseconds.
    static let grace: UInt64 = 2_000_000_000
    /// How many ended processes are kept at most.
    static let graceCount = 4096
    /// How many generations are kept above a process. A chain of forks can be endless.
    package static let depthLimit = 64

    private var processes: [ProcessID: Process] = [:]
    /// The newest process with a pid.
    private var byPID: [UInt32: ProcessID] = [:]
    /// Ended ones, oldest first, with when they may be forgotten; those before `firstEnded` are forgotten.
    private var ended: [(id: ProcessID, until: UInt64)] = []
    private var firstEnded = 0

    private var groups = ControlGroups()

    package init() {}

    /// How many processes are known.
    package var count: Int { processes.count }

    /// Takes a process that was there before the collector; `image` is what /proc says of it.
    package mutating func seed(_ task: TaskIdentity, image: ExecImage) {
        let process = processes[task.process] ?? insert(task.process, parent: nil, image: image, user: task.user)
        process.image = image
        process.inherited = nil
        groups.learn(task.cgroup, image)
        update(process, task)
    }

    /// Ties the seeded processes to their parents, once all are known.
    package mutating func linkSeeded() {
        for process in processes.values where process.parent == nil {
            guard let parent = process.task?.parent, parent != process.id, let above = processes[parent] else {
                continue
            }
            process.parent = above
        }
        for process in processes.values { process.depth = process.chain.count }
    }

    @discardableResult
    package mutating func fork(_ fork: Record.Fork, at time: UInt64) -> Process {
        let parent = processes[fork.parent]
        let child = insert(fork.child, parent: parent, image: parent?.image ?? .unknown, user: fork.user)
        child.name = parent?.name
        child.bornUser = fork.user
        child.started = parent?.started
        child.controlGroup = parent?.controlGroup
        child.inherited = parent?.inherited ?? parent?.task.map(\.program)
        limitDepth(of: child)
        forget(before: time)
        return child
    }

    @discardableResult
    package mutating func exec(_ exec: Record.Exec) -> Process {
        let process =
            processes[exec.task.process]
            ?? insert(exec.task.process, parent: processes[exec.task.parent], image: exec.image, user: exec.task.user)
        noteElevation(of: process, by: exec)
        process.image = exec.image
        process.started = Process.Started(time: exec.time, name: exec.task.comm)
        process.inherited = nil
        groups.learn(exec.task.cgroup, exec.image)
        update(process, exec.task)
        return process
    }

    package mutating func exit(_ id: ProcessID, at time: UInt64) {
        guard let process = processes[id], !process.hasExited else { return }
        process.hasExited = true
        ended.append((id, time &+ Self.grace))
        forget(before: time)
    }

    /// The process a record names. If its lineage was lost, it is built from what the record itself says.
    package mutating func process(of author: Author) -> Process {
        var above: Process?
        for ancestor in author.ancestors.reversed() {
            let known = processes[ancestor.process]
            if known == nil { borrow(ancestor.process, until: author.time) }
            let process =
                known ?? insert(ancestor.process, parent: above, image: .unknown, user: ancestor.user)
            if known == nil { process.name = ancestor.comm }
            link(process, to: above)
            above = process
        }
        if processes[author.task.process] == nil { borrow(author.task.process, until: author.time) }
        let process =
            processes[author.task.process]
            ?? insert(author.task.process, parent: above, image: .unknown, user: author.task.user)
        link(process, to: above)
        // It runs another program than the one that forked it: what it is called is known, and no path that is not its own.
        // (Who is about to end has no file any more.)
        if let inherited = process.inherited, author.task.executable.inode != 0, inherited != author.task.program {
            process.image = .unknown
            process.started = nil
            process.inherited = nil
        }
        update(process, author.task)
        process.argumentsNow = author.arguments
        // Its exec found no room: what it is called with now is better than nothing.
        if process.image.argumentBytes.isEmpty, let now = author.arguments, !now.isEmpty {
            process.image = process.image.with(now: now)
        }
        return process
    }

    /// Whether a set-uid program made somebody another user: the real user is still who started it.
    private func noteElevation(of process: Process, by exec: Record.Exec) {
        let to = exec.task.effectiveUser
        let before = exec.task.user == to ? process.task?.effectiveUser ?? process.user : exec.task.user
        guard exec.task.executable.mode & 0o4000 != 0, before != to else { return }
        process.elevation = Process.Elevation(time: exec.time, from: before, to: to, program: Array(exec.image.path))
    }

    /// Takes over what a newer record says of the same process.
    private func update(_ process: Process, _ task: TaskIdentity) {
        process.task = task
        process.user = task.user
        process.name = task.comm
        // One that is forgotten lives on with those who are in it, and with their children.
        if process.controlGroup?.id != task.cgroup { process.controlGroup = groups[task.cgroup] }
    }

    package func process(_ id: ProcessID) -> Process? { processes[id] }

    /// All that are known, in no order.
    package var all: some Collection<Process> { processes.values }

    /// The process that is named so and known by no more; what is known of it otherwise goes before.
    package mutating func process(_ id: ProcessID, name: ShortName, user: UInt32, at time: UInt64) -> Process {
        if let known = processes[id] { return known }
        borrow(id, until: time)
        let process = insert(id, parent: nil, image: .unknown, user: user)
        process.name = name
        return process
    }

    /// The newest process with this pid.
    package func process(pid: UInt32) -> Process? { byPID[pid].flatMap { processes[$0] } }

    /// Gives an orphan the parent that a record names, unless that would close a ring.
    private func link(_ process: Process, to above: Process?) {
        guard process.parent == nil, let above, !above.chain.contains(where: { $0 === process }) else { return }
        process.parent = above
    }

    /// A process known from a firewall record only is kept for a while: its end may have been heard before.
    private mutating func borrow(_ id: ProcessID, until time: UInt64) {
        ended.append((id, time &+ Self.grace))
    }

    private mutating func insert(_ id: ProcessID, parent: Process?, image: ExecImage, user: UInt32) -> Process {
        let process = Process(id: id, parent: parent, image: image, user: user)
        // A pid is given again only when its process has ended, whether that was heard or not.
        if let older = byPID[id.pid], older.start < id.start, processes[older]?.hasExited == false {
            exit(older, at: id.start)
        }
        processes[id] = process
        byPID[id.pid] = id
        return process
    }

    private func limitDepth(of process: Process) {
        guard process.depth > 2 * Self.depthLimit else { return }
        // Cut at every doubling, not at every fork: each process is walked past once.
        var last = process
        for _ in 1..<Self.depthLimit { last = last.parent ?? last }
        last.parent = nil
        for (height, member) in process.chain.reversed().enumerated() { member.depth = height + 1 }
    }

    private mutating func forget(before time: UInt64) {
        while firstEnded < ended.count,
            ended[firstEnded].until < time || ended.count - firstEnded > Self.graceCount
        {
            let id = ended[firstEnded].id
            processes[id] = nil
            if byPID[id.pid] == id { byPID[id.pid] = nil }
            firstEnded += 1
        }
        if firstEnded > Self.graceCount {
            ended.removeFirst(firstEnded)
            firstEnded = 0
        }
    }
}

extension TaskIdentity {
    fileprivate var program: Process.Inherited {
        Process.Inherited(device: executable.device, inode: executable.inode)
    }
}
