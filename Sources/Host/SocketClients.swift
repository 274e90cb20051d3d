internal import CLinux
internal import Glibc

/// Who is connected to a Unix socket of a server, as the kernel noted when they called connect(2).
package enum SocketClients {
    /// How many descriptors are looked at.
    private static let limit = 4096

    /// The processes, each once, that are connected to a socket whose path ends so. The server's ends of the connections are
    /// borrowed, one after the other, to ask the kernel: it is not disturbed by that.
    package static func of(_ server: UInt32, path ending: String) -> [UInt32] {
        guard let number = pid_t(exactly: server) else { return [] }
        let process = linux_pidfd_open(number, 0)
        guard process >= 0 else { return [] }
        defer { close(process) }
        var found: [UInt32] = []
        for name in TextFile.names(in: "/proc/\(server)/fd").prefix(limit) {
            guard let descriptor = CInt(name),
                TextFile.link("/proc/\(server)/fd/\(name)")?.starts(with: "socket:".utf8) == true
            else { continue }
            let borrowed = linux_pidfd_getfd(process, descriptor)
            guard borrowed >= 0 else { continue }
            defer { close(borrowed) }
            if let client = client(of: borrowed, ending), !found.contains(client) { found.append(client) }
        }
        return found
    }

    private static func client(of socket: CInt, _ ending: String) -> UInt32? {
        var address = sockaddr_un()
        var size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isNamed = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) == 0 }
        }
        guard isNamed, address.sun_family == sa_family_t(AF_UNIX) else { return nil }
        let path = withUnsafeBytes(of: address.sun_path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        guard path.hasSuffix(ending), option(socket, SO_ACCEPTCONN, as: CInt.self) == 0 else { return nil }
        // struct ucred: pid, uid, gid.
        return option(socket, SO_PEERCRED, as: (Int32, UInt32, UInt32).self).flatMap { UInt32(exactly: $0.0) }
    }

    private static func option<Value: BitwiseCopyable>(_ socket: CInt, _ name: CInt, as: Value.Type) -> Value? {
        withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { place in
            var size = socklen_t(MemoryLayout<Value>.size)
            guard let start = place.baseAddress, getsockopt(socket, SOL_SOCKET, name, start, &size) == 0 else {
                return nil
            }
            return start.pointee
        }
    }
}
