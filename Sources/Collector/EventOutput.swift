internal import Configuration
internal import Detection
internal import Events
internal import Host
internal import Identity
internal import Inventory
internal import Lineage
internal import Output
internal import Recording
internal import Records
internal import Services

/// Encodes events and queues their lines.
final class EventOutput {
    private var encoder: EventEncoder
    let writer: LineWriter
    private var emit: Set<EventClass>
    /// How long a line is at most, and what of that stands before it.
    private let prefixBytes: Int
    /// Lines by `event.action`, and alerts by rule, since the start.
    private(set) var lineCounts: [String: UInt64] = [:]
    private(set) var alertCounts: [String: UInt64] = [:]
    /// When something was told last, and when a change was, in nanoseconds since 1970.
    private(set) var lastEvent: UInt64 = 0
    private(set) var lastChange: UInt64 = 0
    let authors = Authors()
    private var judge: Judge

    init(encoder: EventEncoder, writer: LineWriter, _ settings: OutputSettings, tuning: Tuning) {
        self.encoder = encoder
        self.writer = writer
        emit = settings.emit
        prefixBytes = settings.linePrefix.utf8.count
        self.encoder.maxLineBytes = settings.maxLineBytes - prefixBytes
        judge = Judge(tuning, run: encoder.facts.ephemeralID)
        judge.isRecording = emit.contains(.record)
    }

    /// Takes over what a new configuration says.
    func configure(_ settings: OutputSettings, _ tuning: Tuning) {
        judge.configure(tuning)
        encoder.maxLineBytes = settings.maxLineBytes - prefixBytes
        encoder.detail = settings.detail
        emit = settings.emit
        judge.isRecording = emit.contains(.record)
    }

    /// Tells an event of `time` (nanoseconds of CLOCK_BOOTTIME), if its class is wanted.
    /// `receipt` is handed back when its line is written; 0: that is no matter.
    func send(_ event: Event, at time: UInt64, receipt: UInt64 = 0) {
        let isTold = isWanted(event)
        guard isTold || event.isOfFirewall else { return }
        // The two clocks are read one after the other: a difference below this is their own, and a process
        // must not seem to have started at another moment each time.
        let offset = Clock.realtimeOffset
        if abs(offset &- encoder.offset) > 1_000_000 { encoder.offset = offset }
        var portrait = authors.portrait(for: event, at: time, offset: encoder.offset)
        let initiator = authors.initiator(of: event, at: time)
        let deed = deed(event, at: time, &portrait, initiator)
        let judgement = deed.map(judge.judgement)
        var id = ""
        var lines: UInt64 = 0
        if isTold {
            id = encoder.encode(
                event, portrait, initiator: initiator, judgement: judgement, time: time, now: Clock.boottime
            ) { line in
                writer.enqueue(line, class: event.lineClass, receipt: receipt)
                lines += 1
            }
            count(event, lines)
        }
        if var deed {
            deed.id = id
            if let (process, thread) = event.author, judge.isRecording || judge.mayName(deed) {
                deed.actor?.telling = encoder.telling(of: process, thread: thread, portrait, initiator)
            }
            tell(judge.take(deed))
        }
        judge.forget(event)
        tellRecord()
        if case .changed(let report) = event, emit.contains(.firewallProcess) {
            let chains = [report.author, report.killer?.process].compactMap { $0?.chain }
            for process in chains.joined() where !process.isReported {
                process.isReported = true
                send(.process(process, .exec), at: process.task == nil ? time : process.id.start)
            }
        }
    }

    private func count(_ event: Event, _ lines: UInt64) {
        let now = Clock.realtime
        lastEvent = now
        if case .changed = event { lastChange = now }
        lineCounts[event.action, default: 0] += 1
        if lines > 1 { lineCounts[Event.detailAction, default: 0] += lines - 1 }
        if case .alert(let alert) = event, alert.state == .open { alertCounts[alert.rule.rawValue, default: 0] += 1 }
    }

    /// How many incidents are open, by rule.
    var openAlerts: [String: Int] { judge.openIncidents }

