internal import Glibc

/// From the numbers that a bus in another pid namespace gives processes to those they have here: NSpid in
/// /proc/PID/status (proc(5)).
struct PIDTranslation {
    /// The bus's pid namespace; nil: this process's own.
    private let namespace: ino_t?

    init(server: UInt32?) {
        let own = Self.namespace(of: "self")
        let theirs = server.flatMap { Self.namespace(of: "\($0)") }
        namespace = theirs == own ? nil : theirs
    }

    func own(_ pid: UInt32) -> UInt32? {
        guard let namespace else { return pid }
        // Who just connected was just started, and may be gone in a moment.
        return Self.processes().reversed().first { candidate in
            let name = "\(candidate)"
            return Self.namespace(of: name) == namespace && Self.innermost(name) == pid
        }
    }

    /// In the kernel's order: by number.
    private static func processes() -> [UInt32] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var found: [UInt32] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let process = UInt32(name) { found.append(process) }
        }
        return found
    }

    private static func namespace(of process: String) -> ino_t? {
        var status = stat()
        return stat("/proc/\(process)/ns/pid", &status) == 0 ? status.st_ino : nil
    }

    /// What a process is numbered in the innermost of its pid namespaces.
    private static func innermost(_ process: String) -> UInt32? {
        guard let file = fopen("/proc/\(process)/status", "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 1024)
        while fgets(&line, 1024, file) != nil {
            guard strncmp(line, "NSpid:", 6) == 0 else { continue }
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return text.split(whereSeparator: { $0 == "\t" || $0 == "\n" || $0 == " " }).last.flatMap { UInt32($0) }
        }
        return nil
    }
}
