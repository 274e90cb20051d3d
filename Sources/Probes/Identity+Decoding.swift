internal import CProbes
internal import Records

extension ProcessID {
    init(_ process: ww_process) {
        self.init(pid: process.pid, start: process.start)
    }
}

extension ShortName {
    init<Bytes: BitwiseCopyable>(copying comm: Bytes) {
        self = withUnsafeBytes(of: comm) { bytes in
            ShortName(
                low: bytes.loadUnaligned(as: UInt64.self), high: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            )
        }
    }
}

extension ExecutableFile {
    init(_ file: ww_file) {
        self.init(
            inode: file.inode, device: file.device, links: file.links, owner: file.uid, mode: file.mode,
            isMemFD: file.flags & UInt16(WW_FILE_MEMFD) != 0, isOnTmpfs: file.flags & UInt16(WW_FILE_TMPFS) != 0)
    }
}

extension TaskIdentity {
    init(_ task: ww_task) {
        self.init(
            process: ProcessID(task.process), parent: ProcessID(task.parent),
            executable: ExecutableFile(task.executable), cgroup: task.cgroup, capabilities: task.effective,
            thread: task.thread, user: task.process.uid, effectiveUser: task.euid, savedUser: task.suid,
            group: task.gid, effectiveGroup: task.egid, savedGroup: task.sgid,
            login: task.login == WW_NO_LOGIN ? nil : task.login,
            session: task.session_id == WW_NO_LOGIN ? nil : task.session_id,
            groupLeader: task.group_leader, sessionLeader: task.session_leader,
            terminal: task.tty == 0 ? nil : task.tty, netns: task.netns, mntns: task.mntns, pidns: task.pidns,
            userns: task.userns, comm: ShortName(copying: task.comm), netnsCookie: task.netns_cookie,
            standardInput: FileKind(mode: task.stdin_mode))
    }
}

extension AncestorIdentity {
    init(_ ancestor: ww_ancestor) {
        self.init(
            process: ProcessID(ancestor.process), user: ancestor.process.uid, inode: ancestor.inode,
            device: ancestor.device, comm: ShortName(copying: ancestor.comm))
    }
}
