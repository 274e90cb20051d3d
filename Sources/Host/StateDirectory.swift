internal import Glibc
package import SystemPackage

/// The folder in which the collector keeps what outlives it, held by one collector at a time.
package final class StateDirectory {
    /// Why the folder cannot be had.
    package enum Failure: Error, Hashable, Sendable {
        /// Another collector has it.
        case busy(pid: String)
        case system(operation: String, errno: Errno)
    }

    private let lock: CInt
    private let sequenceFile: CInt
    private var sequence: UInt64 = 0
    package let path: FilePath

    /// Makes the folder if need be (0700) and takes its lock.
    package init(_ path: FilePath) throws(Failure) {
        self.path = path
        func fail(_ operation: String) -> Failure { .system(operation: operation, errno: Errno(rawValue: errno)) }
        try Self.makeFolders(path)
        let lockPath = path.appending("lock").string
        lock = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw fail("open \(lockPath)") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let failure = errno == EWOULDBLOCK ? nil : fail("lock \(lockPath)")
            close(lock)
            throw failure ?? .busy(pid: TextFile.line(lockPath) ?? "unknown")
        }
        ftruncate(lock, 0)
        let pid = Array("\(getpid())\n".utf8)
        _ = pwrite(lock, pid, pid.count, 0)

        let sequencePath = path.appending("sequence").string
        sequenceFile = open(sequencePath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard sequenceFile >= 0 else {
            close(lock)
            throw fail("open \(sequencePath)")
        }
        var stored: UInt64 = 0
        if pread(sequenceFile, &stored, 8, 0) > 0, stored < UInt64(Int64.max) { sequence = stored }
        // A disk that is full now would lose the count later.
        guard pwrite(sequenceFile, &sequence, 8, 0) == 8 else {
            let failure = fail("write \(sequencePath)")
            close(lock)
            close(sequenceFile)
            throw failure
        }
    }

    deinit {
        close(sequenceFile)
        close(lock)
    }

    /// Names this installation: the same as long as the folder is kept.
    package var agentID: String {
        let file = path.appending("agent-id").string
        if let known = TextFile.line(file) { return known }
        let fresh = String(UInt64.random(in: .min ... .max), radix: 16)
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if descriptor >= 0 {
            let bytes = Array("\(fresh)\n".utf8)
            _ = write(descriptor, bytes, bytes.count)
            close(descriptor)
        }
        return fresh
    }

    /// The next number. It is in the page cache at once, so the death of the collector loses none and repeats
    /// none; only that of the machine may repeat some.
    package func nextSequence() -> UInt64 {
        sequence += 1
        _ = pwrite(sequenceFile, &sequence, 8, 0)
        return sequence
    }

    private static func makeFolders(_ path: FilePath) throws(Failure) {
        if let parent = Optional(path.removingLastComponent()), !parent.isEmpty, access(parent.string, F_OK) != 0 {
            try makeFolders(parent)
        }
        guard mkdir(path.string, 0o700) == 0 || errno == EEXIST else {
            throw .system(operation: "make \(path)", errno: Errno(rawValue: errno))
        }
    }
}
