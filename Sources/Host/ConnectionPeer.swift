internal import Identity

/// Where a connection that a process holds comes from: sshd tells nobody but its log.
enum ConnectionPeer {
    /// The address at the other end of the first established TCP connection that one of the processes holds, the lowest
    /// descriptor first: a login's own is older than what is forwarded through it.
    static func of(_ processes: [UInt32]) -> String? {
        for process in processes {
            let folder = "/proc/\(process)/fd"
            let sockets = TextFile.names(in: folder).compactMap { UInt32($0) }.sorted().compactMap { descriptor in
                TextFile.link("\(folder)/\(descriptor)").flatMap(socket)
            }
            guard !sockets.isEmpty else { continue }
            let tables = ["tcp", "tcp6"].map { TextFile.bytes("/proc/\(process)/net/\($0)", limit: 64 << 20) ?? [] }
            let peers = tables.reduce(into: [:]) { peers, table in
                peers.merge(SocketTable.peers(table)) { first, _ in first }
            }
            if let peer = sockets.lazy.compactMap({ peers[$0] }).first { return peer }
        }
        return nil
    }

    /// The inode number in `socket:[N]`.
    private static func socket(_ link: [UInt8]) -> UInt64? {
        guard link.starts(with: "socket:[".utf8), link.last == UInt8(ascii: "]") else { return nil }
        return UInt64(String(decoding: link.dropFirst(8).dropLast(), as: UTF8.self))
    }
}
