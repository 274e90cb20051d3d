internal import CLinux
internal import Glibc

/// The process that is asked: it enters the namespace it is handed, runs the tool, and hands back what that printed, in a
/// memory file. It may be killed at any moment.
package enum ListerService {
    /// Whether libnftables is installed.
    package static var isLibraryThere: Bool { NFTablesLibrary() != nil }

    /// Serves requests on standard input, which is a socket, until that is closed.
    package static func run() -> Never {
        _ = linux_die_with_parent()
        // What a tool complains of is nobody's to read, and the collector's standard output belongs to its events.
        let library = NFTablesLibrary(getenv("WALLWATCH_LIBNFTABLES").map { String(cString: $0) } ?? "libnftables.so.1")
        // It goes back after each answer: a namespace lives as long as a process is in it.
        let home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)
        guard home >= 0 else { exit(1) }
        while true {
            var request = [UInt8](repeating: 0, count: 8192)
            var namespace: CInt = -1
            let count = linux_receive_with_descriptor(STDIN_FILENO, &request, request.count, &namespace)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { exit(0) }
            let printed =
                namespace >= 0 && linux_setns(namespace, linux_clone_newnet) == 0
                ? answer(Tool(decoding: request[..<count]), library) : nil
            if namespace >= 0 {
                close(namespace)
                guard linux_setns(home, linux_clone_newnet) == 0 else { exit(1) }
            }
            // One byte: whether there is an answer.
            var isThere: UInt8 = printed == nil ? 0 : 1
            guard linux_send_with_descriptor(STDIN_FILENO, &isThere, 1, printed ?? -1) == 1 else { exit(0) }
            if let printed { close(printed) }
        }
    }

    /// The memory file with what the tool printed.
    private static func answer(_ tool: Tool?, _ library: NFTablesLibrary?) -> CInt? {
        let file = linux_memory_file("listing")
        guard file >= 0 else { return nil }
        let isDone =
            switch tool {
            case .greeting: library != nil
            case .nftables(let command): library?.print(command).map { write($0, to: file) } ?? false
            case .save(let program, let table): run(program, table, into: file)
            case nil: false
            }
        guard isDone else {
            close(file)
            return nil
        }
        return file
    }

    private static func write(_ bytes: [UInt8], to file: CInt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func run(_ program: Tool.SaveProgram, _ table: String, into file: CInt) -> Bool {
        guard let path = program.paths.first(where: { access($0, X_OK) == 0 }) else { return false }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, file, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        let words = CStrings([path, "-t", table])
        let environment = CStrings(["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"])
        var pid: pid_t = 0
        guard posix_spawn(&pid, path, &actions, nil, words.pointers, environment.pointers) == 0 else { return false }
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return status == 0
    }
}
