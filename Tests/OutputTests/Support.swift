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
        queueBytes: Int = 8 << 20, capacity: CInt = 65_536, spill: OutputPlan.Spill? = nil,
        written: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) throws {
        let ends = try FileDescriptor.pipe(options: .closeOnExec)
        _ = fcntl(ends.writeEnd.rawValue, setPipeSize, capacity)
        var plan = OutputPlan(.standardOutput)
        plan.queueBytes = queueBytes
        plan.spill = spill
        writer = try LineWriter(plan, try Sink(sharing: ends.writeEnd.rawValue), written)
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

    /// Reads what is there.
    func readSome() -> [UInt8] {
        var request = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, 0) > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(readEnd, &bytes, bytes.count)
        return Array(bytes.prefix(max(count, 0)))
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
        for name in ["out", "out.1", "out.2", "out.3", "old", "link", "fifo", "spill", "prom", "prom.new"] {
            unlink(path.appending(name).string)
        }
        rmdir(path.string)
    }

    func file(_ name: String) -> FilePath { path.appending(name) }

    func contents(_ name: String) throws -> String {
        let file = try FileDescriptor.open(self.file(name), .readOnly)
        defer { try? file.close() }
        var whole: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
            guard count > 0 else { return String(decoding: whole, as: UTF8.self) }
            whole += bytes.prefix(count)
        }
    }

    func plan(_ name: String) -> OutputPlan { OutputPlan(.file(file(name))) }

    func spill(_ bytes: Int) -> OutputPlan.Spill { OutputPlan.Spill(path: file("spill"), bytes: bytes) }

    func exists(_ name: String) -> Bool { access(file(name).string, F_OK) == 0 }

    func write(_ name: String, _ text: String) throws {
        let file = try FileDescriptor.open(
            self.file(name), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        defer { try? file.close() }
        try file.writeAll(Array(text.utf8))
    }
}

extension [UInt8] {
    /// Whether it equals another. To show how two of megabytes differ takes an hour.
    func isSame(as other: [UInt8]) -> Bool { self == other }
}

/// Waits until something is so. False after five seconds.
func eventually(_ isSo: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(5)
    while ContinuousClock.now < deadline {
        if isSo() { return true }
        usleep(2000)
    }
    return isSo()
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
