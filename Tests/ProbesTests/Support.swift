import CProbes
import Probes
import Records

/// The bytes of a C structure, as the kernel half would write them.
func raw<Value: BitwiseCopyable>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value) { Array($0) }
}

/// Writes text into an array of a C structure.
func fill<Field: BitwiseCopyable>(_ field: inout Field, _ text: String) {
    withUnsafeMutableBytes(of: &field) { bytes in
        for (index, byte) in text.utf8.enumerated() where index < bytes.count { bytes[index] = byte }
    }
}

func header(_ kind: ww_kind, flags: UInt32 = 0) -> ww_header {
    ww_header(time: 77, size: 0, kind: UInt16(kind.rawValue), flags: UInt16(flags))
}

/// The record with its size put in, and what follows it.
func sized(_ bytes: [UInt8], _ trailer: String = "") -> [UInt8] {
    var bytes = bytes + trailer.utf8
    withUnsafeBytes(of: UInt32(bytes.count)) { size in
        for index in 0..<4 { bytes[8 + index] = size[index] }
    }
    return bytes
}

/// A task in which every field has a number of its own.
func sampleTask() -> ww_task {
    var task = ww_task()
    task.process = ww_process(start: 1, pid: 2, uid: 3)
    task.parent = ww_process(start: 4, pid: 5, uid: 6)
    task.executable = ww_file(
        inode: 7, device: 8, links: 9, uid: 10, mode: 0o755, flags: UInt16(WW_FILE_MEMFD | WW_FILE_TMPFS))
    (task.cgroup, task.effective, task.thread, task.gid) = (11, 12, 13, 14)
    (task.euid, task.egid, task.suid, task.sgid) = (15, 16, 17, 18)
    (task.login, task.session_id, task.group_leader, task.session_leader, task.tty) = (19, 20, 21, 22, 23)
    (task.netns, task.mntns, task.pidns, task.userns) = (24, 25, 26, 27)
    fill(&task.comm, "nft")
    return task
}

/// What `sampleTask` is to be read as.
let expectedTask = TaskIdentity(
    process: ProcessID(pid: 2, start: 1), parent: ProcessID(pid: 5, start: 4),
    executable: ExecutableFile(inode: 7, device: 8, links: 9, owner: 10, mode: 0o755, isMemFD: true, isOnTmpfs: true),
    cgroup: 11, capabilities: 12, thread: 13, user: 3, effectiveUser: 15, savedUser: 17, group: 14, effectiveGroup: 16,
    savedGroup: 18, login: 19, session: 20, groupLeader: 21, sessionLeader: 22, terminal: 23, netns: 24, mntns: 25,
    pidns: 26, userns: 27, comm: ShortName(low: 0x74_666e, high: 0))

/// One valid record of each kind.
enum Sample {
    static var fork: [UInt8] {
        sized(
            raw(
                ww_fork(
                    header: header(WW_FORK), parent: ww_process(start: 1, pid: 2, uid: 3),
                    child: ww_process(start: 4, pid: 5, uid: 6))))
    }

    static func exec(_ kind: ww_kind = WW_EXEC) -> [UInt8] {
        var exec = ww_exec()
        exec.header = header(kind, flags: WW_EXEC_PATH_CUT)
        exec.task = sampleTask()
        (exec.path_size, exec.invoked_size, exec.directory_size) = (8, 3, 5)
        (exec.arguments_size, exec.arguments_total, exec.arguments_count) = (6, 600, 60)
        return sized(raw(exec), "/bin/nftnft/root-f\0x\0\0")
    }

    static var exit: [UInt8] {
        sized(
            raw(
                ww_exit(
                    header: header(WW_EXIT), process: ww_process(start: 4, pid: 5, uid: 6), status: 256, pad: 0)))
    }

    static var signal: [UInt8] {
        var signal = ww_signal()
        signal.header = header(WW_SIGNAL)
        signal.sender = sampleTask()
        signal.target = ww_process(start: 4, pid: 5, uid: 6)
        signal.number = 9
        return sized(raw(signal))
    }

    static func request(ancestors: UInt32 = 2) -> [UInt8] {
        var request = ww_request()
        request.header = header(WW_REQUEST)
        request.task = sampleTask()
        request.ancestors.0.process = ww_process(start: 4, pid: 5, uid: 6)
        request.ancestors.1.process = ww_process(start: 0, pid: 1, uid: 0)
        request.ancestors.1.inode = 99
        fill(&request.ancestors.1.comm, "init")
        (request.id, request.ancestor_count, request.netns, request.netns_level) = (55, ancestors, 24, 1)
        (request.port, request.total, request.captured, request.here) = (500, 4000, 400, 4)
        return sized(raw(request), "abcd")
    }

    static var requestBytes: [UInt8] {
        sized(raw(ww_request_bytes(header: header(WW_REQUEST_BYTES), id: 55, offset: 400, here: 3)), "xyz")
    }

    static var requestResult: [UInt8] {
        sized(raw(ww_request_result(header: header(WW_REQUEST_RESULT), id: 55, error: -17, lost: 6)))
    }

    static var xtables: [UInt8] {
        var replace = ww_xtables()
        replace.header = header(WW_XTABLES, flags: WW_XTABLES_PENDING)
        replace.task = sampleTask()
        (replace.id, replace.ancestor_count, replace.netns, replace.netns_level, replace.family) = (56, 0, 24, 0, 2)
        (replace.entries, replace.size, replace.total, replace.here) = (4, 600, 696, 3)
        fill(&replace.table, "filter")
        return sized(raw(replace), "xyz")
    }

    static var xtablesResult: [UInt8] {
        sized(raw(ww_xtables_result(header: header(WW_XTABLES_RESULT), id: 56, error: -22, pad: 0)))
    }

    static var socketClosed: [UInt8] {
        var closed = ww_socket_closed()
        closed.header = header(WW_SOCKET_CLOSED)
        closed.task = sampleTask()
        (closed.netns, closed.netns_level, closed.port, closed.netns_cookie) = (24, 1, 0xffff_f000, 77)
        return sized(raw(closed))
    }

    static var module: [UInt8] {
        var module = ww_module()
        module.header = header(WW_MODULE, flags: WW_MODULE_LOADED)
        module.task = sampleTask()
        fill(&module.name, "nf_tables")
        return sized(raw(module))
    }

    static func sysctl(flags: UInt32 = 0) -> [UInt8] {
        var write = ww_sysctl()
        write.header = header(WW_SYSCTL, flags: flags)
        write.task = sampleTask()
        (write.netns, write.netns_level, write.netns_cookie) = (24, 1, 77)
        fill(&write.name, "net/netfilter/nf_conntrack_tcp_loose")
        fill(&write.before, "1\n")
        fill(&write.after, "  0")
        return sized(raw(write))
    }

    static var all: [[UInt8]] {
        [
            fork, exec(), exec(WW_TASK), exit, signal, request(), requestBytes, requestResult, xtables,
            xtablesResult, module, socketClosed, sysctl(),
        ]
    }
}
