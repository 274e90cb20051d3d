/// What the kernel half reports. Those that come most are small; the others lie elsewhere, so that they do not make these large.
package enum Record: Sendable {
    case fork(Fork)
    indirect case exec(Exec)
    /// `time`: in nanoseconds of CLOCK_BOOTTIME.
    case exit(process: ProcessID, status: Int32, time: UInt64)
    indirect case signal(Signal)
    indirect case request(Request)
    case requestBytes(id: UInt64, offset: Int, bytes: [UInt8])
    case requestResult(id: UInt64, error: Int32, lost: Int)
    indirect case xtables(XTablesReplace)
    /// What the kernel answered to a replace: 0, or a negative errno.
    case xtablesResult(id: UInt64, error: Int32)
    indirect case module(name: [UInt8], isLoaded: Bool, task: TaskIdentity)
    indirect case sysctl(SysctlWrite)
    indirect case socketClosed(SocketClosed)
    /// A process that was there before the collector; its image has no arguments.
    indirect case task(Exec)
    indirect case guarded(Guarded)

    /// Somebody laid hands on the kernel half.
    package struct Guarded: Sendable {
        package enum Deed: UInt32, Sendable, CaseIterable {
            case readMap = 1
            case openMap
            case openLink
            case detachLink
            case updateLink
            case unpin
            case unmount
        }

        package var author: Author
        package var deed: Deed
        /// Of the map or the link.
        package var id: UInt32
        /// What was unpinned.
        package var name: [UInt8]

        package init(author: Author, deed: Deed, id: UInt32, name: [UInt8]) {
            self.author = author
            self.deed = deed
            self.id = id
            self.name = name
        }
    }

    package struct Fork: Sendable {
        package var parent: ProcessID
        package var child: ProcessID
        package var user: UInt32

        package init(parent: ProcessID, child: ProcessID, user: UInt32) {
            self.parent = parent
            self.child = child
            self.user = user
        }
    }

    package struct Exec: Sendable {
        package var task: TaskIdentity
        package var image: ExecImage
        /// In nanoseconds of CLOCK_BOOTTIME.
        package var time: UInt64

        package init(task: TaskIdentity, image: ExecImage, time: UInt64 = 0) {
            self.task = task
            self.image = image
            self.time = time
        }
    }

    package struct Signal: Sendable {
        /// In nanoseconds of CLOCK_BOOTTIME.
        package var time: UInt64
        package var number: Int32
        /// Nobody sent it: a fault, or the OOM killer. The sender is only the task that was current.
        package var isFromKernel: Bool
        package var sender: TaskIdentity
        package var target: ProcessID

        package init(
            time: UInt64, number: Int32, isFromKernel: Bool = false, sender: TaskIdentity, target: ProcessID
        ) {
            self.time = time
            self.isFromKernel = isFromKernel
            self.number = number
            self.sender = sender
            self.target = target
        }
    }

    /// A message to nfnetlink, with the first of its bytes.
    package struct Request: Sendable {
        package var id: UInt64
        package var author: Author
        /// Of the socket: the namespace that is to change, by inode number.
        package var netns: NetnsRef
        /// The sender's netlink port.
        package var port: UInt32
        /// Bytes that were sent, and of those the ones that are copied, over all records.
        package var total: Int
        package var captured: Int
        package var bytes: [UInt8]

        package init(
            id: UInt64, author: Author, netns: NetnsRef, port: UInt32, total: Int, captured: Int, bytes: [UInt8]
        ) {
            self.id = id
            self.author = author
            self.netns = netns
            self.port = port
            self.total = total
            self.captured = captured
            self.bytes = bytes
        }
    }

    /// A socket to nfnetlink is gone, and with it the nftables tables it owned.
    package struct SocketClosed: Sendable {
        /// In nanoseconds of CLOCK_BOOTTIME: the tables are gone by then.
        package var time: UInt64
        /// Who held it last. While it dies, only what is left of it then.
        package var task: TaskIdentity
        package var netns: NetnsRef
        package var port: UInt32

        package init(time: UInt64, task: TaskIdentity, netns: NetnsRef, port: UInt32) {
            self.time = time
            self.task = task
            self.netns = netns
            self.port = port
        }
    }

    /// Somebody writes to a switch of the kernel.
    package struct SysctlWrite: Sendable {
        package var author: Author
        /// Whose switch it is.
        package var netns: NetnsRef
        /// From /proc/sys on, with slashes.
        package var path: [UInt8]
        /// What reading it gave; empty: nothing.
        package var before: [UInt8]
        /// What is written; nil: more than is ever meant.
        package var after: [UInt8]?

        package init(author: Author, netns: NetnsRef, path: [UInt8], before: [UInt8], after: [UInt8]?) {
            self.author = author
            self.netns = netns
            self.path = path
            self.before = before
            self.after = after
        }
    }

    /// A request to replace a legacy table.
    package struct XTablesReplace: Sendable {
        package var id: UInt64
        package var author: Author
        package var netns: NetnsRef
        /// NFPROTO_IPV4, _IPV6, _ARP or _BRIDGE.
        package var family: UInt32
        /// Empty: not known, for nothing was seen but the end of the call.
        package var table: [UInt8]
        /// Bytes that were sent.
        package var total: Int
        /// The front of what was asked for: `struct ipt_replace` and entries, as far as a page holds them.
        package var request: [UInt8]

        package init(
            id: UInt64, author: Author, netns: NetnsRef, family: UInt32, table: [UInt8], total: Int = 0,
            request: [UInt8] = []
        ) {
            self.id = id
            self.author = author
            self.netns = netns
            self.family = family
            self.table = table
            self.total = total
            self.request = request
        }
    }
}

/// A network namespace, and how far from the host it is.
package struct NetnsRef: Hashable, Sendable {
    package var inode: UInt32
    /// Depth of the user namespace that owns it. 0: the first; more: somebody's own.
    package var userNamespaceLevel: UInt32

    /// The same for the same namespace and for no other, ever; 0 where the kernel has none. The inode number is used
    /// again when a namespace is gone.
    package var cookie: UInt64

    package init(inode: UInt32, userNamespaceLevel: UInt32 = 0, cookie: UInt64 = 0) {
        self.cookie = cookie
        self.inode = inode
        self.userNamespaceLevel = userNamespaceLevel
    }
}

/// The task that did it, with the ancestors it had, at that moment.
package struct Author: Hashable, Sendable {
    /// In nanoseconds of CLOCK_BOOTTIME.
    package var time: UInt64
    package var task: TaskIdentity
    /// Nearest first.
    package var ancestors: [AncestorIdentity]
    /// The beginning of its argument area at that moment, which it may have written over; nil: not looked at, or not to
    /// be read.
    package var arguments: [UInt8]?

    package init(time: UInt64, task: TaskIdentity, ancestors: [AncestorIdentity], arguments: [UInt8]? = nil) {
        self.time = time
        self.task = task
        self.ancestors = ancestors
        self.arguments = arguments
    }
}

extension Record.Request {
    /// Whether it begins with `NFNL_MSG_BATCH_BEGIN` (0x10, in the second word of the header): nftables, not ipset.
    package var isBatch: Bool { bytes.count >= 6 && bytes[4] == 0x10 && bytes[5] == 0 }
}
