import CLinux
import Glibc
import Netlink
import NetlinkIO
import Testing

@Suite(.enabled(if: isRoot, "network namespaces need root")) struct NotificationTests {
    /// One decoded notification, with the number of its namespace.
    struct Notice: Equatable {
        var nsid: Int32?
        var message: NFTMessage
    }

    func drain(_ socket: NetlinkSocket) throws -> [Notice] {
        var notices: [Notice] = []
        while try socket.receive({ datagram, nsid in
            forEachMessage(in: datagram) { header, payload in
                if header.subsystem == NFNetlinkSubsystem.nftables,
                    let message = NFTMessage(type: header.message, payload: payload)
                {
                    notices.append(Notice(nsid: nsid, message: message))
                }
            }
        }) == .delivered {}
        return notices
    }

    @Test func `a commit in another namespace is told with its number`() throws {
        let home = try TestNamespace()
        let other = try TestNamespace()
        let unnumbered = try TestNamespace()
        let socket = try NetlinkSocket(.netfilter, namespace: home.descriptor)
        try socket.setReceiveBuffer(byteCount: 4 << 20)
        try socket.listenToAllNamespaces()
        try socket.join(group: 7)
        let numbers = try NamespaceIDs(namespace: home.descriptor)
        let nsid = try numbers.assign(to: other.descriptor)

        try home.run("nft add table ip near")
        try other.run("nft add table ip far")
        try unnumbered.run("nft add table ip hidden")
        let notices = try drain(socket)
        let tables = notices.compactMap { notice -> String? in
            guard case .newTable(let table) = notice.message else { return nil }
            return "\(table.name ?? "") \(notice.nsid.map(String.init) ?? "own")"
        }
        #expect(tables == ["near own", "far \(nsid)"])
        let generations = notices.filter { if case .newGeneration = $0.message { true } else { false } }
        #expect(generations.map(\.nsid) == [nil, nsid])
        guard case .newGeneration(let generation)? = generations.last?.message else { return }
        #expect(generation.processName == "nft")
        #expect(generation.processID != nil)
    }

    @Test func `notifications carry the sequence and port of the request`() throws {
        let namespace = try TestNamespace()
        let listener = try NetlinkSocket(.netfilter, namespace: namespace.descriptor)
        try listener.join(group: 7)
        let sender = try NetlinkSocket(.netfilter, namespace: namespace.descriptor)
        var batch = NetlinkMessageBuilder()
        batch.netfilterMessage(subsystem: 0, message: 0x10, flags: .request, sequence: 77, resourceID: 10)
        batch.netfilterMessage(
            subsystem: 10, message: 0, flags: [.request, .create], sequence: 78, family: .ipv4
        ) { $0.attribute(1, name: "mine\\xff") }
        batch.netfilterMessage(
            subsystem: 10, message: 3, flags: [.request, .create], sequence: 79, family: .ipv4
        ) {
            $0.attribute(1, name: "mine\\xff")
            $0.attribute(3, name: "chain")
        }
        batch.netfilterMessage(subsystem: 0, message: 0x11, flags: .request, sequence: 80, resourceID: 10)
        try sender.send(batch.bytes)

        var seen: [String] = []
        while try listener.receive({ datagram, _ in
            forEachMessage(in: datagram) { header, payload in
                #expect(header.port == sender.port)
                seen.append("\(header.type & 0xff) \(header.sequence)")
                if case .newTable(let table)? = NFTMessage(type: header.message, payload: payload) {
                    #expect(table.name == "mine\\xff")
                }
            }
        }) == .delivered {}
        // The end of the commit has the sequence of the first message after the begin of the batch.
        #expect(seen == ["0 78", "3 79", "15 78"])
    }

    @Test func `a datagram of another process is counted and not delivered`() throws {
        let namespace = try TestNamespace()
        let listener = try NetlinkSocket(.netfilter, namespace: namespace.descriptor)
        try listener.join(group: 7)
        let forger = try NetlinkSocket(.netfilter, namespace: namespace.descriptor)
        var forged = NetlinkMessageBuilder()
        forged.netfilterMessage(subsystem: 10, message: 2, flags: [], sequence: 1, family: .ipv4) {
            $0.attribute(1, name: "filter")
        }
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        address.nl_pid = listener.port
        address.nl_groups = 1 << 6
        let size = socklen_t(MemoryLayout<sockaddr_nl>.size)
        let sent = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(forger.descriptor, forged.bytes, forged.bytes.count, 0, $0, size)
            }
        }
        #expect(sent == forged.bytes.count)
        try namespace.run("nft add table ip real")

        let notices = try drain(listener)
        #expect(listener.forgedCount >= 1)
        #expect(!notices.contains { if case .deleteTable = $0.message { true } else { false } })
        #expect(notices.contains { if case .newTable(let table) = $0.message { table.name == "real" } else { false } })
    }

    @Test func `notifications that do not fit are reported as an overrun`() throws {
        let namespace = try TestNamespace()
        let socket = try NetlinkSocket(.netfilter, namespace: namespace.descriptor)
        try socket.setReceiveBuffer(byteCount: 2048)
        try socket.join(group: 7)
        try namespace.run(
            """
            (echo "add table ip t"; echo "add chain ip t c"; \
            seq 1 5000 | sed "s/.*/add rule ip t c meta mark & accept/") | nft -f -
            """)
        var receptions: Set<NetlinkSocket.Reception> = []
        while true {
            let reception = try socket.receive { _, _ in }
            receptions.insert(reception)
            if reception == .empty { break }
        }
        #expect(receptions.contains(.overrun))
    }

    @Test func `a large datagram comes whole`() throws {
        let namespace = try TestNamespace()
        let socket = try NetlinkSocket(.netfilter, namespace: namespace.descriptor)
        try socket.setReceiveBuffer(byteCount: 64 << 20)
        try socket.join(group: 7)
        try namespace.run(
            """
            (echo "add table ip t"; echo "add chain ip t c"; \
            seq 1 20000 | sed "s/.*/add rule ip t c meta mark & counter accept comment \\"&\\"/") | nft -f -
            """)
        let rules = try drain(socket).compactMap { notice -> String? in
            if case .newRule(let rule) = notice.message { rule.comment } else { nil }
        }
        #expect(rules == (1...20000).map { "\($0)" })
    }
}
