internal import CLinux
internal import Glibc

extension NetlinkSocket {
    /// What a look at the socket found.
    public enum Reception: Hashable, Sendable {
        /// A datagram was delivered.
        case delivered
        /// Nothing waits.
        case empty
        /// The kernel had to drop notifications (ENOBUFS): the state must be dumped again.
        case overrun
    }

    /// Hands over one datagram of the kernel, where it was received; what must outlive the call is copied out.
    ///
    /// `nsid` is the number of the namespace it comes from, or nil if that is the socket's own. A datagram of another
    /// process is counted, dropped and passed over. Without `nonBlocking` the call waits for a datagram.
    @discardableResult
    public func receive(
        _ body: (_ messages: RawSpan, _ nsid: Int32?) -> Void
    ) throws(NetlinkIOError) -> Reception {
        while true {
            do throws(NetlinkIOError) {
                // Only its length is looked at, so that no datagram is ever cut.
                let length = try check("wait for a netlink message") {
                    recv(descriptor, nil, 0, CInt(MSG_PEEK | MSG_TRUNC))
                }
                reserve(length)
                guard let datagram = try receiveDatagram() else {
                    forgedCount &+= 1
                    continue
                }
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<min(datagram.byteCount, buffer.count)])
                body(RawSpan(_unsafeBytes: bytes), datagram.nsid)
                return .delivered
            } catch  where error.code == EAGAIN {
                return .empty
            } catch  where error.code == ENOBUFS {
                return .overrun
            }
        }
    }

    private struct Datagram {
        var byteCount: Int
        var nsid: Int32?
    }

    /// Receives one datagram into the buffer, or returns nil if it is not the kernel's.
    private func receiveDatagram() throws(NetlinkIOError) -> Datagram? {
        var sender = sockaddr_nl()
        let senderSize = socklen_t(MemoryLayout<sockaddr_nl>.size)
        // Room for one control message of four bytes, and some.
        var control: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
        var vector = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
        var message = msghdr()
        var nsid: Int32 = absentNSID
        let byteCount = try withUnsafeMutablePointer(to: &sender) { sender throws(NetlinkIOError) in
            try withUnsafeMutablePointer(to: &vector) { vector throws(NetlinkIOError) in
                try withUnsafeMutableBytes(of: &control) { control throws(NetlinkIOError) in
                    message.msg_name = UnsafeMutableRawPointer(sender)
                    message.msg_namelen = senderSize
                    message.msg_iov = vector
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = control.count
                    let byteCount = try check("receive a netlink message") { recvmsg(descriptor, &message, 0) }
                    nsid = linux_netlink_message_nsid(&message, absentNSID)
                    return byteCount
                }
            }
        }
        let isKernel =
            message.msg_namelen == senderSize && sender.nl_family == sa_family_t(AF_NETLINK) && sender.nl_pid == 0
        guard isKernel else { return nil }
        // The peek saw this very datagram, so it fits; if not, what is lost must not go unnoticed.
        if message.msg_flags & CInt(MSG_TRUNC) != 0 {
            throw NetlinkIOError(operation: "receive a whole netlink message", code: ENOBUFS)
        }
        return Datagram(byteCount: byteCount, nsid: nsid == absentNSID ? nil : nsid)
    }

    private func reserve(_ byteCount: Int) {
        guard byteCount > buffer.count else { return }
        buffer.deallocate()
        buffer = .allocate(byteCount: byteCount, alignment: 16)
    }
}

/// No namespace has this number: they begin at 0, and -1 is `NETNSA_NSID_NOT_ASSIGNED`.
private let absentNSID: Int32 = .min
