import Synchronization
import SystemPackage
import Threads

/// What the callers and the writing thread share.
final class WriterChannel: Sendable {
    /// Wakes the thread.
    let wake: Bell
    /// Tells the main loop that there is news.
    let notice: Bell
    private let drained: Bell
    private let ended: Bell
    private let state: Mutex<State>

    /// How far it is to be waited for.
    enum Goal: Sendable {
        /// All lines are written, or where they outlive this process.
        case safe
        /// All are written.
        case written
    }

    private struct State: ~Copyable {
        var queue: LineQueue
        var status = OutputStatus.healthy
        var newSink: Sink?
        var isReopening = false
        var isStopping = false
        /// The thread is to be woken by a line when the queue is at least so large; nil: it is awake.
        var wakeAbove: Int?
        /// A line has left the queue and is neither written to its end nor spilled.
        var isInHand = false
        var figures = OutputFigures()
        /// What an earlier process left in the spill is known.
        var isRecovered = false
        var news = OutputNews()
        var goal: Goal?
        /// The main loop asked to be told when all is safe.
        var wantsNotice = false

        func isReached(_ goal: Goal) -> Bool {
            guard queue.isEmpty, !isInHand else { return false }
            return goal == .safe || figures.spillBytes == 0 && isRecovered
        }

        var isBroken: Bool {
            if case .broken = status { newSink == nil && !isReopening } else { false }
        }
    }

    /// What the thread is told to do beside writing.
    enum Order: ~Copyable, Sendable {
        case use(Sink)
        case reopen
        case stop
        case none
    }

    /// How much waits in memory, and whether that should go to disk: there is much of it, or somebody waits until it is safe.
    struct Pressure: Sendable {
        var isEmpty: Bool
        var isHigh: Bool
        var isAwaited: Bool
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

    var figures: OutputFigures {
        state.withLock { state in
            var figures = state.figures
            figures.queueBytes = state.queue.size
            // Those that were not asked for yet.
            figures.untoldLosses = state.queue.losses
            for lineClass in LineClass.allCases { figures.losses[lineClass] &+= state.queue.losses[lineClass] }
            return figures
        }
    }

    func push(_ line: QueuedLine) {
        let (wakes, notifies) = state.withLock { state in
            let lostBefore = state.queue.losses != .none
            state.queue.push(line)
            let wakes = state.wakeAbove.map { state.queue.size >= $0 } ?? false
            if wakes { state.wakeAbove = nil }
            return (wakes, !lostBefore && state.queue.losses != .none)
        }
        if wakes { wake.ring() }
        if notifies { notice.ring() }
    }

    func takeNews() -> OutputNews {
        state.withLock { state in
            let lost = state.queue.takeLosses()
            for lineClass in LineClass.allCases { state.figures.losses[lineClass] &+= lost[lineClass] }
            var news = state.news
            state.news = OutputNews()
            news.losses = lost
            return news
        }
    }

    func isSafe(ringing: Bool) -> Bool {
        let (isSafe, wakes) = state.withLock { state in
            let isSafe = state.isReached(.safe)
            state.wantsNotice = ringing && !isSafe
            return (isSafe, state.wantsNotice && state.figures.spillBytes > 0)
        }
        if wakes { wake.ring() }
        return isSafe
    }

    func replaceSink(_ sink: consuming Sink) {
        var sink = Optional(sink)
        state.withLock { $0.newSink = sink.take() }
        wake.ring()
    }

    func reopen() {
        state.withLock { $0.isReopening = true }
        wake.ring()
    }

    /// Whether the goal is reached, at the latest at the deadline or when the sink is broken.
    func drain(_ goal: Goal, until deadline: ContinuousClock.Instant) -> Bool {
        let waits = state.withLock { state in
            guard !state.isReached(goal), !state.isBroken else { return false }
            drained.silence()
            state.goal = goal
            return true
        }
        if waits {
            wake.ring()
            _ = drained.wait(until: deadline)
        }
        return state.withLock { state in
            state.goal = nil
            return state.isReached(goal)
        }
    }

