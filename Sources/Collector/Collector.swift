internal import Attribution
internal import CLinux
internal import Configuration
internal import Events
internal import Glibc
internal import Host
internal import Lineage
internal import NetlinkIO
internal import Output
internal import Probes
internal import Records
internal import SavedState
internal import Services
internal import SystemBus
internal import SystemPackage

/// The daemon: one loop that reads every source, one direction from the kernel to the line.
package final class Collector {
    let options: CollectorOptions
    var configuration: Configuration
    var probes: ProbeSet
    let inbox: Inbox
    let loop: EventLoop
    let reader = FirewallReader()
    let namespaces: Namespaces
    /// The host's own namespace, and all others.
    let host = Lane(.host)
    let others = Lane(.others)
    let lanes: [Lane]
    let namespaceEvents: NetlinkSocket
    let deviceEvents: NetlinkSocket
    let output: EventOutput
    var lineage = Lineage()
    var limiter = FailureLimiter()
    var replaces = PendingReplaces()
    /// Namespaces whose first look is not believed yet.
    var unsettled: [WatchedNamespace] = []
    /// Requests to ipset whose outcome is to be looked at, in order.
    var pendingSets: [SentRequest] = []
    var isSettling = false
    /// Namespaces that were seen in use and are not looked at yet.
    var visits = Visits()
    /// Namespaces that ended, with the pass after which nothing more is heard of each.
    var dying: [(namespace: WatchedNamespace, pass: UInt64)] = []
    /// Namespaces whose end was heard and is not told yet.
    var ended: [WatchedNamespace] = []
    /// Namespaces in which something went unheard, by when it must be made good, and why.
    var resyncs: [(namespace: WatchedNamespace, until: UInt64, reason: String)] = []
    /// When the ring was last begun to be read to its end.
    var drainedAt: UInt64 = 0
    /// Until when a module that was loaded may still be at its init.
    var awaitedUntil: UInt64?
    /// Who holds the sockets that own tables, and such that were closed.
    var owners = TableOwners()
    var closings: [Closing] = []
    /// Senders by the id of their request, held so that nobody forgets them before it is told.
    var senders: [UInt64: Process] = [:]
    var health: Health
    var audit: Schedule
    var states: Schedule
    /// What outlives this process.
    let keeper: StateKeeper
    /// nil: nobody wants the figures.
    let metrics: MetricsFile?
    var metricsDue: Schedule
    var isMetricsFailureTold = false
    var outputWatch = OutputWatch()
    /// When lost lines may be told again.
    var writerNewsNotBefore: UInt64 = 0
    private(set) var isFinishing = false
    /// All that was lost, by kind.
    var lostCounts: [String: UInt64] = [:]
    /// The state is saved when all that was told is written: the writer rings then.
    var isAwaitingWriter = false
    /// When this collector's kernel half took over. What came before is told as having happened while it was down.
    let beganAt: UInt64
    var inheritance: Inheritance?
    /// What an earlier collector's kernel half kept is being told.
    var isInheriting = false
    let pinWatch: FolderWatch
    /// The folder of the state, where maintenance is switched on and off.
    let switchWatch: FolderWatch
    /// Maintenance that is on.
    var maintenance: MaintenanceSwitch?
    let configWatch: ConfigWatch
    let texts: RuleTexts
    /// nil: no bus is listened to.
    let bus: BusWatch?
    /// What was told of it last.
    var isBusTold = false
    /// What was heard on it and is not taken note of yet.
    var callsHeard: [BusEvent] = []
    var areFilesTouched = false
    /// The most effective rules that the host's namespace had; not saved yet, if it was raised.
    var highWater = HighWater(effectiveRules: 0, time: 0, baseline: "")
    var isHighWaterRaised = false
    /// Who touched files that are to be looked at, by pid.
    var fileWriters: [UInt32: Process] = [:]
    /// When a pin was last seen to be taken away, with who did it, and when pins were last put back.
    var lastUnpinning: UInt64 = 0
    var lastRepinning: UInt64 = 0
    var repinCount = 0
    var handsLaid: Set<Hand> = []
    /// Families whose hooks do not see.
    var blinded: Set<HookFamily> = []
    /// The last configuration that was offered was bad.
    var isRefused = false
    private var canaries: Schedule
    /// The process whose end ends the run.
    private var child: CInt?
    private var stopSignal: CInt?
    private var stopSender: Process?
    private var end: UInt64?
    /// When freed memory was given back last, and how far the ring was read then.
    private var trimmed: (at: UInt64, position: UInt64) = (0, 0)
    /// After so long, in nanoseconds, and so many bytes of records, it is worth the milliseconds it takes.
    private static let trimPause: UInt64 = 10_000_000_000
    private static let trimBytes: UInt64 = 1 << 20

    /// Signals that would end a program that does not expect them. Who sent one is told by the kernel half.
    private static let deafTo = [SIGQUIT, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGXCPU, SIGXFSZ, SIGTRAP]

    /// Loads the probes and reads what stands. Nothing has been told yet.
    package init(_ options: CollectorOptions) throws(CollectorError) {
        self.options = options
        lanes = [host, others]
        configuration = options.configuration
        // Before anything is opened: it would get the number of what is closed.
        guard StandardDescriptors.fill() || configuration.output.path != "-" else {
            throw .output("standard output is closed")
        }
        let privileges = Capabilities.missing()
        guard privileges.isEmpty else { throw .privileges(privileges) }
        let folder = options.configuration.state.directory
        let state = try CollectorError.wrap { () throws(StateDirectory.Failure) in try StateDirectory(folder) }
        let told = state.told
        let writer: LineWriter
        do throws(OutputFailure) {
            writer = try LineWriter(OutputPlan(configuration.output, state: state)) { told.note($0) }
        } catch { throw .noOutput("could not open \(OutputDestination(configuration.output.path)): \(error)") }
        output = EventOutput(
            encoder: .current(configuration.output, version: options.version, state: state), writer: writer,
            configuration.output, tuning: configuration.tuning)
        metrics = try CollectorError.wrap("start a thread") { () throws(Errno) in
            try options.configuration.output.metricsFile.map { (path) throws(Errno) in try MetricsFile(path) }
        }
        loop = try CollectorError.wrap("make an event loop") { () throws(Errno) in
            try EventLoop(signals: [SIGTERM, SIGINT, SIGHUP, SIGUSR1] + Self.deafTo)
        }
        keeper = StateKeeper(state)
        pinWatch = try CollectorError.wrap("watch folders") { () throws(Errno) in try FolderWatch(for: .departures) }
        switchWatch = try CollectorError.wrap("watch folders") { () throws(Errno) in try FolderWatch(for: .arrivals) }
        configWatch = try CollectorError.wrap("watch files") { () throws(Errno) in
            try ConfigWatch(
                options.configuration.configFiles, units: options.configuration.services.watch.flatMap(\.units),
                ownFile: options.source.file)
        }
        texts = RuleTexts(
            limit: options.configuration.text.maxRules, percent: options.configuration.text.budget, reader: reader,
            library: options.configuration.text.library?.string)
        let services = options.configuration.services
        bus =
            services.listen
            ? BusWatch(address: services.bus.isEmpty ? BusWatch.systemAddress : services.bus) { Clock.boottime } : nil
        let inbox = Inbox()
        self.inbox = inbox
        do {
            probes = try ProbeSet(ProbeSet.Options(configuration.probes, owner: keeper.owner)) { record in
                inbox.append(record)
            }
            try probes.watch(pid: probes.own.pid, .signals)
        } catch {
            throw .unavailable("\(error)")
        }
        if let tier = configuration.probes.forcedTier {
            for coverage in probes.coverage where coverage.tier == nil && !coverage.family.isOptional {
                throw .unavailable(
                    "tier \(tier.rawValue) cannot serve \(coverage.family.rawValue): "
                        + coverage.refusals.map(\.reason).joined(separator: "; "))
            }
        }
        do {
            namespaces = try Namespaces(configuration.netns)
            namespaceEvents = try NamespaceIDs.notifications()
            deviceEvents = try DeviceEvents.notifications()
        } catch {
            throw .system("\(error)")
        }
        let now = Clock.boottime
        do { try probes.start() } catch { throw .unavailable("\(error)") }
        beganAt = now
        health = Health(every: configuration.state.interval, from: now)
        audit = Schedule(every: configuration.state.auditInterval, from: now)
        states = Schedule(every: configuration.state.interval, from: now)
        let patience = options.manager?.patience.map { Duration.nanoseconds($0 / 3) }
        canaries = Schedule(every: min(.seconds(10), patience ?? .seconds(10)), from: now)
        metricsDue = Schedule(every: configuration.output.metricsInterval, from: now)
    }

    /// Watches until a signal, or until the time that was asked for is over. `ready` is called when every
    /// change from now on is reported.
    package func run(ready: () -> Void = {}) throws(CollectorError) {
        do throws(Errno) {
            try loop.add(probes.descriptor, edges: true)
            try loop.add(namespaceEvents.descriptor)
            try loop.add(deviceEvents.descriptor)
            try loop.add(pinWatch.descriptor)
            try loop.add(switchWatch.descriptor)
            for descriptor in configWatch.events.descriptors { try loop.add(descriptor) }
            try loop.add(urgent: configWatch.mounts.descriptor)
            try loop.add(output.writer.noticeDescriptor.rawValue)
            if let bus { try loop.add(bus.descriptor) }
            begin()
            beginGuard()
            beginMaintenance()
            publishMetrics()
            ready()
            tellReady()
            if let duration = options.duration { end = Clock.boottime + duration }
            while stopSignal == nil, end.map({ $0 > Clock.boottime }) ?? true {
                let wake = try loop.wait(until: deadline)
                for signal in wake.signals { handle(signal: signal) }
                areFilesTouched = configWatch.isTold(by: wake.readable)
                if let child, wake.readable.contains(child) { endSoon() }
                if wake.readable.contains(output.writer.noticeDescriptor.rawValue) { try handleOutput() }
                turn()
                if wake.readable.contains(pinWatch.descriptor) { handlePins() }
                if wake.readable.contains(switchWatch.descriptor) { handleMaintenance() }
            }
        } catch {
            // What is queued waits in the spill file for the next one.
            _ = output.writer.close(within: .zero)
            leaveMetrics()
            throw .output("the output is gone: \(error)")
        }
        try finish()
    }

    /// Has the run end when a child of this process has ended and what it did is told.
    package func stop(after pid: Int32) throws(CollectorError) {
        child = try CollectorError.wrap("watch a child") { () throws(Errno) in
            let descriptor = linux_pidfd_open(pid, 0)
            guard descriptor >= 0 else { throw Errno(rawValue: errno) }
            try loop.add(descriptor)
            return descriptor
        }
    }

    private func endSoon() {
        guard let child else { return }
        close(child)
        self.child = nil
        end = Clock.boottime + 700_000_000
    }

    /// One turn: everything that waits, in the order that keeps causes before effects.
    func turn() {
        joinLate()
        readBus()
        // What a request committed is in the socket when the request's end is in the ring; twice, for what comes
        // while the first is handled.
        for _ in 0..<2 {
            drainRing()
            readNotifications()
            settleSets()
            if !isWaiting { break }
        }
        readDeviceEvents()
        if areFilesTouched { readFileEvents() }
        let now = Clock.boottime
        for lane in lanes { expire(lane) }
        look(at: now)
        settleClosings(at: now)
        adoptSettled(at: now)
        resyncDue(at: now)
        settleFiles(at: now)
        catchUpTexts(at: now)
        if audit.isDue(at: now) {
            auditAll()
            auditFiles()
        }
        if states.isDue(at: now) { sendStates("interval") }
        if canaries.isDue(at: now) { sendCanaries() }
        endMaintenance(at: now)
        output.settle(at: now)
        saveMemory(at: now)
        reportHealth(at: now)
        if metrics != nil, metricsDue.isDue(at: now) { publishMetrics() }
        checkpoint(at: now)
        giveBackMemory(at: now)
    }

    /// What a storm needed is given back after it.
    private func giveBackMemory(at now: UInt64) {
        let position = probes.place.position
        guard now >= trimmed.at &+ Self.trimPause, position >= trimmed.position &+ Self.trimBytes, isAtRest,
            output.writer.figures.queueBytes == 0
        else { return }
        trimmed = (now, position)
        linux_release_freed_memory()
    }

    private var deadline: UInt64 {
        let dates = [
            isWaiting || !pendingSets.isEmpty || !inbox.isEmpty || isBehind ? 0 : nil, attributionDeadline,
            replaces.deadline, configWatch.deadline, texts.deadline, output.deadline, maintenanceDeadline,
            output.isMemoryChanged ? keeper.memoryNotBefore : nil,
            resyncs.isEmpty ? nil : Clock.boottime + Self.resyncPause,
            awaitedUntil.map { _ in Clock.boottime + Self.joinPause }, closingDeadline,
            unsettled.first.map { $0.heardSince + Self.settling }, end,
            isAtRest && namespaces.isChanged && !isAwaitingWriter ? keeper.notBefore : nil,
            canaries.next, audit.next, states.next, metrics.map { _ in metricsDue.next },
            Clock.boottime + Health.backstop,
        ]
        return dates.compactMap { $0 }.min() ?? 0
    }

    private func handle(signal: CInt) {
        switch signal {
        case SIGHUP: reload()
        case SIGUSR1:
            output.writer.reopen()
            sendStates("request")
        case SIGTERM, SIGINT: stopSignal = signal
        default: break
        }
    }

    private func handleOutput() throws(Errno) {
        if case .broken(let error) = output.writer.acknowledge() { throw error }
    }

    private func finish() throws(CollectorError) {
        isFinishing = true
        tellStopping()
        turn()
        output.finish(at: Clock.boottime)
        var details: [(String, CollectorReport.Value)] = [("pid", .number(Int(getpid())))]
        if let stopSignal { details.append(("signal", .number(Int(stopSignal)))) }
        output.send(
            .collector(
                CollectorReport(
                    .stopped, reason: stopSignal.map { "signal \($0)" } ?? "the time asked for is over",
                    details: details, author: stopSender)), at: Clock.boottime)
        if output.isMemoryChanged { keeper.save(output.memory(), isDurable: true) }
        let end = output.writer.close(within: .seconds(5))
        // What is still under way, or told and not written, stays in the ring, for the next one.
        if stopSignal == nil {
            pinWatch.watch([])
            keep(isLast: true)
            probes.unpin()
            keeper.noteUnpinning()
        } else if isAtRest, end != .lost {
            keep(isLast: true)
        }
        leaveMetrics()
        let status = output.writer.acknowledge()
        switch end {
        case .written: break
        case .kept: throw .output("\(status.sentence); what is not written waits in the spill file for the next run")
        case .lost: throw .output("\(status.sentence); lines are lost")
        }
    }

    /// Who sent the signal that ends the run.
    func noteStop(by sender: Process) { stopSender = sender }
}
