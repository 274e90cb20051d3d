import Glibc
import SystemPackage
import Threads

/// The writing thread: takes lines from the channel and brings them to the sink; when that takes none, to the spill.
///
/// What is spilled is older than what is queued, and the line at hand is older than both. So the order holds by itself:
/// as long as there are lines in the spill, they are written, and what is queued follows them into it.
struct WriterPump: ~Copyable {
    let channel: WriterChannel
    private let plan: OutputPlan
    private let handBack: @Sendable (UInt64) -> Void
    private var sink: Sink?
    var spill: SpillStore
    var current: Current?
    private var status = OutputStatus.healthy
    /// Since when the sink takes nothing, and whether what waited meanwhile found room in the spill.
    private var blockedSince: ContinuousClock.Instant?
    var isSpillFull = false
    private var rotatesNotBefore = ContinuousClock.now

    /// A line that is being written.
    struct Current {
        var bytes: [UInt8]
        var receipt: UInt64 = 0
        /// Where it is in the spill; nil: it is nowhere else.
        var spilled: SpillFile.Oldest?
        var lineClass: LineClass
        /// How much of it the present sink has taken.
        var written = 0
    }

    /// How long a sink that fails is left alone, in milliseconds.
    private static let retryPause: CInt = 1000
    /// How long a reader may take nothing before lines are spilled, and before that is said.
    private static let patience: CInt = 100
    private static let longPatience = Duration.seconds(5)

    init(channel: WriterChannel, plan: OutputPlan, written: @escaping @Sendable (UInt64) -> Void) {
        self.channel = channel
        self.plan = plan
        handBack = written
        spill = SpillStore(plan.spill)
    }

    mutating func run() {
        recover()
        while step() {}
        secure()
        sink = nil
        channel.threadHasEnded()
    }

    private mutating func recover() {
        let trouble = spill.recover()
        let bytes = spill.bytes
        if let trouble { tell(trouble) }
        tellDamage()
        channel.settle(isInHand: false) {
            $0.spillBytes = bytes
            $0.inheritedBytes = bytes
        }
    }

    private mutating func step() -> Bool {
        switch channel.nextOrder() {
        case .stop: return false
        case .use(let replacement): use(replacement)
        case .reopen: reopen()
        case .none: break
        }
        // The reader is slower than what comes, or somebody waits until all is safe.
        let pressure = channel.pressure
        if pressure.isHigh || pressure.isAwaited && !(spill.isEmpty && current == nil) { stash() }
        if current == nil { fetch() }
        guard current != nil, sink != nil, !isBroken else {
            if isBroken || sink == nil { stash() }
            sleep()
            return true
        }
        writeLine()
        return true
    }

    private var isBroken: Bool {
        if case .broken = status { true } else { false }
    }

    private mutating func fetch() {
        if let oldest = spill.oldest() {
            current = Current(bytes: oldest.line.bytes, spilled: oldest, lineClass: oldest.line.lineClass)
        } else if let line = channel.takeLine() {
            current = Current(bytes: line.bytes, receipt: line.receipt, lineClass: line.lineClass)
        }
        tellDamage()
    }

    private borrowing func tell(_ trouble: Errno) {
        let path = plan.spill?.path.string ?? ""
        channel.tell { $0.troubles.append("the spill file \(path) cannot be opened: \(trouble)") }
    }

    private mutating func tellDamage() {
        let damage = spill.takeDamage()
        if damage > 0 { channel.tell { $0.damagedBytes += damage } }
    }

    // MARK: The sink

    private mutating func reopen() {
        guard case .file(let path) = plan.destination else { return }
        do throws(OutputFailure) { use(try plan.destination.open()) } catch {
            channel.tell { $0.troubles.append("\(path) cannot be opened anew: \(error)") }
        }
    }

    /// A line that the old sink has not taken whole is written to the new one from its beginning.
    private mutating func use(_ replacement: consuming Sink) {
        if let written = current?.written, written > 0 {
            if status == .healthy || status == .blocked { finishLine() }
            if current != nil { sink?.cut(written) }
        }
        sink = consume replacement
        current?.written = 0
        report(.healthy)
    }

