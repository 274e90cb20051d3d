internal import CLinux
internal import Glibc

/// A network namespace, known by the inode of its nsfs file: two descriptors of one namespace are equal here.
public struct NetworkNamespace: Hashable, Sendable {
    /// `st_dev` of nsfs.
    public let device: UInt64
    /// `st_ino`, the number `lsns` and `/proc/PID/ns/net` show.
    public let inode: UInt64

    /// Which namespace a descriptor of `/proc/PID/ns/net` or of a mount of it stands for.
    public init(of descriptor: CInt) throws(NetlinkIOError) {
        var status = stat()
        try check("look at a network namespace") { fstat(descriptor, &status) }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Opens the namespace of the calling thread. The caller closes the descriptor.
    public static func openCurrent() throws(NetlinkIOError) -> CInt {
        try check("open the current network namespace") { open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC) }
    }

    /// The number that no other namespace has or will have (`SO_NETNS_COOKIE`, since Linux 5.14).
    public static func cookie(of descriptor: CInt) throws(NetlinkIOError) -> UInt64 {
        let opened = try run(in: descriptor) { () throws(NetlinkIOError) in
            try check("open a socket") {
                socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            }
        }
        defer { close(opened) }
        var cookie: UInt64 = 0
        var size = socklen_t(MemoryLayout<UInt64>.size)
        try check("read the cookie of a network namespace") {
            getsockopt(opened, SOL_SOCKET, linux_so_netns_cookie, &cookie, &size)
        }
        return cookie
    }

    /// Whether it belongs to a user namespace other than the first, where whoever made that is root.
    public static func isUserOwned(_ descriptor: CInt) throws(NetlinkIOError) -> Bool {
        let owner = try check("look at the owner of a network namespace") { linux_owner_of_namespace(descriptor) }
        defer { close(owner) }
        return try NetworkNamespace(of: owner).inode != linux_first_user_namespace
    }

    /// Runs `body` with the calling thread inside the namespace of `descriptor`, or where it is if that is nil.
    ///
    /// The thread must come back, or it would make every later look at "this" namespace a look at another. So not to
    /// come back ends the process: the kernel offers no reason why it should happen.
    public static func run<Result>(
        in descriptor: CInt?, _ body: () throws(NetlinkIOError) -> Result
    ) throws(NetlinkIOError) -> Result {
        guard let descriptor else { return try body() }
        let home = try openCurrent()
        defer { close(home) }
        try check("enter a network namespace") { linux_setns(descriptor, linux_clone_newnet) }
        defer {
            guard linux_setns(home, linux_clone_newnet) == 0 else {
                fatalError("could not leave a network namespace: \(errno)")
            }
        }
        return try body()
    }
}
