internal import CLinux
internal import Netlink

/// Gives network namespaces the numbers (nsid) by which their notifications reach a socket of another namespace.
public final class NamespaceIDs {
    private let socket: NetlinkSocket
    private var sequence: UInt32 = 0

    /// The numbers are of the namespace of `namespace`, or of the thread's own.
    public init(namespace: CInt? = nil) throws(NetlinkIOError) {
        socket = try NetlinkSocket(.route, namespace: namespace)
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
        sequence &+= 1
        let request = NetlinkMessageBuilder.newNamespaceID(descriptor: descriptor, sequence: sequence)
        do throws(NetlinkIOError) {
            _ = try socket.request(request, "give a network namespace a number") { _, _ in }
        } catch  where error.code == EEXIST {
            // Somebody else was first.
        }
        guard let nsid = try id(of: descriptor) else {
            throw NetlinkIOError(operation: "give a network namespace a number", code: ENOENT)
        }
        return nsid
    }
}
