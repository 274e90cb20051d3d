/// A network namespace got or lost its number in the receiver's namespace, or a request for one is answered:
/// `RTM_NEWNSID` and `RTM_DELNSID` with `NETNSA_*` of linux/net_namespace.h.
public struct NamespaceID: Hashable, Sendable {
    /// `RTM_NEWNSID`
    public static let newType: UInt16 = 88
    /// `RTM_DELNSID`
    public static let deleteType: UInt16 = 89
    /// `RTM_GETNSID`
    public static let getType: UInt16 = 90
    /// `RTNLGRP_NSID`, the group that tells of both.
    public static let notificationGroup: UInt32 = 28

    /// The number is gone, with the namespace.
    public var isDeleted: Bool
    /// The number; `NETNSA_NSID_NOT_ASSIGNED` (-1) in the answer for a namespace that has none.
    public var nsid: Int32

    /// Describes one by its parts.
    public init(isDeleted: Bool, nsid: Int32) {
        self.isDeleted = isDeleted
        self.nsid = nsid
    }

    /// Reads a route netlink message, or nil if it is of another type or names no number.
    ///
    /// `rtgenmsg` stands first, one byte padded to four; the number is in the byte order of the machine.
    public init?(_ header: NetlinkHeader, payload: RawSpan) {
        guard header.type == NamespaceID.newType || header.type == NamespaceID.deleteType, payload.byteCount >= 4
        else { return nil }
        var nsid: Int32?
        forEachAttribute(in: payload.extracting(droppingFirst: 4)) { type, value in
            if type == 1 { nsid = value.load(0, as: Int32.self) }  // NETNSA_NSID
        }
        guard let nsid else { return nil }
        self.init(isDeleted: header.type == NamespaceID.deleteType, nsid: nsid)
    }
}
