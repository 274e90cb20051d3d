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
    private var serial: UInt64 = 0
    package let path: FilePath
    /// Of which records lines are written.
    package let told: ToldMarks

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
        do {
            told = try ToldMarks(path.appending("told"))
        } catch {
            close(lock)
            close(sequenceFile)
            throw .system(operation: "open \(path.appending("told"))", errno: error)
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

    private var unpinNote: String { path.appending("unpinned").string }

    /// Leaves word for the next collector that nothing is pinned, and that this was meant.
    package func noteUnpinning() {
        let descriptor = open(unpinNote, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Whether such word was left; it is good for once.
    package func takeUnpinNote() -> Bool { unlink(unpinNote) == 0 }

    /// The two files that hold the state in turn: while one is written, the other is whole.
    private static let stateFiles = ["state.0", "state.1"]

    /// Saves the state, and forgets what was noted as told: the state accounts for it.
    ///
    /// `isDurable`: for the death of the machine too, and not of the process only.
    package func save(_ bytes: [UInt8], isDurable: Bool) throws(Errno) {
        serial += 1
        let file = path.appending(Self.stateFiles[Int(serial % 2)]).string
        let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        var serial = serial
        // A disk that takes a part says nothing.
        errno = 0
        guard pwrite(descriptor, &serial, 8, 0) == 8, pwrite(descriptor, bytes, bytes.count, 8) == bytes.count,
            ftruncate(descriptor, off_t(bytes.count + 8)) == 0, !isDurable || fdatasync(descriptor) == 0
        else { throw Errno(rawValue: errno == 0 ? ENOSPC : errno) }
        told.clear()
    }

    /// What was saved, newest first, each to be checked by who knows its form.
    package func savedStates() -> [[UInt8]] {
        let files = Self.stateFiles.compactMap { TextFile.bytes(path.appending($0).string, limit: 1 << 30) }
        let whole = files.filter { $0.count >= 8 }.map { file in
            (serial: file[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }, bytes: Array(file[8...]))
        }
        serial = max(serial, whole.map(\.serial).filter { $0 < UInt64(Int64.max) }.max() ?? 0)
        return whole.sorted { $0.serial > $1.serial }.map(\.bytes)
    }

    /// Writes a file of its own, whole or not at all. `isDurable`: for the death of the machine too, which may take the
    /// disk seconds.
    package func store(_ bytes: [UInt8], as name: String, isDurable: Bool) throws(Errno) {
        let draft = path.appending(name + ".new").string
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        let isWritten =
            write(descriptor, bytes, bytes.count) == bytes.count
            && (!isDurable || fdatasync(descriptor) == 0)
        let failure = errno
        close(descriptor)
        guard isWritten, rename(draft, path.appending(name).string) == 0 else {
            throw Errno(rawValue: isWritten ? errno : failure == 0 ? ENOSPC : failure)
        }
    }

    /// What such a file holds; nil: there is none.
    package func stored(_ name: String) -> [UInt8]? { TextFile.bytes(path.appending(name).string, limit: 1 << 28) }

    private static func makeFolders(_ path: FilePath) throws(Failure) {
        if let parent = Optional(path.removingLastComponent()), !parent.isEmpty, access(parent.string, F_OK) != 0 {
            try makeFolders(parent)
        }
        guard mkdir(path.string, 0o700) == 0 || errno == EEXIST else {
            throw .system(operation: "make \(path)", errno: Errno(rawValue: errno))
        }
    }
}
