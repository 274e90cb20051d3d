package import Inventory
internal import Netlink

/// What a collector keeps for the one after it: the firewall as it was told last.
package struct SavedState: Hashable, Sendable {
    /// Of the boot in which it was saved.
    package var bootID: String
    /// When, in nanoseconds since 1970.
    package var time: UInt64
    /// The kernel half that was on duty, and how far its ring is accounted for in here.
    package var instance: UInt32
    package var position: UInt64
    /// What that kernel half had lost, and was told: lineage, firewall, other, refused, unread, foreign.
    package var toldLosses: [UInt64]
    /// Lines of processes, of the firewall and alerts that were lost and not told to be so.
    package var untoldLines: [UInt64]
    package var namespaces: [Namespace]

    package struct Namespace: Hashable, Sendable {
        package var inode: UInt32
        /// 0 where the kernel has none.
        package var cookie: UInt64
        package var isHost: Bool
        package var isUserOwned: Bool
        package var state: FirewallState

        package init(inode: UInt32, cookie: UInt64, isHost: Bool, isUserOwned: Bool, state: FirewallState) {
            self.inode = inode
            self.cookie = cookie
            self.isHost = isHost
            self.isUserOwned = isUserOwned
            self.state = state
        }
    }

    /// The namespace that is meant, if its inode number and, where both know it, its cookie are the same.
    package func namespace(inode: UInt32, cookie: UInt64) -> Namespace? {
        namespaces.first { $0.inode == inode && ($0.cookie == cookie || $0.cookie == 0 || cookie == 0) }
    }

    package init(
        bootID: String, time: UInt64, instance: UInt32, position: UInt64, toldLosses: [UInt64],
        untoldLines: [UInt64] = [], namespaces: [Namespace]
    ) {
        self.bootID = bootID
        self.time = time
        self.instance = instance
        self.position = position
        self.toldLosses = toldLosses
        self.untoldLines = untoldLines
        self.namespaces = namespaces
    }
}

extension SavedState {
    /// "WWST" and the version of the layout.
    private static let magic: UInt32 = 0x5453_5757
    private static let version: UInt32 = 3

    /// The bytes of a file. Its last eight are a checksum: a file that was not written to its end is none.
    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.put(Self.magic)
        writer.put(Self.version)
        writer.put(bootID)
        writer.put(time)
        writer.put(instance)
        writer.put(position)
        writer.put(toldLosses) { $0.put($1) }
        writer.put(untoldLines) { $0.put($1) }
        writer.put(namespaces) { writer, namespace in
            writer.put(namespace.inode)
            writer.put(namespace.cookie)
            writer.put(namespace.isHost)
            writer.put(namespace.isUserOwned)
            writer.put(namespace.state)
        }
        writer.put(StableHash.sum(of: writer.bytes[...]))
        return writer.bytes
    }

    /// Reads the bytes of a file; nil if they are not what this version wrote.
    package init?(decoding bytes: [UInt8]) {
        guard let body = ByteReader.checked(bytes) else { return nil }
        var reader = ByteReader(body)
        do {
            guard try reader.number(UInt32.self) == Self.magic, try reader.number(UInt32.self) == Self.version else {
                return nil
            }
            bootID = try reader.text()
            time = try reader.number(UInt64.self)
            instance = try reader.number(UInt32.self)
            position = try reader.number(UInt64.self)
            toldLosses = try reader.list { reader throws(ByteReader.Malformed) in try reader.number(UInt64.self) }
            untoldLines = try reader.list { reader throws(ByteReader.Malformed) in try reader.number(UInt64.self) }
            namespaces = try reader.list { reader throws(ByteReader.Malformed) in
                Namespace(
                    inode: try reader.number(UInt32.self), cookie: try reader.number(UInt64.self),
                    isHost: try reader.flag(), isUserOwned: try reader.flag(), state: try reader.firewallState())
            }
        } catch {
            return nil
        }
        guard reader.isAtEnd else { return nil }
    }
}
