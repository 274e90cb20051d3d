/// What stands before every netlink message: `struct nlmsghdr`, 16 bytes in the byte order of the machine.
public struct NetlinkHeader: Hashable, Sendable {
    /// The size of a header on the wire.
    public static let byteCount = 16

    /// The length the sender states, this header included.
    public var length: UInt32
    /// A type below 0x10 is netlink's own (`NLMSG_*`); nfnetlink writes `subsystem << 8 | message`.
    public var type: UInt16
    /// `NLM_F_*`.
    public var flags: NetlinkFlags
    /// `nlmsg_seq`: chosen by the requester, repeated by the kernel in replies and in the notifications of the change.
    public var sequence: UInt32
    /// `nlmsg_pid`: the requester's netlink port id in what the kernel sends; anything in what a process sends.
    public var port: UInt32

    /// Describes one by its parts.
    public init(length: UInt32, type: UInt16, flags: NetlinkFlags, sequence: UInt32, port: UInt32) {
        self.length = length
        self.type = type
        self.flags = flags
        self.sequence = sequence
        self.port = port
    }

    /// Reads a header off the front of the bytes, or nil if they are too few.
    public init?(_ bytes: RawSpan) {
        guard let length = bytes.load(0, as: UInt32.self), let type = bytes.load(4, as: UInt16.self),
            let flags = bytes.load(6, as: UInt16.self), let sequence = bytes.load(8, as: UInt32.self),
            let port = bytes.load(12, as: UInt32.self)
        else { return nil }
        self.init(
            length: length, type: type, flags: NetlinkFlags(rawValue: flags), sequence: sequence, port: port)
    }

    /// nfnetlink's subsystem (`NFNL_SUBSYS_*`): 6 is ipset, 10 is nftables, 0 netlink and nfnetlink themselves.
    public var subsystem: UInt8 { UInt8(truncatingIfNeeded: type >> 8) }
    /// The message within nfnetlink's subsystem, such as `NFT_MSG_NEWRULE`.
    public var message: UInt8 { UInt8(truncatingIfNeeded: type) }
}

/// `NLM_F_*` of linux/netlink.h. The upper byte means one thing in a get and another in a new or delete request.
public struct NetlinkFlags: OptionSet, Hashable, Sendable {
    /// The number in the kernel's header.
    public let rawValue: UInt16
    /// Takes a number of the kernel's, known or not.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// `NLM_F_REQUEST`: without it the kernel does nothing.
    public static let request = NetlinkFlags(rawValue: 0x1)
    /// One of several messages, up to `NLMSG_DONE`.
    public static let multi = NetlinkFlags(rawValue: 0x2)
    /// An answer is wanted, also where all went well.
    public static let ack = NetlinkFlags(rawValue: 0x4)
    /// The notification of the change is wanted too.
    public static let echo = NetlinkFlags(rawValue: 0x8)
    /// The dump is not of one moment: something changed while it was written.
    public static let dumpInterrupted = NetlinkFlags(rawValue: 0x10)

    // For get requests.
    /// `NLM_F_ROOT`
    public static let root = NetlinkFlags(rawValue: 0x100)
    /// `NLM_F_MATCH`
    public static let match = NetlinkFlags(rawValue: 0x200)
    /// Everything, instead of one.
    public static let dump: NetlinkFlags = [.root, .match]

    // For new requests.
    /// In place of what is there.
    public static let replace = NetlinkFlags(rawValue: 0x100)
    /// Only if it is not there.
    public static let exclusive = NetlinkFlags(rawValue: 0x200)
    /// If it is not there, make it.
    public static let create = NetlinkFlags(rawValue: 0x400)
    /// The rule goes to the end of its chain (or after `NFTA_RULE_POSITION`); without it, to the front.
    public static let append = NetlinkFlags(rawValue: 0x800)
}

/// What netlink itself says, in place of a subsystem (`NLMSG_*`).
public enum NetlinkControl {
    /// `NLMSG_NOOP`
    public static let noop: UInt16 = 1
    /// `NLMSG_ERROR`, an acknowledgement if its code is 0.
    public static let error: UInt16 = 2
    /// `NLMSG_DONE`, the end of a dump.
    public static let done: UInt16 = 3
    /// `NLMSG_OVERRUN`
    public static let overrun: UInt16 = 4
    /// The first type that is a subsystem's: `NLMSG_MIN_TYPE`, and in nfnetlink `NFNL_MSG_BATCH_BEGIN`.
    public static let batchBegin: UInt16 = 0x10
    /// `NFNL_MSG_BATCH_END`
    public static let batchEnd: UInt16 = 0x11
}

/// Hands over each message of a datagram with its payload, header and padding removed.
///
/// Walks as the kernel's `netlink_rcv_skb` does: up to the first message whose length is shorter than a header or
/// longer than what is left. Returns whether everything was walked.
@discardableResult
public func forEachMessage(in bytes: RawSpan, _ body: (NetlinkHeader, RawSpan) -> Void) -> Bool {
    var offset = 0
    while offset < bytes.byteCount {
        let rest = bytes.extracting(droppingFirst: offset)
        guard let header = NetlinkHeader(rest), let length = Int(exactly: header.length),
            length >= NetlinkHeader.byteCount, length <= rest.byteCount
        else { return false }
        body(header, rest.extracting(NetlinkHeader.byteCount..<length))
        offset &+= netlinkAligned(length)
    }
    return true
}
