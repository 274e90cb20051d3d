internal import Attribution
internal import Host
internal import Netlink
internal import NetlinkIO

/// Gathers the notifications of nftables into commits.
///
/// One socket hears the host's own namespace and another all that have a number, each in the order in which the kernel
/// committed: what anybody does in a namespace of his own takes no room from what is done to the host. They are there
/// only while `nf_tables` is: to make one would load `nfnetlink`, to join the group `nf_tables`.
final class NotificationReader {
    /// Whose notifications it hears.
    enum Scope { case host, others }

    /// What a look at the socket came to.
    enum End { case nothingLeft, more, overrun }

    /// `NFNLGRP_NFTABLES`
    private static let group: UInt32 = 7
    /// Bytes that may wait unread: a transaction of some 100,000 rules.
    private static let receiveBuffer: CInt = 64 << 20

    private let scope: Scope
    private var socket: NetlinkSocket?
    private var forgedBefore: UInt64 = 0
    /// The notices of commits whose `NEWGEN` has not come, by namespace number.
    private var open: [Int32?: [NFTMessage]] = [:]

    init(_ scope: Scope) { self.scope = scope }

    /// A commit is not told to its end.
    var isInCommit: Bool { !open.isEmpty }
    var isJoined: Bool { socket != nil }
    /// How many datagrams came from a process and not from the kernel.
    var forgedCount: UInt64 { forgedBefore + (socket?.forgedCount ?? 0) }

    /// Subscribes, once `nf_tables` is there. Returns what to wait on.
    func join() throws(NetlinkIOError) -> CInt {
        let socket = try NetlinkSocket(.netfilter)
        try socket.setReceiveBuffer(byteCount: Self.receiveBuffer)
        if scope == .others { try socket.listenToAllNamespaces() }
        try socket.join(group: Self.group)
        self.socket = socket
        return socket.descriptor
    }

    /// `nf_tables` is gone. An open socket would keep `nfnetlink` from going too.
    func leave() {
        forgedBefore = forgedCount
        socket = nil
        open.removeAll()
    }

    /// Hands over every commit that is whole, until the time given, in nanoseconds of CLOCK_BOOTTIME.
    func read(
        _ namespaces: Namespaces, until: UInt64 = .max, _ body: (Commit) -> Void
    ) throws(NetlinkIOError) -> End {
        var end = End.nothingLeft
        while let socket {
            let reception = try socket.receive { bytes, nsid in
                // The others' socket hears the host as well.
                if scope == .others, nsid == nil { return }
                forEachMessage(in: bytes) { take($0, $1, nsid, namespaces, body) }
            }
            switch reception {
            case .delivered: if Clock.boottime >= until { return end == .overrun ? end : .more }
            case .overrun:
                end = .overrun
                open.removeAll()
            case .empty: return end
            }
        }
        return end
    }

    private func take(
        _ header: NetlinkHeader, _ payload: RawSpan, _ nsid: Int32?, _ namespaces: Namespaces, _ body: (Commit) -> Void
    ) {
        guard header.subsystem == NFNetlinkSubsystem.nftables,
            let notice = NFTMessage(type: header.message, flags: header.flags, payload: payload)
        else { return }
        guard case .newGeneration(let generation) = notice else {
            open[nsid, default: []].append(notice)
            return
        }
        let notices = (open.removeValue(forKey: nsid) ?? []) + [notice]
        guard let namespace = namespaces.numbered(nsid) else { return }
        body(
            Commit(
                netns: namespace.inode, notices: notices, generation: generation, port: header.port,
                sequence: header.sequence, time: Clock.boottime))
    }
}
