package import Identity
internal import Synchronization
internal import Threads

/// Looks at executables and scripts, and at where logins come from, in a thread of its own: what is on disk may be large,
/// and slow to come.
package final class Inspector: Sendable {
    /// What is to be looked at.
    package enum Question: Hashable, Sendable {
        case file(FileQuestion)
        /// The address of the connection that one of these processes holds, the likeliest first.
        case peer([UInt32])
    }

    package enum Answer: Hashable, Sendable {
        case file(FileFindings)
        case peer(String)
        case nothing
    }

    /// How many questions wait at most, and how many answers are kept.
    private static let queueCapacity = 256
    private static let capacity = 4096
    /// How long an answer counts before it is asked for anew, in nanoseconds: that is a look at the inode, not a hash.
    private static let freshness: UInt64 = 1_000_000_000

    private struct State {
        var queue: [Question] = []
        var answers: [Question: (answer: Answer, at: UInt64)] = [:]
        var isAsleep = false
        var isEnding = false
    }

    private let state = Mutex(State())
    private let work: Bell
    private let done: Bell

    /// nil: the thread could not be started, and nothing is known of files.
    package init?() {
        guard let work = try? Bell(), let done = try? Bell() else { return nil }
        self.work = work
        self.done = done
        guard let thread = try? PosixThread(name: "inspector", { [self] in run() }) else { return nil }
        thread.detach()
    }

    /// Has something looked at, soon.
    package func ask(_ question: Question) {
        let now = Clock.boottime
        let isNew = state.withLock { state in
            if let known = state.answers[question], now &- known.at < Self.freshness { return false }
            guard state.queue.count < Self.queueCapacity, !state.queue.contains(question) else { return false }
            state.queue.append(question)
            return true
        }
        if isNew { work.ring() }
    }

    /// What was found, waited for so long; nil: not yet. What was found a moment ago is taken as it was.
    package func answer(_ question: Question, within patience: Duration) -> Answer? {
        ask(question)
        let deadline = ContinuousClock.now.advanced(by: patience)
        while true {
            if let known = fresh(question) { return known }
            guard done.wait(until: deadline) else { return fresh(question) ?? stale(question) }
            done.silence()
        }
    }

    /// Lets the thread end.
    package func end() {
        state.withLock { $0.isEnding = true }
        work.ring()
    }

    private func fresh(_ question: Question) -> Answer? {
        let now = Clock.boottime
        return state.withLock { state in
            state.answers[question].flatMap { now &- $0.at < Self.freshness ? $0.answer : nil }
        }
    }

    private func stale(_ question: Question) -> Answer? { state.withLock { $0.answers[question]?.answer } }

    // MARK: The thread

    private func run() {
        var files = FileInspector()
        while true {
            let next: Question? = state.withLock { $0.queue.isEmpty ? nil : $0.queue.removeFirst() }
            guard let next else {
                if state.withLock({ $0.isEnding }) { return }
                _ = work.wait(until: .now.advanced(by: .seconds(3600)))
                work.silence()
                continue
            }
            let answer: Answer =
                switch next {
                case .file(let question): files.look(question).map(Answer.file) ?? .nothing
                case .peer(let processes): ConnectionPeer.of(processes).map(Answer.peer) ?? .nothing
                }
            let now = Clock.boottime
            state.withLock { state in
                if state.answers.count >= Self.capacity { state.answers.removeAll(keepingCapacity: true) }
                state.answers[next] = (answer, now)
            }
            done.ring()
        }
    }
}
