internal import Lineage

/// The requests on the bus that may be the reason of what is done now.
struct BusCalls {
    /// How many are kept, and how long after the answer, or after the call where none was heard, one still explains
    /// something, in nanoseconds.
    static let capacity = 256
    static let aftermath: UInt64 = 500_000_000
    static let unanswered: UInt64 = 30_000_000_000
    /// How long after it was seen to be done a request for a unit still explains what its programs do, in nanoseconds.
    static let wake: UInt64 = 2_000_000_000
    /// How much later a monitor may hear a request than whoever it is for, who may be done with it by then, in nanoseconds.
    static let lag: UInt64 = 20_000_000

    private struct Call {
        var call: BusCall
        var process: Process
        var answeredAt: UInt64?
        /// Answered with an error: what was done before that may still be its doing, and nothing after it.
        var isRefused = false
        /// What was asked for was seen to be done.
        var doneAt: UInt64?
    }

    private var calls: [Call] = []

    mutating func add(_ call: BusCall, by process: Process) {
        calls.removeAll { $0.call.time &+ Self.unanswered &+ Self.aftermath < call.time }
        if calls.count >= Self.capacity { calls.removeFirst() }
        calls.append(Call(call: call, process: process))
    }

    mutating func answer(_ name: String, _ cookie: UInt64, isRefused: Bool, at time: UInt64) {
        guard let index = calls.firstIndex(where: { $0.call.name == name && $0.call.cookie == cookie }) else { return }
        calls[index].answeredAt = time
        calls[index].isRefused = isRefused
    }

    /// A unit was started or stopped: whoever asked for that before has it.
    mutating func done(at time: UInt64, _ fits: (BusCall.Subject) -> Bool) {
        for index in calls.indices where fits(calls[index].call.subject) && calls[index].call.time <= time &+ Self.lag {
            if calls[index].doneAt == nil { calls[index].doneAt = time }
        }
    }

    /// Who asked for what is done at `time`: the caller of the oldest request that is not answered, for they are done one
    /// after the other; else that of the last one that was. Only where nobody else waits for an answer is it certain: a
    /// request may wait for leave that it is never given.
    func caller(at time: UInt64, _ fits: (BusCall.Subject) -> Bool) -> (process: Process, isCertain: Bool)? {
        let earlier = calls.filter { call in
            fits(call.call.subject) && call.call.time <= time && call.doneAt.map { time <= $0 &+ Self.wake } ?? true
        }
        let open = earlier.filter { call in
            call.answeredAt.map { $0 >= time } ?? (call.call.time &+ Self.unanswered >= time)
        }
        if let first = open.first {
            return (first.process, open.allSatisfy { $0.process.id == first.process.id })
        }
        let last = earlier.last { !$0.isRefused && $0.answeredAt.map { $0 &+ Self.aftermath >= time } ?? false }
        return last.map { ($0.process, true) }
    }
}
