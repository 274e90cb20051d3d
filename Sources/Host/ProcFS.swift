internal import Glibc
public import Records

/// What /proc says of a process. Read at the start only: by the time of an event it is too late.
public enum ProcFS {
    /// The pids that run now.
    public static var pids: [UInt32] { TextFile.names(in: "/proc").compactMap { UInt32($0) } }

    /// Executable, arguments and working directory; nil if the process is gone.
    public static func image(of pid: UInt32, argumentLimit: Int) -> ExecImage? {
        guard let arguments = TextFile.bytes("/proc/\(pid)/cmdline") else { return nil }
        var path = TextFile.link("/proc/\(pid)/exe") ?? []
        let suffix = Array(" (deleted)".utf8)
        if path.suffix(suffix.count) == suffix[...] { path.removeLast(suffix.count) }
        let directory = TextFile.link("/proc/\(pid)/cwd") ?? []
        let kept = arguments.prefix(argumentLimit)
        return ExecImage(
            bytes: path + path + directory + kept, path: path.count, invoked: path.count, directory: directory.count,
            argumentsTotal: arguments.count, isPathCut: false)
    }
}
