import Glibc
import Testing

@testable import Host

@Suite struct `The clients of a socket` {
    static func address(_ path: String) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return address
    }

    static func call(_ function: (CInt, UnsafePointer<sockaddr>, socklen_t) -> CInt, _ socket: CInt, _ path: String)
        -> CInt
    {
        withUnsafePointer(to: address(path)) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                function(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    @Test func `are who connected, while the server has its end`() throws {
        let (path, own) = ("/tmp/wallwatch-\(getpid())-a.sock", UInt32(getpid()))
        let server = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        let client = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        defer { for one in [server, client] { close(one) } }
        try #require(Self.call(bind, server, path) == 0 && listen(server, 4) == 0)
        defer { unlink(path) }
        #expect(SocketClients.of(own, path: "-a.sock") == [])
        try #require(Self.call(connect, client, path) == 0)
        let accepted = accept(server, nil, nil)
        try #require(accepted >= 0)
        #expect(SocketClients.of(own, path: "-a.sock") == [own])
        #expect(SocketClients.of(own, path: "-b.sock") == [] && SocketClients.of(0, path: "-a.sock") == [])
        close(accepted)
        #expect(SocketClients.of(own, path: "-a.sock") == [])
    }
}
