import Glibc
import SystemPackage

@testable import Output

/// F_SETPIPE_SZ, which Swift's Glibc module lacks.
private let setPipeSize: CInt = 1031

/// A writer onto a pipe whose other end the test reads.
struct PipeBench {
    let writer: LineWriter
    let readEnd: CInt

    /// `capacity` is what the kernel buffers, at least a page.
    init(
        queueBytes: Int = LineWriter.defaultQueueBytes, capacity: CInt = 65_536,
        written: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) throws {
        let ends = try FileDescriptor.pipe(options: .closeOnExec)
        _ = fcntl(ends.writeEnd.rawValue, setPipeSize, capacity)
        writer = try LineWriter(.standardOutput, try Sink(sharing: ends.writeEnd.rawValue), queueBytes, written)
        try ends.writeEnd.close()
        readEnd = ends.readEnd.rawValue
    }

    /// Reads up to `count` bytes, fewer only at the end of the stream.
    func read(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let taken = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(readEnd, buffer.baseAddress?.advanced(by: filled), count - filled)
            }
            if taken <= 0 { break }
            filled += taken
        }
        return Array(bytes.prefix(filled))
    }

    func closeReader() { close(readEnd) }
}

extension LineWriter {
    /// Waits for the bell, as an epoll loop would. False after two seconds.
    func hearsNotice() -> Bool {
        var request = pollfd(fd: noticeDescriptor.rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 2000) > 0
    }
}

/// A directory of the test's own, removed with what is in it.
final class Scratch {
    let path: FilePath

    init() throws {
        var template = Array("/tmp/wallwatch-output-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    deinit {
        for name in ["out", "old", "link", "fifo"] { unlink(path.appending(name).string) }
        rmdir(path.string)
    }

    func file(_ name: String) -> FilePath { path.appending(name) }

    func contents(_ name: String) throws -> String {
        let file = try FileDescriptor.open(self.file(name), .readOnly)
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    func write(_ name: String, _ text: String) throws {
        let file = try FileDescriptor.open(
            self.file(name), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        defer { try? file.close() }
        try file.writeAll(Array(text.utf8))
    }
}

/// How many entries a directory has: of /proc/self/fd, the open descriptors and one more.
func entries(of directory: String) -> Int {
    guard let directory = opendir(directory) else { return -1 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}
