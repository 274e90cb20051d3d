import Lineage
import Records
import Services

/// Processes, and what services and askers make of them. A process's start time is its pid.
struct World {
    var lineage = Lineage()
    var services = Services()
    var askers = Askers()

    var shutdowns = Shutdowns()

    init() { shutdowns.root = process(1, parent: 0, "/usr/lib/systemd/systemd", ["/sbin/init"]).task?.pidns }

    /// The manager of the machine.
    var first: Process {
        mutating get {
            lineage.process(of: Author(time: 0, task: task(1, parent: 0), ancestors: []))
        }
    }

    func task(_ pid: UInt32, parent: UInt32) -> TaskIdentity {
        TaskIdentity(
            process: ProcessID(pid: pid, start: UInt64(pid)), parent: ProcessID(pid: parent, start: UInt64(parent)),
            executable: ExecutableFile(
                inode: 7, device: 1, links: 1, owner: 0, mode: 0o100_755, isMemFD: false, isOnTmpfs: false),
            cgroup: UInt64(pid), capabilities: 0, thread: pid, user: 0, effectiveUser: 0, savedUser: 0, group: 0,
            effectiveGroup: 0, savedGroup: 0, login: nil, session: nil, groupLeader: pid, sessionLeader: pid,
            terminal: nil, netns: 1, mntns: 1, pidns: 1, userns: 1, comm: ShortName(low: 0x78, high: 0))
    }

    /// A process that runs a program.
    mutating func process(
        _ pid: UInt32, parent: UInt32, _ path: String, _ arguments: [String], group: String? = nil,
        change: (inout TaskIdentity) -> Void = { _ in }
    ) -> Process {
        fork(parent, pid)
        var task = task(pid, parent: parent)
        change(&task)
        let names: [UInt8] = group.map { Array("\($0)\0system.slice\0".utf8) } ?? []
        let words: [UInt8] = arguments.reduce(into: []) { $0 += Array($1.utf8) + [0] }
        let image = ExecImage(
            bytes: Array(path.utf8) + names + words, path: path.utf8.count, invoked: 0, directory: 0,
            controlGroup: names.count, argumentsTotal: words.count, argumentCount: arguments.count)
        lineage.exec(Record.Exec(task: task, image: image, time: 0))
        return lineage.process(of: Author(time: 0, task: task, ancestors: []))
    }

    /// The same, and what services and askers hear of it.
    mutating func exec(
        _ pid: UInt32, parent: UInt32, _ path: String, _ arguments: [String], group: String? = nil
    ) -> ServiceEvent? {
        let process = process(pid, parent: parent, path, arguments, group: group)
        askers.exec(process, at: UInt64(pid))
        let event = services.exec(process, at: UInt64(pid))
        if let event { askers.note(event) }
        return event
    }

    mutating func fork(_ parent: UInt32, _ child: UInt32) {
        let (above, below) = (
            ProcessID(pid: parent, start: UInt64(parent)), ProcessID(pid: child, start: UInt64(child))
        )
        services.fork(above, lineage.fork(Record.Fork(parent: above, child: below, user: 0), at: 0))
    }

    mutating func signal(_ number: Int32, to target: UInt32, from sender: UInt32) {
        let process =
            lineage.process(ProcessID(pid: sender, start: UInt64(sender)))
            ?? process(sender, parent: 1, "/usr/bin/kill", ["kill"])
        services.signal(number, to: ProcessID(pid: target, start: UInt64(target)), from: process, at: 1)
    }

    mutating func exit(_ pid: UInt32, status: Int32 = 0, at time: UInt64 = 100) -> ServiceEvent? {
        services.exit(ProcessID(pid: pid, start: UInt64(pid)), status: status, at: time).event
    }
}
