/// What the kernel half reports.
public enum Record: Sendable {
    case fork(Fork)
    case exec(Exec)
    case exit(process: ProcessID, status: Int32)
    case signal(Signal)
    case request(Request)
    case requestBytes(id: UInt64, offset: Int, bytes: [UInt8])
    case requestResult(id: UInt64, error: Int32, lost: Int)
    case xtables(XTablesReplace)
    case module(name: [UInt8], isLoaded: Bool, task: TaskIdentity)
    /// A process that was there before the collector; its image has no arguments.
    case task(Exec)

    public struct Fork: Sendable {
        public var parent: ProcessID
        public var child: ProcessID
        public var user: UInt32

        public init(parent: ProcessID, child: ProcessID, user: UInt32) {
            self.parent = parent
            self.child = child
            self.user = user
        }
    }

    public struct Exec: Sendable {
        public var task: TaskIdentity
        public var image: ExecImage

        public init(task: TaskIdentity, image: ExecImage) {
            self.task = task
            self.image = image
        }
    }

    public struct Signal: Sendable {
        public var number: Int32
        public var sender: TaskIdentity
        public var target: ProcessID

        public init(number: Int32, sender: TaskIdentity, target: ProcessID) {
            self.number = number
            self.sender = sender
            self.target = target
        }
    }

    /// A message to nfnetlink, with the first of its bytes.
    public struct Request: Sendable {
        public var id: UInt64
        public var author: Author
        /// Of the socket: the namespace that is to change, by inode number.
        public var netns: NetnsRef
        /// The sender's netlink port.
        public var port: UInt32
        /// Bytes that were sent, and of those the ones that are copied, over all records.
        public var total: Int
        public var captured: Int
        public var bytes: [UInt8]

        public init(
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

    /// A legacy table was replaced, or is about to be.
    public struct XTablesReplace: Sendable {
        public var author: Author
        public var netns: NetnsRef
        /// NFPROTO_IPV4, _IPV6 or _ARP.
        public var family: UInt32
        public var table: [UInt8]
        public var entriesBefore: Int
        public var entriesAfter: Int
        public var sizeAfter: Int
        /// Asked for, and not yet done: it must be looked at afterwards.
        public var isPending: Bool

        public init(
            author: Author, netns: NetnsRef, family: UInt32, table: [UInt8], entriesBefore: Int, entriesAfter: Int,
            sizeAfter: Int, isPending: Bool
        ) {
            self.author = author
            self.netns = netns
            self.family = family
            self.table = table
            self.entriesBefore = entriesBefore
            self.entriesAfter = entriesAfter
            self.sizeAfter = sizeAfter
            self.isPending = isPending
        }
    }
}

/// A network namespace, and how far from the host it is.
public struct NetnsRef: Hashable, Sendable {
    public var inode: UInt32
    /// Depth of the user namespace that owns it. 0: the first; more: somebody's own.
    public var userNamespaceLevel: UInt32

    public init(inode: UInt32, userNamespaceLevel: UInt32 = 0) {
        self.inode = inode
        self.userNamespaceLevel = userNamespaceLevel
    }
}

/// The task that did it, with the ancestors it had, at that moment.
public struct Author: Hashable, Sendable {
    /// In nanoseconds of CLOCK_BOOTTIME.
    public var time: UInt64
    public var task: TaskIdentity
    /// Nearest first.
    public var ancestors: [AncestorIdentity]

    public init(time: UInt64, task: TaskIdentity, ancestors: [AncestorIdentity]) {
        self.time = time
        self.task = task
        self.ancestors = ancestors
    }
}
