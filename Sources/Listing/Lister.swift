internal import CLinux
internal import Glibc

/// Asks what the rules of a network namespace say, by a process of its own: libnftables may end or stop whoever calls it.
package final class Lister {
    /// How late an answer may come for the lister to be left alive, in seconds.
    private static let lateness: time_t = 5
    /// How long after a lister died or was killed there is no other, in seconds, the first time and at most.
    private static let pauses = (first: time_t(1), last: time_t(300))
    /// The largest answer that is read, in bytes.
    private static let limit = 256 << 20

    private let arguments: [String]
    private let environment: [String]
    private var process: (pid: pid_t, socket: CInt)?
    private var pause = pauses.first
    private var notBefore: time_t = 0
    /// When an answer was not waited for any longer, that is still to come: while others write, libnftables begins anew.
    private var overdue: time_t?

    /// `arguments`: how this program is told to be a lister. `library`: another libnftables than the system's.
    package init(arguments: [String], library: String? = nil) {
        self.arguments = arguments
        environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] + (library.map { ["WALLWATCH_LIBNFTABLES=\($0)"] } ?? [])
    }

    deinit { end() }

    /// What a tool prints in the namespace; nil where it is not there, was refused, or did not answer within so many
    /// milliseconds.
    package func list(_ tool: Tool, in namespace: CInt, within milliseconds: CInt) -> [UInt8]? {
        guard let socket = process?.socket ?? start(), isFree(socket) else { return nil }
        let request = tool.encoded
        guard linux_send_with_descriptor(socket, request, request.count, namespace) == request.count else {
            return giveUp()
        }
        guard isReadable(socket, within: milliseconds) else {
            overdue = Self.now
            return nil
        }
        guard let answer = receive(socket) else { return giveUp() }
        pause = Self.pauses.first
        guard answer >= 0 else { return nil }
        defer { close(answer) }
        return Self.content(of: answer)
    }

    /// Whether libnftables is there for it. Nothing of the firewall is asked, for that would load its modules.
    package func isAnswering(in namespace: CInt) -> Bool { list(.greeting, in: namespace, within: 5000) != nil }

    /// Whether it may be asked. One that owes an answer for too long gets no other chance.
    private func isFree(_ socket: CInt) -> Bool {
        guard let since = overdue else { return true }
        if isReadable(socket, within: 0) {
            overdue = nil
            guard let late = receive(socket) else { return giveUp() != nil }
            if late >= 0 { close(late) }
            return true
        }
        return Self.now - since > Self.lateness ? giveUp() != nil : false
    }

    /// The descriptor of an answer; -1 for one that says that there is none. nil: the lister is gone.
    private func receive(_ socket: CInt) -> CInt? {
        var isThere: UInt8 = 0
        var file: CInt = -1
        return linux_receive_with_descriptor(socket, &isThere, 1, &file) == 1 ? file : nil
    }

    private static func content(of file: CInt) -> [UInt8]? {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_size >= 0, status.st_size <= limit else { return nil }
        let size = Int(status.st_size)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let read = pread(file, buffer.baseAddress.map { $0 + count }, size - count, off_t(count))
                guard read > 0 else { break }
                count += read
            }
        }
    }

    private func isReadable(_ socket: CInt, within milliseconds: CInt) -> Bool {
        var poll = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        var result: CInt
        repeat { result = Glibc.poll(&poll, 1, milliseconds) } while result < 0 && errno == EINTR
        return result > 0
    }

    private func start() -> CInt? {
        let now = Self.now
        guard now >= notBefore else { return nil }
        var sockets: [CInt] = [0, 0]
        guard socketpair(AF_UNIX, CInt(SOCK_SEQPACKET.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0, &sockets) == 0
        else { return nil }
        defer { close(sockets[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, sockets[1], STDIN_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        // The collector blocks signals that it reads; its child takes them as they are.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = CStrings(arguments)
        let variables = CStrings(environment)
        var pid: pid_t = 0
        guard posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, words.pointers, variables.pointers) == 0 else {
            close(sockets[0])
            notBefore = now + pause
            return nil
        }
        process = (pid, sockets[0])
        return sockets[0]
    }

    /// The lister died, or stands still: another one later.
    private func giveUp() -> [UInt8]? {
        end()
        notBefore = Self.now + pause
        pause = min(pause * 2, Self.pauses.last)
        return nil
    }

    private func end() {
        overdue = nil
        guard let process else { return }
        close(process.socket)
        kill(process.pid, SIGKILL)
        var status: CInt = 0
        while waitpid(process.pid, &status, 0) < 0 && errno == EINTR {}
        self.process = nil
    }

    private static var now: time_t {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec
    }
}
