import Synchronization
public import SystemPackage
import Threads

/// Writes lines to one destination from a thread of its own, so that a reader who stands still never
/// stops who produces them.
///
/// Each line is one write(2), continued only when the kernel took less. Between the caller and the
/// thread is a bounded queue, and behind it a bounded file. What finds no room in either is dropped, the least worthy
/// first, and counted. Trouble is a state, and a bell for the main loop's epoll.
public final class LineWriter: Sendable {
    /// Where it writes.
    public let destination: OutputDestination

    private let prefix: [UInt8]
    private let channel: WriterChannel
    private let thread: Mutex<PosixThread?>

    /// Opens the destination and starts the thread, which hands back the receipt of each line that it has written, or
    /// put where it outlives this process.
    public convenience init(
        _ plan: OutputPlan, written: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) throws(OutputFailure) {
        let sink = try plan.destination.open()
        do throws(Errno) { try self.init(plan, sink, written) } catch { throw .system(error) }
    }

    /// Starts the thread on a sink that is open, as ``destination`` names it.
    init(
        _ plan: OutputPlan, _ sink: consuming Sink, _ written: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) throws(Errno) {
        destination = plan.destination
        prefix = plan.linePrefix
        let channel = try WriterChannel(queueBytes: plan.queueBytes)
        channel.replaceSink(sink)
        do throws(PosixThreadError) {
            let started = try PosixThread(name: "wallwatch-out") {
                var pump = WriterPump(channel: channel, plan: plan, written: written)
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
        let bytes = [UInt8](unsafeUninitializedCapacity: prefix.count + line.count + (whole ? 0 : 1)) { buffer, count in
            _ = buffer.initialize(fromContentsOf: prefix)
            let rest = UnsafeMutableBufferPointer(rebasing: buffer[prefix.count...])
            count = prefix.count + line.withUnsafeBufferPointer { rest.initialize(fromContentsOf: $0) }
            guard !whole else { return }
            buffer.initializeElement(at: count, to: newline)
            count += 1
        }
        channel.push(QueuedLine(bytes: bytes, lineClass: lineClass, receipt: receipt))
    }

    /// Queues one line, at once. A newline is added if it has none.
    public func enqueue(_ line: [UInt8], class lineClass: LineClass, receipt: UInt64 = 0) {
        enqueue(line.span, class: lineClass, receipt: receipt)
    }

    /// Readable when ``acknowledge()`` or ``takeNews()`` has something. It belongs to the writer.
    public var noticeDescriptor: FileDescriptor { FileDescriptor(rawValue: channel.notice.raw) }

    /// Silences the descriptor and tells how the writing goes.
    public func acknowledge() -> OutputStatus {
        channel.notice.silence()
        return channel.status
    }

    /// How the writing goes.
    public var status: OutputStatus { channel.status }

    /// What is to be told since last asked.
    public func takeNews() -> OutputNews { channel.takeNews() }

    /// What was written so far, and what waits.
    public var figures: OutputFigures { channel.figures }

    /// Has the file opened anew after a rotation. The line in progress is finished in the old file, unless that
    /// has failed; what follows goes into the new one. If it cannot be opened, all stays as it was, and that is news.
    public func reopen() { channel.reopen() }

    /// Whether everything queued so far is written, or where it outlives this process. If not, and `ringing`, the notice
    /// descriptor tells when it is.
    public func isSafe(ringing: Bool) -> Bool { channel.isSafe(ringing: ringing) }

    /// Waits until everything queued so far is written. False when the time was up first.
    public func drain(within timeout: Duration) -> Bool {
        channel.drain(.written, until: .now + timeout)
    }

    /// Waits until everything queued so far is written, or where it outlives this process.
    public func secure(within timeout: Duration) -> Bool {
        channel.drain(.safe, until: .now + timeout)
    }

    /// Drains, then ends the thread and closes the destination. Returns what became of the lines.
    public func close(within timeout: Duration) -> OutputEnd {
        let deadline = ContinuousClock.now + timeout
        if channel.drain(.written, until: deadline) {
            stop(until: deadline)
            return .written
        }
        stop(until: deadline)
        return channel.isReached(.safe) ? .kept : .lost
    }

    private func stop(until deadline: ContinuousClock.Instant) {
        guard let thread = thread.withLock({ $0.take() }) else { return }
        // A thread that sits in write(2) to a stopped terminal or a dead file server is left behind.
        let grace = ContinuousClock.now + .milliseconds(500)
        if channel.stop(until: max(deadline, grace)) { thread.join() } else { thread.detach() }
    }
}
