import Glibc
import Synchronization
public import SystemPackage
import Threads

/// Writes a file of figures, whole or not at all, from a thread of its own: a disk may take its time.
public final class MetricsFile: Sendable {
    private let path: FilePath
    private let shared: Shared
    private let thread: Mutex<PosixThread?>

    private final class Shared: Sendable {
        let wake: Bell
        let ended: Bell
        let state = Mutex(State())

        struct State {
            var newest: [UInt8]?
            var failure: Errno?
            var isStopping = false
        }

        init() throws(Errno) {
            wake = try Bell()
            ended = try Bell()
        }
    }

    /// Starts the thread. Nothing is written yet.
    public init(_ path: FilePath) throws(Errno) {
        self.path = path
        let shared = try Shared()
        do throws(PosixThreadError) {
            thread = Mutex(try PosixThread(name: "wallwatch-prom") { Self.run(path, shared) })
        } catch {
            throw Errno(rawValue: error.code)
        }
        self.shared = shared
    }

    deinit { close(within: .zero) }

    /// Has the file hold these bytes soon. What was to be written and is not yet is forgotten.
    public func publish(_ bytes: [UInt8]) {
        shared.state.withLock { $0.newest = bytes }
        shared.wake.ring()
    }

    /// Why the file could not be written, the last time.
    public var failure: Errno? { shared.state.withLock { $0.failure } }

    /// Waits until what was published last is written, and ends the thread.
    public func close(within timeout: Duration) {
        guard let thread = thread.withLock({ $0.take() }) else { return }
        shared.state.withLock { $0.isStopping = true }
        shared.wake.ring()
        if shared.ended.wait(until: .now + max(timeout, .milliseconds(100))) { thread.join() } else { thread.detach() }
    }

    private static func run(_ path: FilePath, _ shared: Shared) {
        while true {
            let (bytes, isStopping) = shared.state.withLock { state in
                defer { state.newest = nil }
                return (state.newest, state.isStopping)
            }
            if let bytes {
                let failure = write(bytes, to: path)
                shared.state.withLock { $0.failure = failure }
            } else if isStopping {
                break
            } else if shared.wake.wait(until: .now + .seconds(3600)) {
                shared.wake.silence()
            }
        }
        shared.ended.ring()
    }

    /// Under another name first, so that nobody reads half of it; not under one that ends in `.prom`.
    private static func write(_ bytes: [UInt8], to path: FilePath) -> Errno? {
        let draft = "\(path.string).new"
        // A link or a pipe that somebody put there is taken away and not followed.
        _ = unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { return .last }
        var isWritten = fchmod(file, 0o644) == 0
        var rest = bytes[...]
        while isWritten, !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            isWritten = count > 0
            rest = rest.dropFirst(max(count, 0))
        }
        var failure = isWritten ? nil : Errno.last
        Glibc.close(file)
        if failure == nil, rename(draft, path.string) != 0 { failure = .last }
        if failure != nil { _ = unlink(draft) }
        return failure
    }
}
