internal import Attribution
internal import Host
internal import Netlink
internal import NetlinkIO

/// Gathers the notifications of nftables into commits.
///
/// One socket hears every namespace that has a number, in the order in which the kernel committed. It is there only
/// while `nf_tables` is: to make it would load `nfnetlink`, to join the group `nf_tables`.
final class NotificationReader {
    /// `NFNLGRP_NFTABLES`
    private static let group: UInt32 = 7
    /// Bytes that may wait unread: a transaction of some 100,000 rules.
    private static let receiveBuffer: CInt = 64 << 20

    private var socket: NetlinkSocket?
    private var forgedBefore: UInt64 = 0
    /// The notices of commits whose `NEWGEN` has not come, by namespace number.
    private var open: [Int32?: [NFTMessage]] = [:]

    /// A commit is not told to its end.
    var isInCommit: Bool { !open.isEmpty }
    var isJoined: Bool { socket != nil }
    /// How many datagrams came from a process and not from the kernel.
    var forgedCount: UInt64 { forgedBefore + (socket?.forgedCount ?? 0) }

    /// Subscribes, once `nf_tables` is there. Returns what to wait on.
    func join() throws(NetlinkIOError) -> CInt {
        let socket = try NetlinkSocket(.netfilter)
        try socket.setReceiveBuffer(byteCount: Self.receiveBuffer)
        try socket.listenToAllNamespaces()
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

    /// Hands over every commit that is whole. Returns whether the kernel had to drop notifications.
    func read(
        _ namespaces: Namespaces, _ body: (Commit) -> Void
    ) throws(NetlinkIOError) -> Bool {
        var isOverrun = false
        while let socket {
            let reception = try socket.receive { bytes, nsid in
                forEachMessage(in: bytes) { header, payload in
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
            switch reception {
            case .delivered: continue
            case .overrun:
                isOverrun = true
                open.removeAll()
            case .empty: return isOverrun
            }
        }
        return false
    }
}
