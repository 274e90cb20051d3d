internal import Configuration
internal import Events
internal import Host
internal import Lineage
internal import Probes
internal import Records
internal import Services
internal import SystemBus

/// Firewall services that begin and end, and who asks for it.
extension Collector {
    /// Takes those that run already.
    func beginServices() {
        output.authors.services.catalog = ServiceCatalog(
            kinds: configuration.services.watch.map { ServiceKind($0) } + ServiceCatalog.builtIn)
        output.authors.shutdowns.root = lineage.process(pid: 1)?.task?.pidns
        output.authors.findProcess = { [unowned self] in lineage.process(pid: $0) }
        output.authors.hearBus = { [unowned self] in readBus(within: $0) }
        for process in lineage.all.sorted(by: { $0.id.start < $1.id.start }) {
            output.authors.askers.exec(process, at: process.id.start)
            _ = output.authors.services.exec(process, at: process.id.start, isNew: false)
        }
        for service in output.authors.services.running { watch(service.main.id, [.end, .killers]) }
    }

    func noteServices(started process: Process, at time: UInt64) {
        output.authors.askers.exec(process, at: time)
        output.authors.shutdowns.exec(process, at: time)
        guard let event = output.authors.services.exec(process, at: time) else { return }
        output.authors.askers.note(event)
        if event.kind.isDaemon { watch(process.id, []) }
        tell(event)
    }

    func noteServices(ended id: ProcessID, status: Int32, at time: UInt64) {
        output.authors.askers.exit(id, at: time)
        let outcome = output.authors.services.exit(id, status: status, at: time)
        if let heir = outcome.succeeded { watch(heir.id, []) }
        guard let event = outcome.event else { return }
        watch(id, [])
        tell(event)
    }

    /// Takes what was heard on the bus, waited for so long.
    func readBus(within patience: Duration = .zero) {
        guard let bus else { return }
        if patience > .zero, bus.isListening { bus.wait(patience) }
        callsHeard += bus.take()
        if bus.isListening != isBusTold {
            isBusTold = bus.isListening
            send(
                CollectorReport(
                    .coverageChanged, reason: "the system bus is \(busStanding)",
                    details: [("bus", .text(busStanding))]))
        }
        guard !callsHeard.isEmpty else { return }
        drainRing()
        // Of one whose start lies in the ring still it is known later who called.
        let now = Clock.boottime
        callsHeard = callsHeard.filter { event in
            switch event {
            case .called(let call):
                guard let pid = call.pid else { return false }
                guard let process = lineage.process(pid: pid) else { return call.time &+ Self.callPatience > now }
                output.authors.askers.called(call, by: process)
                output.authors.shutdowns.called(call, by: process)
            case .answered(let name, let cookie, let isRefused, let time):
                output.authors.askers.answered(name, cookie, isRefused: isRefused, at: time)
                if isRefused { output.authors.shutdowns.refused(name, cookie) }
            case .announced(let pid, let isBeginning, let time):
                guard let pid else { return false }
                guard let process = lineage.process(pid: pid) else { return time &+ Self.callPatience > now }
                output.authors.shutdowns.announced(isBeginning, by: process, at: time)
            }
            return false
        }
    }

    /// How long a caller may be unknown, in nanoseconds.
    private static let callPatience: UInt64 = 2_000_000_000

    var busStanding: String {
        guard let bus else { return configuration.services.listen ? "not to be had: no libsystemd.so.0" : "off" }
        return bus.isListening ? "listened to" : "not there"
    }

    private func tell(_ event: ServiceEvent) {
        guard let inode = event.process.task?.netns, let namespace = namespaces[inode] else { return }
        let report = ServiceReport(
            event: event, netns: NetnsReport(namespace), isShuttingDown: !event.isStart && isShuttingDown(event))
        output.send(.service(report), at: event.time)
        output.authors.askers.close(event)
    }

    /// Whether it ended because all does. What was said of that on the bus may be heard a little later.
    private func isShuttingDown(_ event: ServiceEvent) -> Bool {
        if !output.authors.shutdowns.isUnderWay(around: event.process, at: event.time) {
            readBus(within: Self.busPatience)
        }
        return output.authors.shutdowns.isUnderWay(around: event.process, at: event.time)
    }

    private static let busPatience: Duration = .milliseconds(20)

    /// Has more than lineage told of a process. Of a service it is no less, whatever else it is watched for.
    func watch(_ process: ProcessID, _ what: ProbeSet.Watch) {
        let isService = output.authors.services.running.contains { $0.main.id == process }
        try? probes.watch(pid: process.pid, isService ? [.end, .killers] : what)
    }
}

extension ServiceKind {
    fileprivate init(_ service: WatchedService) {
        self.init(
            name: service.name, units: service.units, programs: service.programs, isDaemon: service.daemon)
    }
}
