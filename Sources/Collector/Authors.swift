internal import Events
internal import Host
internal import Identity
internal import Lineage
internal import Records
internal import Services

/// Puts together who a process is when it has done something, and has its files looked at.
final class Authors {
    /// How long a line waits for what is not known yet of a file, or of a login.
    private static let patience: Duration = .milliseconds(10)
    /// How many logins are remembered.
    private static let capacity = 1024

    /// Firewall services that run, and who may have asked others to do what they do.
    var services = Services()
    var askers = Askers()
    var shutdowns = Shutdowns()
    private let inspector: Inspector?
    /// Of this process, which looks, and of init, whose paths are meant.
    private let ownMounts: UInt32
    private let hostMounts: UInt32
    /// Where logins came from, by the sshd that let them in: that may be gone when somebody acts.
    private var peers: [ProcessID: String] = [:]
    /// When it was looked who is connected to dockerd.
    var lastLook: (dockerd: ProcessID, at: UInt64)?
    /// The process that has a pid now.
    var findProcess: (UInt32) -> Process? = { _ in nil }
    /// What took too long once is not waited for again.
    private var overdue: Set<Inspector.Question> = []

    init(inspector: Inspector? = Inspector()) {
        self.inspector = inspector
        ownMounts = NamespaceFiles.inode("/proc/self/ns/mnt") ?? 0
        hostMounts = NamespaceFiles.inode("/proc/1/ns/mnt") ?? ownMounts
    }

    deinit { inspector?.end() }

    /// Has the files of somebody looked at who is about to change a firewall.
    /// `time`: when he asked the kernel for it, in nanoseconds of CLOCK_BOOTTIME.
    func prepare(_ process: Process?, at time: UInt64) {
        guard let process else { return }
        lookForDockerClients(above: process, at: time)
        guard let inspector else { return }
        if let question = question(executableOf: process) { inspector.ask(question) }
        if let question = Script(of: process).flatMap({ question(script: $0, of: process) }) { inspector.ask(question) }
    }

    /// Has it found out where a login comes from, while its sshd is there.
    func note(started process: Process) {
        guard process.task?.sessionLeader == process.id.pid, let entry = Entry(of: process), entry.kind == .sshd,
            entry.leader === process, peers[entry.gate.id] == nil
        else { return }
        inspector?.ask(.peer(Self.connections(entry)))
    }

    /// The portrait of an event's author. Of those who only come and go there is no more than lineage knows.
    func portrait(for event: Event, at time: UInt64, offset: Int64) -> Portrait? {
        guard let process = event.author?.0 else { return nil }
        if case .process = event { return sketch(process) }
        return portrait(of: process, at: time, offset: offset, wroteFirewall: event.isOfFirewall)
    }

    /// The portrait without what has to be found out.
    private func sketch(_ process: Process) -> Portrait {
        let entry = Entry(of: process)
        var portrait = Portrait(entry: entry, script: Script(of: process))
        portrait.peer = entry.flatMap { $0.kind == .sshd ? peer(of: $0) : nil }
        return portrait
    }

    /// The portrait of somebody who did something, or had it done.
    func portrait(of process: Process, at time: UInt64, offset: Int64, wroteFirewall: Bool) -> Portrait {
        var portrait = sketch(process)
        portrait.executable = question(executableOf: process).flatMap(findings)
        portrait.scriptFile = portrait.script.flatMap { question(script: $0, of: process) }.flatMap(findings)
        if portrait.script == nil, let caller = callingScript(process) {
            portrait.callingScript = question(script: caller.script, of: caller.process).flatMap(findings)
        }
        portrait.traits = Trait.all(
            TraitContext(
                process: process, time: time, offset: offset, hostMounts: hostMounts, executable: portrait.executable,
                script: portrait.script, scriptFile: portrait.scriptFile, wroteFirewall: wroteFirewall))
        return portrait
    }

    private func callingScript(_ process: Process) -> (script: Script, process: Process)? {
        for above in process.callers.dropFirst() {
            if let script = Script(of: above) { return (script, above) }
        }
        return nil
    }

    /// How long a line waits for the bus to tell of a request: whoever was asked may be quicker than who listens.
    private static let busPatience: Duration = .milliseconds(20)
    /// Takes what was heard on the bus, waited for so long.
    var hearBus: (Duration) -> Void = { _ in }

    /// On whose behalf an event's author did it; nil: on his own.
    func initiator(of event: Event, at time: UInt64) -> Askers.Initiator? {
        for patience in [.zero, Self.busPatience] {
            guard let found = find(event, at: time), found.confidence != .exact else { break }
            hearBus(patience)
        }
        return find(event, at: time)
    }

    private func find(_ event: Event, at time: UInt64) -> Askers.Initiator? {
        switch event {
        case .changed, .failed:
            event.author.flatMap { askers.initiator(of: $0.0, at: time, signal: services.signal(to: $0.0, at: time)) }
        case .service(let report): askers.initiator(of: report.event)
        default: nil
        }
    }

    private func findings(_ question: Inspector.Question) -> FileFindings? {
        guard case .file(let findings) = answer(question) else { return nil }
        return findings
    }

    private func answer(_ question: Inspector.Question) -> Inspector.Answer? {
        let answer = inspector?.answer(question, within: overdue.contains(question) ? .zero : Self.patience)
        if answer != nil {
            overdue.remove(question)
        } else if overdue.count < Self.capacity {
            overdue.insert(question)
        }
        return answer
    }

    private func peer(of entry: Entry) -> String? {
        if let known = peers[entry.gate.id] { return known }
        guard case .peer(let peer) = answer(.peer(Self.connections(entry))) else { return nil }
        if peers.count >= Self.capacity { peers.removeAll() }
        peers[entry.gate.id] = peer
        return peer
    }

    /// The processes of sshd above a login, the monitor first: it has the connection, and nothing that is forwarded.
    private static func connections(_ entry: Entry) -> [UInt32] {
        let names = entry.gate.programName
        return entry.gate.chain.prefix { $0.programName.starts(with: names.prefix(4)) }.map(\.id.pid).reversed()
    }

    // MARK: Questions

    private func question(executableOf process: Process) -> Inspector.Question? {
        guard let file = process.task?.executable, file.inode != 0 else { return nil }
        return .file(
            FileQuestion(
                path: file.isMemFD ? [] : Array(process.image.path),
                identity: FileQuestion.Identity(device: file.device, inode: file.inode), process: process.id.pid,
                roots: roots(of: process), mounts: process.task?.mntns ?? 0))
    }

    private func question(script: Script, of process: Process) -> Inspector.Question? {
        guard script.path.first == UInt8(ascii: "/") else { return nil }
        return .file(
            FileQuestion(
                path: script.path, identity: nil, process: nil, roots: roots(of: process),
                mounts: process.task?.mntns ?? 0))
    }

    /// Where a process's paths lead to what it saw: none where that is here.
    private func roots(of process: Process) -> [UInt32] {
        guard let mounts = process.task?.mntns, mounts != ownMounts, mounts != hostMounts else { return [] }
        return process.chain.prefix(8).filter { $0.task?.mntns == mounts }.map(\.id.pid)
    }
}

extension Event {
    /// Whether its author wrote to a firewall, or tried to.
    fileprivate var isOfFirewall: Bool {
        switch self {
        case .changed, .failed: true
        default: false
        }
    }
}
