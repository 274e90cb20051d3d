import Glibc
import Host
import Testing

/// The service manager's end: a datagram socket, at a path or under an abstract name.
private final class Listener {
    private let socket: CInt
    let name: String

    init(_ name: String) throws {
        self.name = name
        socket = Glibc.socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) {
            $0.copyBytes(from: Array(name.utf8))
            if name.first == "@" { $0[0] = 0 }
        }
        let length = socklen_t(2 + name.utf8.count + (name.first == "@" ? 0 : 1))
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) == 0 }
        }
        try #require(isBound)
    }

    deinit { close(socket) }

    /// What was told, a text a message.
    func heard() -> [String] {
        var texts: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(socket, &buffer, buffer.count, CInt(MSG_DONTWAIT)), count > 0 {
            texts.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
        return texts
    }

    func manager(_ more: [String: String] = [:]) -> ServiceManager? {
        let environment = more.merging(["NOTIFY_SOCKET": name]) { own, _ in own }
        return ServiceManager { environment[$0] }
    }
}

@Suite struct `The service manager` {
    /// Both kinds of address, at their lengths: a path's NUL takes one of the 108 bytes.
    static let names = [
        "/tmp/ww-\(getpid())-s", "/tmp/ww-\(getpid())-".padding(to: 107), "@ww-\(getpid())-s",
        "@ww-\(getpid())-".padding(to: 107),
    ]

    @Test(arguments: names) func `is told that the collector is ready, alive, reloading and stopping`(name: String)
        throws
    {
        let listener = try Listener(name)
        defer { unlink(name) }
        let manager = try #require(listener.manager(["WATCHDOG_USEC": "30000000"]))
        manager.note("Watching 2 network namespaces")
        manager.ready()
        manager.alive()
        manager.reloading()
        manager.stopping()
        let heard = listener.heard()
        try #require(heard.count == 4)
        #expect(heard[0] == "READY=1\nSTATUS=Watching 2 network namespaces")
        #expect(heard[1] == "WATCHDOG=1")
        let words = heard[2].split(separator: "\n")
        #expect(words.count == 2 && words[0] == "RELOADING=1")
        let moment = try #require(UInt64(words[1].dropFirst("MONOTONIC_USEC=".count)))
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
        #expect(moment <= microseconds && microseconds - moment < 60_000_000)
        #expect(heard[3] == "STOPPING=1")
    }

    @Test func `is told a new status once, in one line`() throws {
        let listener = try Listener("@ww-\(getpid())-status")
        let manager = try #require(listener.manager(["WATCHDOG_USEC": "1"]))
        manager.note("a\nb")
        manager.alive()
        manager.alive()
        #expect(listener.heard() == ["WATCHDOG=1\nSTATUS=a b", "WATCHDOG=1"])
    }

    @Test func `that waits for no sign of life gets none`() throws {
        let listener = try Listener("@ww-\(getpid())-none")
        let manager = try #require(listener.manager())
        manager.alive()
        #expect(manager.patience == nil && listener.heard() == [])
    }

    @Test(
        arguments: [
            (["WATCHDOG_USEC": "30000000"], 30_000_000_000), (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "x"], nil),
            (["WATCHDOG_USEC": "18446744073709551615"], nil), (["WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"], nil),
            (["WATCHDOG_USEC": "1", "WATCHDOG_PID": "\(getpid())"], 1000),
        ] as [([String: String], UInt64?)])
    func `waits as long as it says, for the process that it means`(environment: [String: String], patience: UInt64?)
        throws
    {
        let listener = try Listener("@ww-\(getpid())-\(environment.hashValue)")
        #expect(try #require(listener.manager(environment)).patience == patience)
    }

    @Test(arguments: [nil, "", "/", "@", "relative", "vsock:2:1", "/".padding(to: 108), "@".padding(to: 108)])
    func `is none without an address`(name: String?) {
        #expect(ServiceManager { $0 == "NOTIFY_SOCKET" ? name : nil } == nil)
    }

    @Test func `that is gone holds nobody up`() throws {
        let manager = try #require(try Listener("@ww-\(getpid())-gone").manager())
        manager.ready()
    }
}

extension String {
    fileprivate func padding(to count: Int) -> String { self + String(repeating: "x", count: count - utf8.count) }
}