    /// Gives a sink that is about to go the rest of a line that it has begun, if it takes it now.
    private mutating func finishLine() {
        while case .success(let count)? = writeOnce() {
            current?.written += count
            if current?.written == current?.bytes.count { return lineIsDone() }
        }
    }

    /// Whether all is as if a new line had been begun: the file is changed if it is full, torn lines are settled.
    private mutating func prepareLine() {
        guard var line = current, line.written == 0 else { return }
        rotate(before: line)
        guard let (there, cut) = sink?.settleTail(before: line.bytes, beginning: plan.linePrefix + Array("{\"".utf8))
        else { return }
        line.written = there
        current = line
        if cut > 0 { channel.tell { $0.cutBytes += UInt64(cut) } }
    }

    private mutating func rotate(before line: Current) {
        guard let rotation = plan.rotation, case .file(let path) = plan.destination, sink?.isFile == true,
            sink?.tail.isEmpty == true, let size = sink?.size, size > 0, size + line.bytes.count > rotation.bytes,
            ContinuousClock.now >= rotatesNotBefore
        else { return }
        do throws(Errno) {
            if sink?.isAt(path) == true { try rotation.move(path) }
            reopen()
            channel.settle(isInHand: line.spilled == nil) { $0.rotations += 1 }
        } catch {
            rotatesNotBefore = .now + .seconds(60)
            channel.tell { $0.troubles.append("\(path) cannot be moved to \(path).1: \(error)") }
        }
    }

    /// Writes the line to its end, or as far as it goes before something else must be done.
    private mutating func writeLine() {
        prepareLine()
        while let line = current {
            switch writeOnce() {
            case nil:
                return
            case .success(let count):
                blockedSince = nil
                current?.written += count
                report(.healthy)
                if line.written + count == line.bytes.count { return lineIsDone() }
            case .failure(.interrupted):
                continue
            case .failure(.resourceTemporarilyUnavailable):
                waitForReader()
                if channel.isInterrupted { return }
            case .failure(.brokenPipe) where sink?.isNamedPipe == true:
                return loseReader()
            case .failure(let error) where error.mayPass:
                report(.stalled(error))
                stash()
                wait(watchingSinkFor: nil, Self.retryPause, isIdle: false)
                if channel.isInterrupted { return }
            case .failure(let error):
                stash()
                return report(.broken(error))
            }
        }
    }

    private borrowing func writeOnce() -> Result<Int, Errno>? {
        current?.bytes.withUnsafeBytes { bytes in
            sink?.write(UnsafeRawBufferPointer(rebasing: bytes[(current?.written ?? 0)...]))
        }
    }

    private mutating func lineIsDone() {
        guard let line = current else { return }
        if line.receipt != 0 { handBack(line.receipt) }
        if let spilled = line.spilled { spill.remove(spilled) }
        current = nil
        let bytes = spill.bytes
        channel.settle(isInHand: false) {
            $0.linesWritten += 1
            $0.bytesWritten += UInt64(line.bytes.count)
            $0.spillBytes = bytes
        }
    }

    private mutating func report(_ new: OutputStatus) {
        guard new != status else { return }
        status = new
        channel.report(new)
    }
}

extension WriterPump {
    // MARK: The spill

    /// Brings the line at hand and all that is queued into the spill, as far as there is room.
    mutating func stash() {
        guard secureLine() else { return }
        while !channel.pressure.isEmpty {
            let lines = channel.takeLines(1 << 18, for: spill.room)
            guard !lines.isEmpty else {
                isSpillFull = true
                return
            }
            guard keep(lines) else {
                channel.restore(lines)
                return channel.settle(isInHand: current.map { $0.spilled == nil } ?? false)
            }
        }
    }