    /// What the detector is to know of an event, if anything. What is new about its author goes into the portrait too.
    private func deed(
        _ event: Event, at time: UInt64, _ portrait: inout Portrait?, _ initiator: Askers.Initiator?
    ) -> Deed? {
        let wall = (Int64(bitPattern: time) &+ encoder.offset) / 1_000_000_000
        guard var deed = judge.deed(event, at: time, wall: wall) else { return nil }
        deed.actor = event.author.map { Actor($0.0, portrait, encoder.names) }
        if let initiator {
            deed.actor?.serve(initiator, encoder.names) {
                authors.portrait(of: $0, at: time, offset: encoder.offset, wroteFirewall: false)
            }
        }
        deed.isShuttingDown = isShuttingDown(event, at: time)
        let news = judge.novelties(of: deed)
        deed.actor?.traits += news
        portrait?.traits += news
        return deed
    }

    /// Whether it was done because all ends where it was done.
    private func isShuttingDown(_ event: Event, at time: UInt64) -> Bool {
        if case .service(let report) = event { return report.isShuttingDown }
        return event.author.map { authors.shutdowns.isUnderWay(around: $0.0, at: time) } ?? false
    }

    private func tell(_ alerts: [Alert]) {
        tellRecord()
        for alert in alerts { send(.alert(alert), at: alert.time) }
    }

    /// Writes what the detector was told into the recording.
    private func tellRecord() {
        // What of a line is not the recording, and a quote in it takes two bytes.
        let length = max((encoder.maxLineBytes - encoder.format.headBytes) / 2, 64)
        for input in judge.takeTold() {
            let pieces = Recorded(input, offset: encoder.offset).pieces(of: length)
            for (index, piece) in pieces.enumerated() {
                send(.record(RecordPart(data: piece, part: index + 1, parts: pieces.count)), at: Clock.boottime)
            }
        }
    }

    /// When `settle` is to be called next, in nanoseconds of CLOCK_BOOTTIME.
    var deadline: UInt64? { judge.deadline }

    /// Tells what there is to say of changes that are over.
    func settle(at now: UInt64) { tell(judge.settle(at: now)) }

    /// The same of changes that are not.
    func finish(at now: UInt64) { tell(judge.finish(at: now)) }

    /// Takes note of what stands in a namespace before anything is told of it.
    func stands(_ netns: NetnsReport, _ state: FirewallState, most: Int?) {
        judge.stands(netns, state, most: most)
        tellRecord()
    }

    /// Maintenance was switched on or off.
    func pause(_ pause: Pause?) {
        judge.pause(pause)
        tellRecord()
    }

    /// What the detector remembers is to be saved.
    var isMemoryChanged: Bool { judge.isChanged }
    func memory() -> Memory { judge.memory(bootID: bootID) }
    func remember(_ memory: Memory) {
        judge.remember(memory)
        tellRecord()
    }

    /// Of this boot of the machine.
    var bootID: String { encoder.facts.bootID }

    var wantsProcesses: Bool { emit.contains(.process) }

    private func isWanted(_ event: Event) -> Bool {
        switch event {
        case .changed, .failed, .drift, .module, .file, .service: emit.contains(.firewall)
        case .state: emit.contains(.state)
        case .process(let process, _):
            emit.contains(.process) || process.isReported && emit.contains(.firewallProcess)
        case .collector(let report): report.action != .health || emit.contains(.health)
        case .alert: true
        case .record: emit.contains(.record)
        }
    }
}

extension Event {
    /// What its line is worth when not all can be kept.
    var lineClass: LineClass {
        switch self {
        case .process: .process
        case .changed, .failed, .state, .drift, .module, .file, .service, .record: .firewall
        case .collector, .alert: .alert
        }
    }

    /// Whether the detector is told of it, also where no line of it is wanted.
    fileprivate var isOfFirewall: Bool {
        switch self {
        case .changed, .drift, .module, .file, .service, .state: true
        default: false
        }
    }
}
