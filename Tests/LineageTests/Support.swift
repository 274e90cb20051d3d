import Lineage
import Records

let second: UInt64 = 1_000_000_000

/// A process by its pid; its start time is its pid too, unless it is told.
func id(_ pid: UInt32, start: UInt64? = nil) -> ProcessID { ProcessID(pid: pid, start: start ?? UInt64(pid)) }

/// Up to eight letters.
func name(_ text: String) -> ShortName {
    ShortName(low: text.utf8.reversed().reduce(0) { $0 << 8 | UInt64($1) }, high: 0)
}

func task(_ process: ProcessID, parent: ProcessID, _ comm: String = "sh", user: UInt32 = 0) -> TaskIdentity {
    TaskIdentity(
        process: process, parent: parent,
        executable: ExecutableFile(
            inode: 1, device: 1, links: 1, owner: 0, mode: 0o755, isMemFD: false, isOnTmpfs: false),
        cgroup: 1, capabilities: 0, thread: process.pid, user: user, effectiveUser: user, savedUser: user, group: 0,
        effectiveGroup: 0, savedGroup: 0, login: nil, session: nil, groupLeader: process.pid,
        sessionLeader: process.pid, terminal: nil, netns: 1, mntns: 1, pidns: 1, userns: 1, comm: name(comm))
}

func image(_ path: String) -> ExecImage {
    let bytes = Array(path.utf8)
    return ExecImage(
        bytes: bytes + bytes + [0], path: bytes.count, invoked: 0, directory: 0, argumentsTotal: bytes.count + 1,
        argumentCount: 1)
}

func ancestor(_ process: ProcessID, _ comm: String) -> AncestorIdentity {
    AncestorIdentity(process: process, user: 0, inode: 1, device: 1, comm: name(comm))
}

extension Lineage {
    mutating func fork(_ parent: ProcessID, _ child: ProcessID, at time: UInt64 = 0) {
        fork(Record.Fork(parent: parent, child: child, user: 0), at: time)
    }

    mutating func exec(_ process: ProcessID, _ path: String, parent: ProcessID = id(1)) {
        exec(Record.Exec(task: task(process, parent: parent, path), image: image(path)))
    }

    /// Pid 1, and a shell under it with pid 10.
    static var withShell: Lineage {
        var lineage = Lineage()
        lineage.seed(task(id(1), parent: id(0), "init"), image: image("/init"))
        lineage.seed(task(id(10), parent: id(1), "sh"), image: image("/sh"))
        lineage.linkSeeded()
        return lineage
    }
}

extension Process {
    var path: String { String(decoding: image.path, as: UTF8.self) }
    var pids: [UInt32] { chain.map(\.id.pid) }
    var comm: String { String(decoding: name?.bytes ?? [], as: UTF8.self) }
}
