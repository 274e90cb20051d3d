internal import Attribution
internal import Host
internal import Netlink
internal import NetlinkIO

/// Gathers the notifications of nftables into commits.
///
/// One socket hears every namespace that has a number, in the order in which the kernel committed.
final class NotificationReader {
    /// `NFNLGRP_NFTABLES`
    private static let group: UInt32 = 7
    /// Bytes that may wait unread: a transaction of some 100,000 rules.
    private static let receiveBuffer: CInt = 64 << 20

    let socket: NetlinkSocket
    private(set) var isJoined = false
    /// The notices of commits whose `NEWGEN` has not come, by namespace number.
    private var open: [Int32?: [NFTMessage]] = [:]

    /// A commit is not told to its end.
    var isInCommit: Bool { !open.isEmpty }

    init() throws(NetlinkIOError) {
        socket = try NetlinkSocket(.netfilter)
        try socket.setReceiveBuffer(byteCount: Self.receiveBuffer)
        try socket.listenToAllNamespaces()
    }

    /// Subscribes. It would load `nf_tables`, so it waits until that is there.
    func join() throws(NetlinkIOError) {
        guard !isJoined else { return }
        try socket.join(group: Self.group)
        isJoined = true
    }

    /// Hands over every commit that is whole. Returns whether the kernel had to drop notifications.
    func read(
        _ namespaces: Namespaces, _ body: (Commit) -> Void
    ) throws(NetlinkIOError) -> Bool {
        var isOverrun = false
        while true {
            let reception = try socket.receive { bytes, nsid in
                forEachMessage(in: bytes) { header, payload in
                    guard header.subsystem == NFNetlinkSubsystem.nftables,
                        let notice = NFTMessage(type: header.message, payload: payload)
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
    }
}
