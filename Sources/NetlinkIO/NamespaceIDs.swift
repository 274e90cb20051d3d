internal import CLinux
internal import Netlink

/// Gives network namespaces the numbers (nsid) by which their notifications reach a socket of another namespace.
public final class NamespaceIDs {
    private let socket: NetlinkSocket
    private var sequence: UInt32 = 0
    /// The number to give next; nil leaves it to the kernel, which gives the lowest that is free.
    private var next: Int32?

    /// The numbers are of the namespace of `namespace`, or of the thread's own.
    ///
    /// `first` chooses where the numbers begin that are given: each is then given once, and what is still to be read of a
    /// namespace that ended is not taken for another's.
    public init(namespace: CInt? = nil, from first: UInt64? = nil) throws(NetlinkIOError) {
        socket = try NetlinkSocket(.route, namespace: namespace)
        next = first.map { Int32(truncatingIfNeeded: $0 & 0x3fff_ffff) + 0x10_0000 }
    }

    /// A socket that receives each number as it is given and taken away; read it with `NamespaceID`.
    public static func notifications(namespace: CInt? = nil) throws(NetlinkIOError) -> NetlinkSocket {
        let socket = try NetlinkSocket(.route, namespace: namespace)
        try socket.join(group: NamespaceID.notificationGroup)
        return socket
    }

    /// The number of the namespace behind `descriptor`, or nil if it has none.
    ///
    /// A namespace has a number in itself only if it was given one; its own notifications come without.
    public func id(of descriptor: CInt) throws(NetlinkIOError) -> Int32? {
        var nsid: Int32?
        sequence &+= 1
        let request = NetlinkMessageBuilder.getNamespaceID(descriptor: descriptor, sequence: sequence)
        _ = try socket.request(request, "read the number of a network namespace") { header, payload in
            nsid = NamespaceID(header, payload: payload)?.nsid
        }
        return nsid == -1 ? nil : nsid
    }

    /// The number of the namespace behind `descriptor`, given to it now if it had none. It keeps the number for life.
    public func assign(to descriptor: CInt) throws(NetlinkIOError) -> Int32 {
        if let nsid = try id(of: descriptor) { return nsid }
        for wanted in [takeNext(), takeNext(), -1] {
            sequence &+= 1
            let request = NetlinkMessageBuilder.newNamespaceID(
                descriptor: descriptor, nsid: wanted, sequence: sequence)
            do throws(NetlinkIOError) {
                _ = try socket.request(request, "give a network namespace a number") { _, _ in }
            } catch  where error.code == EEXIST || error.code == ENOSPC {
                // Somebody else was first, or the number is another's.
            }
            if let nsid = try id(of: descriptor) { return nsid }
        }
        throw NetlinkIOError(operation: "give a network namespace a number", code: ENOENT)
    }

    /// `NETNSA_NSID_NOT_ASSIGNED` (-1) leaves it to the kernel.
    private func takeNext() -> Int32 {
        guard let number = next else { return -1 }
        next = number &+ 1 < 0 ? 0x10_0000 : number + 1
        return number
    }
}
