/// What /proc says of a process. Read at the start only: by the time of an event it is too late.
package enum ProcFS {
    /// The pids that run now.
    package static var pids: [UInt32] { TextFile.names(in: "/proc").compactMap { UInt32($0) } }

    /// The arguments of a process, NUL between them; nil if it is gone.
    package static func arguments(of pid: UInt32) -> [UInt8]? { TextFile.bytes("/proc/\(pid)/cmdline") }
}
