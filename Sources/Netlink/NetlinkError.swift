/// The kernel's answer to a request: `NLMSG_ERROR`, also as acknowledgement (`struct nlmsgerr`).
public struct NetlinkError: Error, Hashable, Sendable {
    /// Positive, as in errno.h; 0 acknowledges.
    public var errno: Int32
    /// The header of the request it answers.
    public var request: NetlinkHeader?
    /// The kernel's own words (`NLMSGERR_ATTR_MSG`), where the socket asked for `NETLINK_EXT_ACK`.
    public var message: String?

    /// Describes one by its parts.
    public init(errno: Int32, request: NetlinkHeader? = nil, message: String? = nil) {
        self.errno = errno
        self.request = request
        self.message = message
    }

    /// Reads the payload of an `NLMSG_ERROR`, or nil if it is too short. `flags` are those of its header.
    public init?(_ payload: RawSpan, flags: NetlinkFlags) {
        guard let code = payload.load(0, as: Int32.self) else { return nil }
        errno = code == .min ? .max : abs(code)
        let rest = payload.extracting(droppingFirst: 4)
        request = NetlinkHeader(rest)

        // The request follows: whole after an error, its header alone where NLM_F_CAPPED says so.
        guard flags.rawValue & NetlinkError.extendedFlag != 0, let request else { return }
        let isCapped = flags.rawValue & NetlinkError.cappedFlag != 0 || code == 0
        guard let length = isCapped ? NetlinkHeader.byteCount : Int(exactly: request.length),
            length >= NetlinkHeader.byteCount, length <= rest.byteCount
        else { return }
        var message: String?
        forEachAttribute(in: rest.extracting(droppingFirst: netlinkAligned(length))) { type, value in
            if type == 1 { message = value.name() }
        }
        self.message = message
    }

    /// `NLM_F_CAPPED`
    private static let cappedFlag: UInt16 = 0x100
    /// `NLM_F_ACK_TLVS`
    private static let extendedFlag: UInt16 = 0x200
}

extension NetlinkError {
    /// The errno an `NLMSG_DONE` carries at the end of a dump, positive; 0 where the dump went well.
    public static func dumpResult(_ payload: RawSpan) -> Int32 {
        guard let code = payload.load(0, as: Int32.self), code < 0 else { return 0 }
        return code == .min ? .max : -code
    }
}
