/// A process for good: a pid is reused, a pid together with its start time is not.
package struct ProcessID: Hashable, Sendable, Codable {
    /// The thread group id, as the first pid namespace numbers it.
    package var pid: UInt32
    /// When its leader was forked, in nanoseconds of CLOCK_BOOTTIME.
    package var start: UInt64

    package init(pid: UInt32, start: UInt64) {
        self.pid = pid
        self.start = start
    }

    /// In one step: every record is looked up by one or two of these.
    package func hash(into hasher: inout Hasher) { hasher.combine(start ^ UInt64(pid) << 32) }
}

/// A task's name as the kernel keeps it: up to 15 bytes, whatever the task chose to write there.
package struct ShortName: Hashable, Sendable {
    private var low: UInt64
    private var high: UInt64

    /// Takes the 16 bytes of `task_struct.comm`, little endian.
    package init(low: UInt64, high: UInt64) {
        // What lies behind the NUL is of an older name, and no part of this one.
        self.low = Self.untilNUL(low)
        self.high = self.low == low && low >> 56 != 0 ? Self.untilNUL(high) : 0
    }

    /// The bytes before the first NUL, the rest zero.
    private static func untilNUL(_ word: UInt64) -> UInt64 {
        for shift in stride(from: UInt64(0), to: 64, by: 8) where word >> shift & 0xff == 0 {
            return word & (1 << shift - 1)
        }
        return word
    }

    /// The bytes before the first NUL.
    package var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(16)
        for word in [low, high] {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                let byte = UInt8(truncatingIfNeeded: word >> shift)
                if byte == 0 { return result }
                result.append(byte)
            }
        }
        return result
    }
}

/// The file a process runs. Its path may lie; device and inode do not.
package struct ExecutableFile: Hashable, Sendable {
    package var inode: UInt64
    /// The kernel's dev_t: major << 20 | minor.
    package var device: UInt32
    /// Hard links. 0: deleted, or it never had a name.
    package var links: UInt32
    /// The file's owner.
    package var owner: UInt32
    /// Type and permissions, as in stat(2).
    package var mode: UInt16
    package var isMemFD: Bool
    package var isOnTmpfs: Bool

    package init(
        inode: UInt64, device: UInt32, links: UInt32, owner: UInt32, mode: UInt16, isMemFD: Bool, isOnTmpfs: Bool
    ) {
        self.inode = inode
        self.device = device
        self.links = links
        self.owner = owner
        self.mode = mode
        self.isMemFD = isMemFD
        self.isOnTmpfs = isOnTmpfs
    }

    /// Whether nothing on disk has this file any more. A kernel thread has no file at all.
    package var isDeleted: Bool { links == 0 && inode != 0 }
}

/// Who a task is, as the kernel held it at one moment.
package struct TaskIdentity: Hashable, Sendable {
    package var process: ProcessID
    /// Its real parent at that moment; lineage knows who really forked it.
    package var parent: ProcessID
    package var executable: ExecutableFile
    /// Inode of the cgroup v2 folder, or of that of the pids controller where v1 alone is used.
    package var cgroup: UInt64
    /// What descriptor 0 stands for; nil: nothing, or nothing that has a name.
    package var standardInput: FileKind?
    /// Effective capabilities, a bit each.
    package var capabilities: UInt64
    package var thread: UInt32
    package var user: UInt32
    package var effectiveUser: UInt32
    package var savedUser: UInt32
    package var group: UInt32
    package var effectiveGroup: UInt32
    package var savedGroup: UInt32
    /// The user that logged in, nil if nobody did (a service, or before pam_loginuid).
    package var login: UInt32?
    /// The audit session of that login.
    package var session: UInt32?
    package var groupLeader: UInt32
    package var sessionLeader: UInt32
    /// major << 20 | minor, nil without one.
    package var terminal: UInt32?
    /// Namespaces, by inode number.
    package var netns: UInt32
    package var mntns: UInt32
    package var pidns: UInt32
    package var userns: UInt32
    /// Of the network namespace; 0 where the kernel has none.
    package var netnsCookie: UInt64
    package var comm: ShortName

    package init(
        process: ProcessID, parent: ProcessID, executable: ExecutableFile, cgroup: UInt64, capabilities: UInt64,
        thread: UInt32, user: UInt32, effectiveUser: UInt32, savedUser: UInt32, group: UInt32, effectiveGroup: UInt32,
        savedGroup: UInt32, login: UInt32?, session: UInt32?, groupLeader: UInt32, sessionLeader: UInt32,
        terminal: UInt32?, netns: UInt32, mntns: UInt32, pidns: UInt32, userns: UInt32, comm: ShortName,
        netnsCookie: UInt64 = 0, standardInput: FileKind? = nil
    ) {
        self.process = process
        self.parent = parent
        self.executable = executable
        self.cgroup = cgroup
        self.capabilities = capabilities
        self.thread = thread
        self.user = user
        self.effectiveUser = effectiveUser
        self.savedUser = savedUser
        self.group = group
        self.effectiveGroup = effectiveGroup
        self.savedGroup = savedGroup
        self.login = login
        self.session = session
        self.groupLeader = groupLeader
        self.sessionLeader = sessionLeader
        self.terminal = terminal
        self.netns = netns
        self.mntns = mntns
        self.pidns = pidns
        self.userns = userns
        self.netnsCookie = netnsCookie
        self.standardInput = standardInput
        self.comm = comm
    }
}

/// A living ancestor, as the kernel saw it from a firewall record: enough to name it when lineage is lost.
package struct AncestorIdentity: Hashable, Sendable {
    package var process: ProcessID
    package var user: UInt32
    package var inode: UInt64
    package var device: UInt32
    package var comm: ShortName

    package init(process: ProcessID, user: UInt32, inode: UInt64, device: UInt32, comm: ShortName) {
        self.process = process
        self.user = user
        self.inode = inode
        self.device = device
        self.comm = comm
    }
}
