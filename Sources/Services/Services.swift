package import Lineage
package import Records

/// The firewall services that run, and what becomes of them.
///
/// Pure: it is told of starts, forks, signals and ends, and says what that means.
package struct Services {
    /// How long after a signal an end is still put down to it, in nanoseconds: systemd gives a service 90 s.
    static let signalSpan: UInt64 = 100_000_000_000
    /// How many daemons are kept.
    static let capacity = 128
    /// Signals that ask a process to end.
    static let ending: Set<Int32> = [1, 2, 3, 6, 9, 15]

    private struct Daemon {
        var kind: ServiceKind
        var main: Process
        /// What it forked and that runs the same program still: one of these may go on as the daemon.
        var children: [ProcessID: Process] = [:]
        var signal: ServiceEvent.Signal?
    }

    package var catalog: ServiceCatalog
    private var daemons: [ProcessID: Daemon] = [:]
    /// Children by the daemon they belong to.
    private var families: [ProcessID: ProcessID] = [:]

    package init(catalog: ServiceCatalog = ServiceCatalog()) { self.catalog = catalog }

    /// The daemons that run.
    package var running: [(kind: ServiceKind, main: Process)] {
        daemons.values.map { ($0.kind, $0.main) }.sorted { $0.main.id.start < $1.main.id.start }
    }

    /// How long after a signal what a daemon does is put down to it, in nanoseconds.
    static let aftermath: UInt64 = 10_000_000_000

    /// What was sent a moment ago to a daemon, or to the one that a process belongs to, to end it or have it begin anew.
    package func signal(to process: Process, at time: UInt64) -> ServiceEvent.Signal? {
        let last = process.chain.prefix(4).lazy.compactMap { daemons[$0.id]?.signal }.first
        return last.flatMap { time &- $0.time < Self.aftermath ? $0 : nil }
    }

    /// A program was started, or was there at the start (`isNew` false).
    package mutating func exec(_ process: Process, at time: UInt64, isNew: Bool = true) -> ServiceEvent? {
        if !families.isEmpty, let family = families.removeValue(forKey: process.id) {
            daemons[family]?.children[process.id] = nil
        }
        guard let (kind, deed) = catalog.deed(of: process) else { return nil }
        guard deed == .runs else {
            guard isNew else { return nil }
            return ServiceEvent(kind: kind, isStart: deed == .starts, process: process, time: time)
        }
        // One that is started by the daemon is a part of it.
        guard daemons[process.id] == nil, daemons.count < Self.capacity,
            !process.chain.dropFirst().contains(where: { daemons[$0.id]?.kind == kind })
        else { return nil }
        daemons[process.id] = Daemon(kind: kind, main: process)
        return isNew ? ServiceEvent(kind: kind, isStart: true, process: process, time: time) : nil
    }

    /// A daemon forked: to be one no more, perhaps.
    package mutating func fork(_ parent: ProcessID, _ child: Process) {
        guard !daemons.isEmpty else { return }
        let main = families[parent] ?? parent
        guard let count = daemons[main]?.children.count, count < Self.capacity else { return }
        daemons[main]?.children[child.id] = child
        families[child.id] = main
    }

    package mutating func signal(_ number: Int32, to target: ProcessID, from sender: Process, at time: UInt64) {
        guard Self.ending.contains(number), daemons[target] != nil else { return }
        daemons[target]?.signal = ServiceEvent.Signal(number: number, sender: sender, time: time)
    }

    /// A process ended. Another may go on in its place: `succeeded` is to be watched instead.
    package mutating func exit(
        _ id: ProcessID, status: Int32, at time: UInt64
    ) -> (event: ServiceEvent?, succeeded: Process?) {
        guard !daemons.isEmpty else { return (nil, nil) }
        if let family = families.removeValue(forKey: id) { daemons[family]?.children[id] = nil }
        guard var daemon = daemons.removeValue(forKey: id) else { return (nil, nil) }
        // It went to the background: the eldest child is the daemon.
        if status == 0, daemon.signal == nil, let heir = daemon.children.values.min(by: { $0.id.start < $1.id.start }) {
            daemon.children[heir.id] = nil
            families[heir.id] = nil
            for child in daemon.children.keys { families[child] = heir.id }
            daemon.main = heir
            daemons[heir.id] = daemon
            return (nil, heir)
        }
        for child in daemon.children.keys { families[child] = nil }
        var event = ServiceEvent(kind: daemon.kind, isStart: false, process: daemon.main, status: status, time: time)
        if let signal = daemon.signal, time &- signal.time < Self.signalSpan {
            let killed = status & 0x7f
            // Another signal than the last one killed it: who sent that is not known.
            if killed == 0 || killed == signal.number { event.signal = signal }
        }
        return (event, nil)
    }
}
