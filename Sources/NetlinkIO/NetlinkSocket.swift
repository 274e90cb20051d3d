internal import CLinux
internal import Glibc

/// Which kernel part a netlink socket speaks to (`NETLINK_*`).
public enum NetlinkProtocol: CInt, Sendable {
    /// Routes, links and namespace numbers.
    case route = 0
    /// nfnetlink: nftables and ipset.
    case netfilter = 12
}

/// A netlink socket. It stays in the namespace it was opened in, whatever its thread does later.
public final class NetlinkSocket {
    /// The descriptor, to wait on. It is closed with the socket.
    public let descriptor: CInt
    /// The socket's own port id, which the kernel repeats in what this socket causes.
    public let port: UInt32
    /// How many datagrams came from a process and not from the kernel. They are not delivered.
    public internal(set) var forgedCount: UInt64 = 0

    var buffer: UnsafeMutableRawBufferPointer

    /// Opens a socket, in the namespace of the descriptor `namespace` if one is given.
    public init(
        _ netlinkProtocol: NetlinkProtocol, namespace: CInt? = nil, nonBlocking: Bool = true
    ) throws(NetlinkIOError) {
        let descriptor = try NetworkNamespace.run(in: namespace) { () throws(NetlinkIOError) in
            let flags = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | (nonBlocking ? SOCK_NONBLOCK.rawValue : 0))
            return try check("open a netlink socket") { socket(AF_NETLINK, flags, netlinkProtocol.rawValue) }
        }
        do throws(NetlinkIOError) {
            port = try NetlinkSocket.bind(descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        buffer = .allocate(byteCount: 65536, alignment: 16)
        // Only so that errors come with the kernel's words: nothing is lost without.
        _ = try? setOption(NETLINK_EXT_ACK, 1, "ask for netlink's error messages")
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    /// Binds to a port of the kernel's choice and returns it.
    private static func bind(_ descriptor: CInt) throws(NetlinkIOError) -> UInt32 {
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        var size = socklen_t(MemoryLayout<sockaddr_nl>.size)
        try check("bind a netlink socket") {
            withUnsafePointer(to: address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(descriptor, $0, size) }
            }
        }
        try check("read a netlink socket's port") {
            withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
            }
        }
        return address.nl_pid
    }

    /// Receives the notifications of a group (`NFNLGRP_NFTABLES` is 7, `RTNLGRP_NSID` 28).
    ///
    /// For a group of nfnetlink the kernel loads the module that speaks in it.
    public func join(group: UInt32) throws(NetlinkIOError) {
        try setOption(NETLINK_ADD_MEMBERSHIP, CInt(bitPattern: group), "join netlink group \(group)")
    }

    /// Receives the notifications of every namespace that has a number (nsid) in the socket's own.
    public func listenToAllNamespaces() throws(NetlinkIOError) {
        try setOption(NETLINK_LISTEN_ALL_NSID, 1, "listen to all network namespaces")
    }

    /// Sets how many bytes may wait unread, past the system's limit. The kernel doubles the number for its overhead.
    public func setReceiveBuffer(byteCount: CInt) throws(NetlinkIOError) {
        var value = byteCount
        let size = socklen_t(MemoryLayout<CInt>.size)
        try check("set a socket's receive buffer") { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &value, size) }
    }

    private func setOption(
        _ option: CInt, _ value: CInt, _ operation: @autoclosure () -> String
    ) throws(NetlinkIOError) {
        var value = value
        let size = socklen_t(MemoryLayout<CInt>.size)
        try check(operation()) { setsockopt(descriptor, SOL_NETLINK, option, &value, size) }
    }

    /// Sends messages to the kernel, which handles most requests before the call returns.
    public func send(_ bytes: [UInt8]) throws(NetlinkIOError) {
        var kernel = sockaddr_nl()
        kernel.nl_family = sa_family_t(AF_NETLINK)
        let size = socklen_t(MemoryLayout<sockaddr_nl>.size)
        try check("send a netlink request") {
            withUnsafePointer(to: kernel) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    bytes.withUnsafeBytes { sendto(descriptor, $0.baseAddress, $0.count, 0, address, size) }
                }
            }
        }
    }
}
