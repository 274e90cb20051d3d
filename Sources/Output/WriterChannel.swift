import Synchronization
import SystemPackage
import Threads

/// What the callers and the writing thread share.
final class WriterChannel: Sendable {
    /// Wakes the thread.
    let wake: Bell
    /// Tells the main loop that the status has changed or lines were lost.
    let notice: Bell
    private let drained: Bell
    private let ended: Bell
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var queue: LineQueue
        var status = OutputStatus.healthy
        var newSink: Sink?
        var isSleeping = false
        var isStopping = false
        /// A line has left the queue and is not written to its end.
        var isWriting = false
        var wantsDrained = false
        /// The main loop asked to be told when all is written.
        var wantsNotice = false

        var isDrained: Bool { queue.isEmpty && !isWriting }

        var isBroken: Bool {
            if case .broken = status { newSink == nil } else { false }
        }
    }

    /// What the thread does next.
    enum Step: ~Copyable, Sendable {
        case write(QueuedLine)
        case use(Sink)
        case sleep
        case stop
    }

    init(queueBytes: Int) throws(Errno) {
        wake = try Bell()
        notice = try Bell()
        drained = try Bell()
        ended = try Bell()
        state = Mutex(State(queue: LineQueue(capacity: queueBytes)))
    }

    // MARK: The callers' side

    var status: OutputStatus { state.withLock { $0.status } }
    var queuedBytes: Int { state.withLock { $0.queue.size } }

    func push(_ line: QueuedLine, _ lineClass: LineClass) {
        let (wakes, notifies) = state.withLock { state in
            let lostBefore = state.queue.losses != .none
            state.queue.push(line, lineClass)
            let wakes = state.isSleeping
            state.isSleeping = false
            return (wakes, !lostBefore && state.queue.losses != .none)
        }
        if wakes { wake.ring() }
        if notifies { notice.ring() }
    }

    func isDrained(ringing: Bool) -> Bool {
        state.withLock { state in
            state.wantsNotice = ringing && !state.isDrained
            return state.isDrained
        }
    }

    func takeLosses() -> LineLosses {
        state.withLock { $0.queue.takeLosses() }
    }

    func replaceSink(_ sink: consuming Sink) {
        var sink = Optional(sink)
        state.withLock { $0.newSink = sink.take() }
        wake.ring()
    }

    /// Whether all is written, at the latest at the deadline or when the sink is broken.
    func drain(until deadline: ContinuousClock.Instant) -> Bool {
        let waits = state.withLock { state in
            guard !state.isDrained, !state.isBroken else { return false }
            drained.silence()
            state.wantsDrained = true
            return true
        }
        if waits { _ = drained.wait(until: deadline) }
        return state.withLock { $0.isDrained }
    }

    func stop(until deadline: ContinuousClock.Instant) -> Bool {
        state.withLock { $0.isStopping = true }
        wake.ring()
        return ended.wait(until: deadline)
    }

    // MARK: The thread's side

    /// Whether the thread must look up from what it is doing.
    var isInterrupted: Bool {
        state.withLock { state in
            if state.isStopping { return true }
            return state.newSink != nil
        }
    }

    /// The next step. A line comes only when the one before was reported as done.
    func nextStep() -> Step {
        state.withLock { state in
            if state.isStopping { return .stop }
            if let sink = state.newSink.take() { return .use(sink) }
            if !state.isWriting, let line = state.queue.pop() {
                state.isWriting = true
                return .write(line)
            }
            if !state.isWriting { state.isSleeping = true }
            return .sleep
        }
    }

    func lineIsDone() {
        let (rings, notifies) = state.withLock { state in
            state.isWriting = false
            guard state.isDrained else { return (false, false) }
            defer { state.wantsNotice = false }
            return (state.wantsDrained, state.wantsNotice)
        }
        if rings { drained.ring() }
        if notifies { notice.ring() }
    }

    func report(_ status: OutputStatus) {
        let (isNews, rings) = state.withLock { state in
            let isNews = state.status != status
            state.status = status
            return (isNews, state.wantsDrained && state.isBroken)
        }
        if isNews { notice.ring() }
        if rings { drained.ring() }
    }

    func threadHasEnded() {
        ended.ring()
    }
}
