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

/// What this process holds of what a writer may leave behind: pipes, files, and its thread. Swift's runtime and
/// Dispatch open timers and start threads when they like.
func holdings() -> [String: Int] {
    var counts: [String: Int] = [:]
    for (folder, isThread) in [("/proc/self/fd", false), ("/proc/self/task", true)] {
        guard let directory = opendir(folder) else { continue }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var text = [CChar](repeating: 0, count: 256)
            if isThread {
                guard let comm = fopen("\(folder)/\(name)/comm", "r") else { continue }
                defer { fclose(comm) }
                if fgets(&text, 256, comm) != nil, strcmp(text, "wallwatch-out\n") == 0 {
                    counts["threads", default: 0] += 1
                }
            } else if readlink("\(folder)/\(name)", &text, 255) > 0 {
                if text[0] == CChar(UInt8(ascii: "/")) { counts["files", default: 0] += 1 }
                if strncmp(text, "pipe:", 5) == 0 { counts["pipes", default: 0] += 1 }
            }
        }
    }
    return counts
}