    /// The line at hand is older than all in the spill, and must be the first there. False: no line can be spilled.
    private mutating func secureLine() -> Bool {
        let (isReady, trouble) = spill.prepare()
        if let trouble { tell(trouble) }
        isSpillFull = !isReady
        guard isReady else { return false }
        guard let line = current, line.spilled == nil else { return true }
        let queued = QueuedLine(bytes: line.bytes, lineClass: line.lineClass, receipt: line.receipt)
        guard spill.isEmpty, spill.room.admits(queued), keep([queued]), let oldest = spill.oldest() else {
            isSpillFull = true
            return false
        }
        current?.spilled = oldest
        current?.receipt = 0
        return true
    }

    private mutating func keep(_ lines: [QueuedLine]) -> Bool {
        do throws(Errno) { try spill.append(lines) } catch {
            isSpillFull = true
            return false
        }
        for line in lines where line.receipt != 0 { handBack(line.receipt) }
        let bytes = spill.bytes
        channel.settle(isInHand: false) {
            $0.linesSpilled += UInt64(lines.count)
            $0.spillBytes = bytes
        }
        return true
    }

    /// What can be kept for the next process is.
    mutating func secure() {
        stash()
        // Nobody will write the rest of it.
        if let line = current, line.spilled == nil { sink?.cut(line.written) }
    }
}

extension WriterPump {
    // MARK: Waiting

    private mutating func waitForReader() {
        let since = blockedSince ?? .now
        blockedSince = since
        if ContinuousClock.now - since >= Self.longPatience { report(.blocked) }
        let isWaiting = !channel.pressure.isEmpty || current?.spilled == nil
        let milliseconds = isWaiting ? Self.patience : 1000
        guard wait(watchingSinkFor: Int16(POLLOUT), milliseconds, isIdle: false) != .ready else { return }
        let pressure = channel.pressure
        if pressure.isHigh || pressure.isAwaited || ContinuousClock.now - since >= .milliseconds(Int(Self.patience)) {
            stash()
        }
    }

    /// While there is nothing to write, a reader who goes away is noticed at once.
    private mutating func sleep() {
        if sink == nil, let pipe = plan.namedPipe {
            wait(watchingSinkFor: nil, Self.retryPause, isIdle: false)
            guard !channel.isInterrupted else { return }
            var status = stat()
            guard lstat(pipe.string, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { return }
            if let found = try? Sink(opening: pipe) { use(found) }
            return
        }
        let isStuck = isBroken || sink == nil
        wait(watchingSinkFor: isStuck ? nil : 0, isStuck ? Self.retryPause : -1, isIdle: !isStuck)
    }

    /// A named pipe has no reader for the time being.
    private mutating func loseReader() {
        report(.stalled(.brokenPipe))
        current?.written = 0
        sink = nil
        stash()
    }

    private enum Waking { case ready, other }

    /// Sleeps until woken, or until the sink answers. An answer of error or hang-up ends the sink.
    @discardableResult
    private mutating func wait(watchingSinkFor events: Int16?, _ milliseconds: CInt, isIdle: Bool) -> Waking {
        guard channel.prepareToSleep(isIdle: isIdle, wakesWhenFilled: !isSpillFull) else { return .other }
        defer { channel.hasWoken() }
        var requests = [pollfd(fd: channel.wake.raw, events: Int16(POLLIN), revents: 0)]
        if let events, let raw = sink?.raw { requests.append(pollfd(fd: raw, events: events, revents: 0)) }
        guard poll(&requests, nfds_t(requests.count), milliseconds) > 0 else { return .other }
        if requests[0].revents != 0 { channel.wake.silence() }
        guard requests.count > 1, requests[1].revents != 0 else { return .other }
        guard requests[1].revents & Int16(POLLERR | POLLHUP) != 0 else { return .ready }
        if sink?.isNamedPipe == true {
            loseReader()
        } else {
            stash()
            report(.broken(.brokenPipe))
        }
        return .other
    }
}

extension OutputPlan {
    /// Where the reader of a named pipe may come back.
    fileprivate var namedPipe: FilePath? {
        if case .file(let path) = destination { path } else { nil }
    }
}

extension Errno {
    /// Whether the same write may succeed later without anybody doing anything to this process.
    fileprivate var mayPass: Bool {
        [.noSpace, .diskQuotaExceeded, .ioError, .noMemory, .noBufferSpace].contains(self)
    }
}
