internal import CLinux
internal import Glibc

/// The service manager that started this process and wants to hear from it: sd_notify(3), without libsystemd.
package final class ServiceManager {
    /// How long it waits for a sign of life before it takes this process for dead, in nanoseconds. nil: it does not.
    package let patience: UInt64?
    private let socket: CInt
    private var address = sockaddr_un()
    private let addressLength: socklen_t
    private var status = ""

    /// nil: nobody wants to hear, or not at an address that there can be.
    package init?(_ environment: (String) -> String? = ServiceManager.environment) {
        guard let name = environment("NOTIFY_SOCKET").map({ Array($0.utf8) }), name.count > 1,
            name[0] == UInt8(ascii: "/") || name[0] == UInt8(ascii: "@"),
            // A path ends with a NUL; an abstract name begins with one, in place of the @, and ends with its length.
            name.count < MemoryLayout.size(ofValue: address.sun_path)
        else { return nil }
        socket = Glibc.socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return nil }
        // One that does not read holds nobody up for longer.
        var wait = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        let isAbstract = name[0] == UInt8(ascii: "@")
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) {
            $0.copyBytes(from: name)
            if isAbstract { $0[0] = 0 }
        }
        let head = MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 2
        addressLength = socklen_t(head + name.count + (isAbstract ? 0 : 1))
        // The watchdog may be meant for another process that had this environment.
        let isMeant = environment("WATCHDOG_PID").map { $0 == "\(getpid())" } ?? true
        patience = environment("WATCHDOG_USEC").flatMap { UInt64($0) }.flatMap {
            isMeant && $0 > 0 && $0 < UInt64(Int64.max) / 1000 ? $0 * 1000 : nil
        }
    }

    deinit { close(socket) }

    package static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// What the manager shows people beside the process; told with what is told next.
    package func note(_ status: String) { self.status = status }

    /// It has begun to work, or is done with what it was about.
    package func ready() { tell(["READY=1"]) }

    /// It reads its configuration anew; ``ready()`` follows.
    package func reloading() { tell(["RELOADING=1", "MONOTONIC_USEC=\(Self.monotonic / 1000)"]) }

    package func stopping() { tell(["STOPPING=1"]) }

    /// A sign of life, where one is waited for.
    package func alive() { if patience != nil { tell(["WATCHDOG=1"]) } else { tell([]) } }

    private var toldStatus = ""

    private func tell(_ words: [String]) {
        var words = words
        if status != toldStatus {
            words.append("STATUS=\(status.replacing("\n", with: " "))")
            toldStatus = status
        }
        guard !words.isEmpty else { return }
        let text = Array(words.joined(separator: "\n").utf8)
        let length = addressLength
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                while sendto(socket, text, text.count, CInt(MSG_NOSIGNAL), $0, length) < 0 && errno == EINTR {}
            }
        }
    }

    private static var monotonic: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
