internal import CLinux
internal import Glibc

/// Which netlink sockets a namespace has, by /proc.
public enum NetlinkPorts {
    /// The inode of the socket that has a port of nfnetlink, in the namespace behind the descriptor. It is by its inode
    /// that a process shows it among its descriptors. nil if there is none, or /proc is not mounted.
    public static func inode(ofPort port: UInt32, namespace: CInt?) throws(NetlinkIOError) -> UInt64? {
        let text = try NetworkNamespace.run(in: namespace) { () throws(NetlinkIOError) in list() }
        return inode(ofPort: port, in: text)
    }

    /// `sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode`, a line a socket. `Eth` is the protocol and `Pid` the port,
    /// which some kernels print with a sign.
    static func inode(ofPort port: UInt32, in text: String) -> UInt64? {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 10, fields[1] == "12", let found = Int64(fields[2]),
                UInt32(truncatingIfNeeded: found) == port
            else { continue }
            return UInt64(fields[9])
        }
        return nil
    }

    private static func list() -> String {
        let descriptor = open("/proc/thread-self/net/netlink", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            text += chunk[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
