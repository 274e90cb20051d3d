import Glibc
public import SystemPackage
import Threads

/// Where lines go.
public enum OutputDestination: Hashable, Sendable {
    case standardOutput
    /// A file that is appended to, or a named pipe that somebody reads.
    case file(FilePath)

    /// `-` is standard output, the rest a path.
    public init(_ text: String) {
        self = text == "-" ? .standardOutput : .file(FilePath(text))
    }
}

extension OutputDestination: CustomStringConvertible {
    /// For a sentence to people.
    public var description: String {
        switch self {
        case .standardOutput: "standard output"
        case .file(let path): path.string
        }
    }
}

extension OutputDestination {
    /// Opens it. The result is ours alone.
    func open() throws(Errno) -> Sink {
        switch self {
        case .standardOutput: try Sink(sharing: STDOUT_FILENO)
        case .file(let path): try Sink(opening: path)
        }
    }
}

/// A destination that is open, and how to write to it without being held up more than need be.
///
/// O_NONBLOCK belongs to the open file, which standard output shares with other processes, so it is
/// never set on what was inherited: a pipe is opened once more, a socket is asked per call, and what
/// remains (files, terminals) blocks only this thread.
struct Sink: ~Copyable {
    private let descriptor: Descriptor
    private let isSocket: Bool
    /// The file ends within a line that an earlier process was writing.
    let endsMidLine: Bool

    /// Standard output or another descriptor that stays its owner's.
    init(sharing raw: CInt) throws(Errno) {
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw Errno.last }
        let type = status.st_mode & S_IFMT
        var own: CInt = -1
        if type == S_IFIFO { own = Glibc.open("/proc/self/fd/\(raw)", O_WRONLY | O_NONBLOCK | O_CLOEXEC) }
        descriptor = try Descriptor { own >= 0 ? own : fcntl(raw, F_DUPFD_CLOEXEC, 3) }
        isSocket = type == S_IFSOCK
        endsMidLine = false
    }

    /// A file that is made if need be (mode 0600) and never reached through a final symbolic link.
    init(opening path: FilePath) throws(Errno) {
        // O_NONBLOCK: a named pipe without a reader is an error, not a wait.
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        descriptor = try Descriptor { path.withPlatformString { Glibc.open($0, flags, 0o600) } }
        isSocket = false
        endsMidLine = Self.endsMidLine(path)
    }

    var raw: CInt { descriptor.raw }

    /// One write(2). Taking nothing at all counts as a failure.
    func write(_ bytes: UnsafeRawBufferPointer) -> Result<Int, Errno> {
        let count =
            isSocket
            ? send(raw, bytes.baseAddress, bytes.count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
            : Glibc.write(raw, bytes.baseAddress, bytes.count)
        if count < 0 { return .failure(.last) }
        return count > 0 ? .success(count) : .failure(.ioError)
    }

    private static func endsMidLine(_ path: FilePath) -> Bool {
        let raw = path.withPlatformString { Glibc.open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
        guard raw >= 0 else { return false }
        let file = Descriptor(owning: raw)
        var status = stat()
        guard fstat(file.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
            return false
        }
        var last: UInt8 = 0
        return pread(file.raw, &last, 1, status.st_size - 1) == 1 && last != UInt8(ascii: "\n")
    }
}
