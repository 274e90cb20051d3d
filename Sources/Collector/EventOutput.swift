internal import Configuration
internal import Events
internal import Host
internal import Lineage
internal import Output
internal import Records

/// Encodes events and queues their lines.
final class EventOutput {
    private var encoder: EventEncoder
    let writer: LineWriter
    private var emit: Set<EventClass>
    let authors = Authors()

    init(encoder: EventEncoder, writer: LineWriter, emit: Set<EventClass>) {
        self.encoder = encoder
        self.writer = writer
        self.emit = emit
    }

    /// Takes over what a new configuration says.
    func configure(_ settings: OutputSettings) {
        encoder.maxLineBytes = settings.maxLineBytes
        encoder.detail = settings.detail
        emit = settings.emit
    }

    /// Tells an event of `time` (nanoseconds of CLOCK_BOOTTIME), if its class is wanted.
    /// `receipt` is handed back when its line is written; 0: that is no matter.
    func send(_ event: Event, at time: UInt64, receipt: UInt64 = 0) {
        guard isWanted(event) else { return }
        // The two clocks are read one after the other: a difference below this is their own, and a process
        // must not seem to have started at another moment each time.
        let offset = Clock.realtimeOffset
        if abs(offset &- encoder.offset) > 1_000_000 { encoder.offset = offset }
        let portrait = authors.portrait(for: event, at: time, offset: encoder.offset)
        let initiator = authors.initiator(of: event, at: time)
        encoder.encode(event, portrait, initiator: initiator, time: time, now: Clock.boottime) { line in
            writer.enqueue(line, class: event.lineClass, receipt: receipt)
        }
        if case .changed(let report) = event, emit.contains(.firewallProcess) {
            let chains = [report.author, report.killer?.process].compactMap { $0?.chain }
            for process in chains.joined() where !process.isReported {
                process.isReported = true
                send(.process(process, .exec), at: process.task == nil ? time : process.id.start)
            }
        }
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
        }
    }
}

extension Event {
    /// What its line is worth when not all can be kept.
    var lineClass: LineClass {
        switch self {
        case .process: .process
        case .changed, .failed, .state, .drift, .module, .file, .service: .firewall
        case .collector: .alert
        }
    }
}
