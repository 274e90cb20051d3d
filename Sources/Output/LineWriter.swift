import Synchronization
public import SystemPackage
import Threads

/// Writes lines to one destination from a thread of its own, so that a reader who stands still never
/// stops who produces them.
///
/// Each line is one write(2), continued only when the kernel took less. Between the caller and the
/// thread is a bounded queue: what does not fit is dropped, the least worthy first, and counted.
/// Trouble is a state, and a bell for the main loop's epoll.
public final class LineWriter: Sendable {
    /// What lines may wait in memory, by default.
    public static let defaultQueueBytes = 8 << 20

    /// Where it writes.
    public let destination: OutputDestination

    private let channel: WriterChannel
    private let thread: Mutex<PosixThread?>

    /// Opens the destination and starts the thread, which hands back the receipt of each line that it has written.
    public convenience init(
        to destination: OutputDestination, queueBytes: Int = defaultQueueBytes,
        written: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) throws(Errno) {
        try self.init(destination, try destination.open(), queueBytes, written)
    }

    /// Starts the thread on a descriptor that stays the caller's, as ``destination`` names it.
    init(
        _ destination: OutputDestination, _ sink: consuming Sink, _ queueBytes: Int,
        _ written: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) throws(Errno) {
        self.destination = destination
        let channel = try WriterChannel(queueBytes: queueBytes)
        channel.replaceSink(sink)
        do throws(PosixThreadError) {
            let started = try PosixThread(name: "wallwatch-out") {
                var pump = WriterPump(channel: channel, written: written)
                pump.run()
            }
            thread = Mutex(started)
        } catch {
            throw Errno(rawValue: error.code)
        }
        self.channel = channel
    }

    deinit {
        stop(until: .now)
    }

    /// Queues one line, at once. A newline is added if it has none. `receipt`: 0 stands for none.
    public func enqueue(_ line: Span<UInt8>, class lineClass: LineClass, receipt: UInt64 = 0) {
        guard !line.isEmpty else { return }
        let newline = UInt8(ascii: "\n")
        let whole = line[line.count - 1] == newline
        let bytes = [UInt8](unsafeUninitializedCapacity: line.count + (whole ? 0 : 1)) { buffer, count in
            count = line.withUnsafeBufferPointer { buffer.initialize(fromContentsOf: $0) }
            guard !whole else { return }
            buffer.initializeElement(at: count, to: newline)
            count += 1
        }
        channel.push(QueuedLine(bytes: bytes, receipt: receipt), lineClass)
    }

    /// Queues one line, at once. A newline is added if it has none.
    public func enqueue(_ line: [UInt8], class lineClass: LineClass, receipt: UInt64 = 0) {
        enqueue(line.span, class: lineClass, receipt: receipt)
    }

    /// Readable when ``acknowledge()`` has news. It belongs to the writer.
    public var noticeDescriptor: FileDescriptor { FileDescriptor(rawValue: channel.notice.raw) }

    /// Silences the descriptor and tells how the writing goes.
    public func acknowledge() -> OutputStatus {
        channel.notice.silence()
        return channel.status
    }

    /// The lines lost since last asked.
    public func takeLosses() -> LineLosses { channel.takeLosses() }

    /// What waits in the queue, in bytes, bookkeeping included.
    public var queuedBytes: Int { channel.queuedBytes }

    /// Opens the file anew after a rotation. The line in progress is finished in the old file, unless that
    /// has failed; what follows goes into the new one. If it cannot be opened, all stays as it was.
    public func reopen() throws(Errno) {
        guard case .file = destination else { return }
        channel.replaceSink(try destination.open())
    }

    /// Whether everything queued so far is written. If not, and `ringing`, the notice descriptor tells when it is.
    public func isDrained(ringing: Bool) -> Bool { channel.isDrained(ringing: ringing) }

    /// Waits until everything queued so far is written. False when the time was up first.
    public func drain(within timeout: Duration) -> Bool {
        channel.drain(until: .now + timeout)
    }

    /// Drains, then ends the thread and closes the destination. Returns whether everything was written.
    public func close(within timeout: Duration) -> Bool {
        let deadline = ContinuousClock.now + timeout
        let complete = channel.drain(until: deadline)
        stop(until: deadline)
        return complete
    }

    private func stop(until deadline: ContinuousClock.Instant) {
        guard let thread = thread.withLock({ $0.take() }) else { return }
        // A thread that sits in write(2) to a stopped terminal or a dead file server is left behind.
        let grace = ContinuousClock.now + .milliseconds(100)
        if channel.stop(until: max(deadline, grace)) { thread.join() } else { thread.detach() }
    }
}

/// How the writing goes.
public enum OutputStatus: Hashable, Sendable {
    case healthy
    /// Nothing can be written now (a full disk, say). It is tried again every second.
    case stalled(Errno)
    /// Nothing can be written any more (the reader has gone). Only ``LineWriter/reopen()`` helps.
    case broken(Errno)
}
