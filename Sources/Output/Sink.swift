import Glibc
import SystemPackage
import Threads

/// A destination that is open, and how to write to it without being held up more than need be.
///
/// O_NONBLOCK belongs to the open file, which standard output shares with other processes, so it is
/// never set on what was inherited: a pipe or a terminal is opened once more, a socket is asked per call, and what
/// remains (files) blocks only this thread.
struct Sink: ~Copyable {
    private let descriptor: Descriptor
    private let isSocket: Bool
    /// A file of our own, in which what was written can be cut off again.
    let isFile: Bool
    /// A named pipe that we opened: its next reader may be had by opening it again.
    let isNamedPipe: Bool
    /// What stands behind the last line end of a file: a line that an earlier process was writing.
    var tail: [UInt8]

    /// Of a last line that is longer than any of ours, no more is looked at.
    private static let longestTail = 1 << 20

    /// Standard output or another descriptor that stays its owner's.
    init(sharing raw: CInt) throws(Errno) {
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw Errno.last }
        let type = status.st_mode & S_IFMT
        var own: CInt = -1
        if type == S_IFIFO || type == S_IFCHR && isatty(raw) == 1 {
            own = Glibc.open("/proc/self/fd/\(raw)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        }
        descriptor = try Descriptor { own >= 0 ? own : fcntl(raw, F_DUPFD_CLOEXEC, 3) }
        isSocket = type == S_IFSOCK
        (isFile, isNamedPipe, tail) = (false, false, [])
    }

    /// A file that is made if need be (mode 0600) and never reached through a final symbolic link; or a named pipe.
    init(opening path: FilePath) throws(OutputFailure) {
        // O_NONBLOCK: a named pipe without a reader is an error, not a wait.
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let opened: Descriptor
        do throws(Errno) {
            opened = try Descriptor { path.withPlatformString { Glibc.open($0, flags, 0o600) } }
        } catch { throw .system(error) }
        var status = stat()
        guard fstat(opened.raw, &status) == 0 else { throw .system(.last) }
        let type = status.st_mode & S_IFMT
        if let reason = Self.oddity(status) { throw .refused(reason) }
        isSocket = false
        isFile = type == S_IFREG
        isNamedPipe = type == S_IFIFO
        tail = type == S_IFREG ? Self.tail(of: path, like: status) : []
        descriptor = opened
    }

    /// Why nothing is written there; nil: it may be.
    private static func oddity(_ status: stat) -> String? {
        switch status.st_mode & S_IFMT {
        case S_IFREG where status.st_nlink > 1: "it is a file that has other names too"
        case S_IFREG where status.st_uid != geteuid() && status.st_uid != 0: "it is a file of another user's"
        case S_IFREG, S_IFIFO, S_IFCHR: nil
        default: "it is neither a file nor a named pipe"
        }
    }

    var raw: CInt { descriptor.raw }

    /// Of a file of our own.
    var size: Int {
        var status = stat()
        return fstat(raw, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Whether it is what this path leads to.
    func isAt(_ path: FilePath) -> Bool {
        var (own, there) = (stat(), stat())
        return fstat(raw, &own) == 0 && lstat(path.string, &there) == 0 && own.st_ino == there.st_ino
            && own.st_dev == there.st_dev
    }

    /// One write(2). Taking nothing at all counts as a failure.
    func write(_ bytes: UnsafeRawBufferPointer) -> Result<Int, Errno> {
        let count =
            isSocket
            ? send(raw, bytes.baseAddress, bytes.count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
            : Glibc.write(raw, bytes.baseAddress, bytes.count)
        if count < 0 { return .failure(.last) }
        return count > 0 ? .success(count) : .failure(.ioError)
    }

    /// Takes the last bytes of a file of our own away again.
    func cut(_ count: Int) {
        let size = self.size
        if isFile, count > 0, size >= count { _ = ftruncate(raw, off_t(size - count)) }
    }

    /// Ends the line that is in the file without an end. Returns how much of `next` stands there already, as an earlier
    /// process left it.
    ///
    /// A torn line of ours that is not to be written again is taken away, because what reads the file would stumble over
    /// it. What does not look like ours is left, and a line end put behind it.
    mutating func settleTail(before next: [UInt8], beginning: [UInt8]) -> (there: Int, cut: Int) {
        guard !tail.isEmpty else { return (0, 0) }
        let torn = tail
        tail = []
        if torn.count < next.count, next.starts(with: torn) { return (torn.count, 0) }
        if torn.starts(with: beginning) || beginning.starts(with: torn), torn.last != UInt8(ascii: "}") {
            cut(torn.count)
            return (0, torn.count)
        }
        _ = withUnsafeBytes(of: UInt8(ascii: "\n")) { write($0) }
        return (0, 0)
    }

    private static func tail(of path: FilePath, like opened: stat) -> [UInt8] {
        let raw = path.withPlatformString { Glibc.open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
        guard raw >= 0 else { return [] }
        let file = Descriptor(owning: raw)
        var status = stat()
        guard fstat(file.raw, &status) == 0, status.st_ino == opened.st_ino, status.st_dev == opened.st_dev else {
            return []
        }
        let count = min(Int(status.st_size), longestTail)
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(pread(file.raw, buffer.baseAddress, count, status.st_size - off_t(count)), 0)
        }
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return bytes }
        return Array(bytes[(end + 1)...])
    }
}

extension OutputDestination {
    /// Opens it. The result is ours alone.
    func open() throws(OutputFailure) -> Sink {
        switch self {
        case .standardOutput:
            do throws(Errno) { return try Sink(sharing: STDOUT_FILENO) } catch { throw .system(error) }
        case .file(let path): return try Sink(opening: path)
        }
    }
}

extension OutputPlan.Rotation {
    /// Moves a file out of the way, as `.1`, and those before it one on. Throws if it is where it was.
    func move(_ path: FilePath) throws(Errno) {
        for number in stride(from: keep - 1, through: 1, by: -1) {
            // There may be fewer.
            _ = rename("\(path.string).\(number)", "\(path.string).\(number + 1)")
        }
        guard rename(path.string, "\(path.string).1") == 0 else { throw Errno.last }
    }
}
