import Glibc
import SystemPackage
import Threads

/// The writing thread: takes lines from the channel and brings them to the sink.
struct WriterPump: ~Copyable {
    private let channel: WriterChannel
    private var sink: Sink?
    private let handBack: @Sendable (UInt64) -> Void
    private var line: [UInt8] = []
    private var receipt: UInt64 = 0
    /// How much of `line` the present sink has taken.
    private var written = 0
    private var status = OutputStatus.healthy

    /// How long a sink that cannot take anything is left alone.
    private static let retryMilliseconds: CInt = 1000

    init(channel: WriterChannel, written: @escaping @Sendable (UInt64) -> Void) {
        self.channel = channel
        handBack = written
    }

    mutating func run() {
        while step() {}
        sink = nil
        channel.threadHasEnded()
    }

    private mutating func step() -> Bool {
        switch channel.nextStep() {
        case .stop:
            return false
        case .use(let replacement):
            use(replacement)
        case .write(let next):
            line = next.bytes
            receipt = next.receipt
            written = 0
        case .sleep:
            if line.isEmpty || isBroken { sleepUntilWoken() }
        }
        if !isBroken { writeLine() }
        return true
    }

    private var isBroken: Bool {
        if case .broken = status { true } else { false }
    }

    /// A line that the old sink has not taken whole is written to the new one from its beginning.
    private mutating func use(_ replacement: consuming Sink) {
        if !line.isEmpty && written > 0 && status == .healthy { finishLine() }
        if replacement.endsMidLine {
            _ = withUnsafeBytes(of: UInt8(ascii: "\n")) { replacement.write($0) }
        }
        sink = consume replacement
        written = 0
        report(.healthy)
    }

    /// Gives a sink that is about to go the rest of a line that it has begun, if it takes it now.
    private mutating func finishLine() {
        while written < line.count, case .success(let count)? = writeOnce() { written += count }
        if written == line.count { lineIsDone() }
    }

    /// Writes the line to its end, or as far as it goes before something else must be done.
    private mutating func writeLine() {
        while written < line.count {
            switch writeOnce() {
            case nil:
                return
            case .success(let count):
                written += count
                report(.healthy)
            case .failure(.interrupted):
                continue
            case .failure(.resourceTemporarilyUnavailable):
                waitForSink()
                if channel.isInterrupted { return }
            case .failure(let error) where error.mayPass:
                report(.stalled(error))
                wait(watchingSinkFor: nil, Self.retryMilliseconds)
                if channel.isInterrupted { return }
            case .failure(let error):
                return report(.broken(error))
            }
        }
        if !line.isEmpty { lineIsDone() }
    }

    private borrowing func writeOnce() -> Result<Int, Errno>? {
        line.withUnsafeBytes { bytes in
            sink?.write(UnsafeRawBufferPointer(rebasing: bytes[written...]))
        }
    }

    private mutating func lineIsDone() {
        if receipt != 0 { handBack(receipt) }
        line = []
        receipt = 0
        written = 0
        channel.lineIsDone()
    }

    private mutating func report(_ new: OutputStatus) {
        guard new != status else { return }
        status = new
        channel.report(new)
    }
}

extension WriterPump {
    private mutating func waitForSink() {
        wait(watchingSinkFor: Int16(POLLOUT), -1)
    }

    /// While there is nothing to write, a reader who goes away is noticed at once.
    private mutating func sleepUntilWoken() {
        wait(watchingSinkFor: isBroken ? nil : 0, -1)
    }

    /// Sleeps until woken, or until the sink answers. An answer of error or hang-up ends the sink.
    private mutating func wait(watchingSinkFor events: Int16?, _ milliseconds: CInt) {
        var requests = [pollfd(fd: channel.wake.raw, events: Int16(POLLIN), revents: 0)]
        if let events, let raw = sink?.raw { requests.append(pollfd(fd: raw, events: events, revents: 0)) }
        guard poll(&requests, nfds_t(requests.count), milliseconds) > 0 else { return }
        if requests[0].revents != 0 { channel.wake.silence() }
        guard requests.count > 1, requests[1].revents & Int16(POLLERR | POLLHUP) != 0 else { return }
        report(.broken(.brokenPipe))
    }
}

extension Errno {
    /// Whether the same write may succeed later without anybody doing anything to this process.
    fileprivate var mayPass: Bool {
        [.noSpace, .diskQuotaExceeded, .ioError, .noMemory, .noBufferSpace].contains(self)
    }
}
