internal import Identity
package import Lineage
internal import Records

/// What says that a machine, or a container with a manager of its own, is shutting down.
///
/// Pure: it is told of requests on the bus, of signals to managers, and of programs. All of it can be forged by root, so
/// none holds for long: what still runs after that did not shut down.
package struct Shutdowns: Sendable {
    /// How long something holds, in nanoseconds.
    static let span: UInt64 = 90_000_000_000
    /// How much later than what came of it a request may have been heard on the bus, in nanoseconds.
    static let delay: UInt64 = 1_000_000_000
    /// How many are kept.
    static let capacity = 64

    private struct Sign {
        /// Whose processes end: the pid namespace of the manager.
        var namespace: UInt32
        var time: UInt64
        /// Of a request on the bus: the caller's connection, and its number for the call.
        var call: Call?
        /// By the login manager, which may take it back.
        var isAnnounced = false
    }

    private struct Call: Hashable {
        var name: String
        var cookie: UInt64
    }

    private var signs: [Sign] = []
    /// The first pid namespace: when its manager ends everything does.
    package var root: UInt32?

    package init() {}

    /// Whether what a process did, or its end, is a part of that all in its pid namespace ends.
    package func isUnderWay(around process: Process, at time: UInt64) -> Bool {
        guard let namespace = process.task?.pidns else { return false }
        // The number of a namespace is used again: what was said before the first of this one began was of another.
        let beginning = process.chain.last { $0.task?.pidns == namespace }?.id.start ?? 0
        return signs.contains { sign in
            (sign.namespace == root || sign.namespace == namespace && sign.time >= beginning)
                && sign.time <= time &+ Self.delay && time <= sign.time &+ Self.span
        }
    }

    private mutating func add(_ sign: Sign) {
        signs.removeAll { $0.time &+ Self.span < sign.time }
        if signs.count >= Self.capacity { signs.removeFirst() }
        signs.append(sign)
    }

    // MARK: Signs, the best first

    /// The login manager said that it is about to shut down, or that it is not after all (PrepareForShutdown of
    /// org.freedesktop.login1(5)).
    package mutating func announced(_ isBeginning: Bool, by manager: Process, at time: UInt64) {
        guard let namespace = manager.task?.pidns else { return }
        if isBeginning {
            add(Sign(namespace: namespace, time: time, isAnnounced: true))
        } else {
            signs.removeAll { $0.isAnnounced && $0.namespace == namespace }
        }
    }

    /// Root asked systemd over the bus. Of anybody else it is not known whether he may, before the login manager says so.
    package mutating func called(_ call: BusCall, by process: Process) {
        guard call.subject == .shutdown, process.isOfRoot, let namespace = process.task?.pidns else { return }
        add(Sign(namespace: namespace, time: call.time, call: Call(name: call.name, cookie: call.cookie)))
    }

    /// He was refused.
    package mutating func refused(_ name: String, _ cookie: UInt64) {
        signs.removeAll { $0.call == Call(name: name, cookie: cookie) }
    }

    /// A manager was sent a signal. It is for who may send it one: the kernel asks.
    package mutating func signal(_ number: Int32, to target: Process?, at time: UInt64) {
        guard Self.signals.contains(number), let target, target.isSystemd, let namespace = target.task?.pidns else {
            return
        }
        add(Sign(namespace: namespace, time: time))
    }

    /// systemd(1), "Signals", with SIGRTMIN as the C library has it: to halt, power off, reboot, kexec, soft-reboot; the
    /// same at once; and SIGINT, which is Ctrl-Alt-Del.
    static let signals: Set<Int32> = Set([2] + (3...7).map { 34 + $0 } + (13...17).map { 34 + $0 })

    /// A program was started: root's own tools, by what they were called with.
    package mutating func exec(_ process: Process, at time: UInt64) {
        guard
            ShutdownCommand.isMeant(
                program: process.programName, process.image.arguments.map { String(decoding: $0, as: UTF8.self) }),
            process.isOfRoot, process.isInstalled, let namespace = process.task?.pidns
        else { return }
        add(Sign(namespace: namespace, time: time))
    }
}

extension Process {
    fileprivate var isOfRoot: Bool { (task?.effectiveUser ?? user) == 0 }

    fileprivate var isSystemd: Bool { programName.elementsEqual("systemd".utf8) }

    /// Its file lies where packages put theirs, is root's, and nobody else can have written it.
    fileprivate var isInstalled: Bool {
        isGenuine && ["/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/"].contains { image.path.starts(with: $0.utf8) }
    }
}
