internal import Glibc

/// What /proc says of a process. Read at the start only: by the time of an event it is too late.
package enum ProcFS {
    /// The pids that run now.
    package static var pids: [UInt32] { TextFile.names(in: "/proc").compactMap { UInt32($0) } }

    /// The threads of a process but for its first, whose number is the pid.
    package static func otherThreads(of pid: UInt32) -> [UInt32] {
        TextFile.names(in: "/proc/\(pid)/task").compactMap { UInt32($0) }.filter { $0 != pid }
    }

    /// The control groups of a process or thread, a path for each hierarchy; none if it is gone.
    package static func controlGroups(of task: UInt32) -> [String] {
        let lines = (TextFile.bytes("/proc/\(task)/cgroup") ?? []).split(separator: UInt8(ascii: "\n"))
        return lines.compactMap { line in
            // hierarchy:controllers:path
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
            return parts.count == 3 ? String(decoding: parts[2], as: UTF8.self) : nil
        }
    }

    /// The arguments of a process, NUL between them; nil if it is gone.
    package static func arguments(of pid: UInt32) -> [UInt8]? { TextFile.bytes("/proc/\(pid)/cmdline") }

    /// The processes that have this socket open, by looking at every descriptor of every process.
    package static func holders(ofSocket inode: UInt64) -> [UInt32] {
        let wanted = Array("socket:[\(inode)]".utf8)
        return pids.filter { pid in
            TextFile.names(in: "/proc/\(pid)/fd").contains { link("/proc/\(pid)/fd/\($0)", is: wanted) }
        }
    }

    private static func link(_ path: String, is wanted: [UInt8]) -> Bool {
        var target = [CChar](repeating: 0, count: wanted.count + 1)
        let count = readlink(path, &target, target.count)
        return count == wanted.count && target[..<count].elementsEqual(wanted.lazy.map(CChar.init(bitPattern:)))
    }
}
