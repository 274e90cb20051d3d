/// Network devices that go, in every namespace that has a number in the socket's own.
public enum DeviceEvents {
    /// `RTM_DELLINK`
    public static let removedType: UInt16 = 17
    /// `RTNLGRP_LINK`
    private static let group: UInt32 = 1

    /// A socket that receives a message of `removedType` for each device that goes, and others.
    public static func notifications() throws(NetlinkIOError) -> NetlinkSocket {
        let socket = try NetlinkSocket(.route)
        try socket.listenToAllNamespaces()
        try socket.join(group: group)
        return socket
    }
}