    func isReached(_ goal: Goal) -> Bool { state.withLock { $0.isReached(goal) } }

    func stop(until deadline: ContinuousClock.Instant) -> Bool {
        state.withLock { $0.isStopping = true }
        wake.ring()
        return ended.wait(until: deadline)
    }

    // MARK: The thread's side

    /// Whether the thread must look up from what it is doing.
    var isInterrupted: Bool {
        state.withLock { state in
            if state.isStopping || state.isReopening { return true }
            return state.newSink != nil
        }
    }

    func nextOrder() -> Order {
        state.withLock { state in
            if state.isStopping { return .stop }
            if let sink = state.newSink.take() { return .use(sink) }
            guard state.isReopening else { return .none }
            state.isReopening = false
            return .reopen
        }
    }

    /// The line that waits longest. It is in hand until it is said to be settled.
    func takeLine() -> QueuedLine? {
        state.withLock { state in
            let line = state.queue.pop()
            state.isInHand = line != nil
            return line
        }
    }

    /// The lines that wait longest, about so many bytes, as long as there is room for them. They are in hand.
    func takeLines(_ bytes: Int, for room: SpillRoom) -> [QueuedLine] {
        state.withLock { state in
            var lines: [QueuedLine] = []
            var left = room
            while left.used - room.used < bytes, let line = state.queue.pop(where: { left.admits($0) }) {
                left.used += SpillFile.cost(line)
                lines.append(line)
            }
            if !lines.isEmpty { state.isInHand = true }
            return lines
        }
    }

    func restore(_ lines: [QueuedLine]) {
        state.withLock { $0.queue.restore(lines) }
    }

    /// How much waits in memory.
    var pressure: Pressure {
        state.withLock { state in
            Pressure(
                isEmpty: state.queue.isEmpty, isHigh: state.queue.size >= state.queue.capacity / 2,
                isAwaited: state.goal == .safe || state.wantsNotice)
        }
    }

    /// To be called before the thread sleeps. Returns false if it is not to: something waits. `isIdle`: it has
    /// nothing to write; else it sleeps until its reader reads, or the queue is half full, if that is of use.
    func prepareToSleep(isIdle: Bool, wakesWhenFilled: Bool) -> Bool {
        state.withLock { state in
            if state.isStopping || state.isReopening { return false }
            if state.newSink != nil { return false }
            guard isIdle else {
                state.wakeAbove = wakesWhenFilled ? (state.queue.isEmpty ? 1 : state.queue.capacity / 2) : nil
                return true
            }
            guard state.queue.isEmpty else { return false }
            state.wakeAbove = 1
            return true
        }
    }

    func hasWoken() { state.withLock { $0.wakeAbove = nil } }

    /// What was in hand is written or spilled, or there was nothing. What else there is to note is noted too.
    func settle(isInHand: Bool, _ note: (inout OutputFigures) -> Void = { _ in }) {
        let (rings, notifies) = state.withLock { state in
            state.isInHand = isInHand
            state.isRecovered = true
            note(&state.figures)
            let isSafe = state.isReached(.safe)
            let notifies = isSafe && state.wantsNotice
            if isSafe { state.wantsNotice = false }
            return (state.goal.map { state.isReached($0) } ?? false, notifies)
        }
        if rings { drained.ring() }
        if notifies { notice.ring() }
    }

    func tell(_ note: (inout OutputNews) -> Void) {
        state.withLock { state in
            note(&state.news)
            if state.news.troubles.count > 8 { state.news.troubles.removeFirst() }
        }
        notice.ring()
    }

    func report(_ status: OutputStatus) {
        let (isNews, rings) = state.withLock { state in
            let isNews = state.status != status
            state.status = status
            return (isNews, state.goal != nil && state.isBroken)
        }
        if isNews { notice.ring() }
        if rings { drained.ring() }
    }

    func threadHasEnded() {
        ended.ring()
    }
}
