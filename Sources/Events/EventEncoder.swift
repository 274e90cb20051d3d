package import Detection
package import Identity
internal import Inventory
internal import JSON
package import Lineage
package import Services

/// Turns events into lines: one JSON object each, in the shape of its format, and none longer than it may be.
package struct EventEncoder {
    /// A finished line, and when what it tells happened.
    package typealias Sink = (_ line: [UInt8]) -> Void

    package var facts: Facts
    package var names: Names
    package let format: EventFormat
    /// The longest line, newline included.
    package var maxLineBytes: Int
    /// Whether operations that found no place follow in lines of their own.
    package var detail: Bool
    /// From CLOCK_BOOTTIME to UTC, in nanoseconds.
    package var offset: Int64 = 0
    private let nextSequence: () -> UInt64
    private let layout: any LineLayout
    private var line = JSONWriter()
    private let written: WrittenParts

    package init(
        facts: Facts, names: Names, format: EventFormat = .ecs, maxLineBytes: Int, detail: Bool,
        nextSequence: @escaping () -> UInt64
    ) {
        self.facts = facts
        self.names = names
        self.format = format
        self.maxLineBytes = maxLineBytes
        self.detail = detail
        self.nextSequence = nextSequence
        layout = format.layout
        written = WrittenParts(bootID: facts.bootID)
    }

    /// Writes an event of `time`, now, both in nanoseconds of CLOCK_BOOTTIME.
    /// `portrait`: who its author is, as far as that was put together. `initiator`: on whose behalf he did it.
    /// `judgement`: what the detector says of it at once.
    /// Returns its `event.id`.
    @discardableResult
    package mutating func encode(
        _ event: Event, _ portrait: Portrait? = nil, initiator: Askers.Initiator? = nil,
        judgement: Judgement? = nil, time: UInt64, now: UInt64, to sink: Sink
    ) -> String {
        written.begin(at: now)
        let head = head(Outline(event), time: time, now: now)
        let whole = LineContent(
            event: event, head: head, fields: fields(portrait, Limits.ladder[0], lowest: judgement?.lowest),
            initiator: initiator, coverage: judgement?.coverage)
        let layout = layout
        var told = 0
        var words = 0
        for (step, limits) in Limits.ladder.enumerated() {
            let content = whole.cut(to: limits)
            line.line { layout.write(content, to: &$0) }
            told = content.operations.count
            words = limits.rules
            if line.count <= maxLineBytes || step == Limits.ladder.count - 1 { break }
        }
        sink(line.bytes)
        if case .changed(let report) = event, detail {
            let rest = report.change.operations.untold(operations: told, rules: words)
            if !rest.isEmpty { encodeDetails(report, rest, of: head, to: sink) }
        }
        return head.id
    }

    /// What lines that name somebody tell of him, to be written into such as come later.
    package mutating func telling(
        of process: Process, thread: UInt32?, _ portrait: Portrait?, _ initiator: Askers.Initiator?
    ) -> Telling {
        func part(_ limits: Limits) -> Telling.Part {
            layout.telling(of: process, thread: thread, initiator, fields(portrait, limits), &line)
        }
        let brief = part(Limits.ladder[Limits.ladder.count - 1])
        // What else an alert tells has to fit too.
        let room = max(maxLineBytes - format.headBytes - 2100, maxLineBytes / 2)
        for limits in Limits.ladder.dropFirst() {
            let full = part(limits)
            if full.count <= room { return Telling(full: full, brief: brief) }
        }
        return Telling(full: brief, brief: brief)
    }

    private func fields(_ portrait: Portrait?, _ limits: Limits, lowest: Level? = nil) -> ProcessFields {
        ProcessFields(
            names: names, offset: offset, format: format, limits: limits, portrait: portrait, lowest: lowest,
            written: written)
    }

    private func head(_ outline: Outline, time: UInt64, now: UInt64) -> LineHead {
        let sequence = nextSequence()
        return LineHead(
            facts: facts, outline: outline, id: "\(facts.ephemeralID)-\(sequence)", sequence: sequence, time: time,
            now: now, offset: offset)
    }

    /// These operations, in as few lines as hold them.
    private mutating func encodeDetails(
        _ report: ChangeReport, _ operations: [Operation], of head: LineHead, to sink: Sink
    ) {
        // Of names as long as the kernel allows, written as escapes, not even one operation fits the shortest line.
        let limits = Limits(
            arguments: 0, ancestorCommand: 0, ancestors: 0, operations: operations.count,
            rules: Operation.rulesInDetail,
            text: max((maxLineBytes - format.headBytes) / 16, 8))
        var starts = [0]
        var size = 0
        // What a line has besides its operations; an operation's own size is measured by writing it.
        let room = max(maxLineBytes - format.headBytes, 256)
        for index in operations.indices {
            line.line { $0.operations(operations[index...index], limits) }
            if size > 0, size + line.count > room {
                starts.append(index)
                size = 0
            }
            size += line.count
        }
        let layout = layout
        for (part, start) in starts.enumerated() {
            let end = part + 1 < starts.count ? starts[part + 1] : operations.count
            var own = self.head(head.outline, time: head.time, now: head.now)
            own.outline.action = "firewall-change-detail"
            let detail = DetailContent(
                head: own, change: head.id, part: part + 1, parts: starts.count, netns: report.netns,
                operations: operations[start..<end], limits: limits)
            line.line { layout.write(detail, to: &$0) }
            sink(line.bytes)
        }
    }
}

extension Operation {
    /// How many rules in words an operation of a detail holds, and how many of one change are told at most.
    static let rulesInDetail = 8
    static let rulesInAll = 4096
}

extension [Operation] {
    /// What a line leaves out that tells the first operations, and of each the first rules: operations, and again those
    /// whose other rules are to be told, without their counts.
    fileprivate func untold(operations told: Int, rules: Int) -> [Operation] {
        var rest: [Operation] = []
        var room = Operation.rulesInAll
        for (index, operation) in enumerated() {
            var lines = operation.lines.value[...]
            if index < told {
                lines = lines.dropFirst(lines.count == 1 && rules > 0 ? 1 : rules)
            } else if lines.count <= 1 {
                rest.append(operation)
                continue
            }
            var isFirst = index >= told
            while isFirst || !lines.isEmpty && room > 0 {
                var piece = operation
                piece.lines.value = [RuleLine](lines.prefix(Operation.rulesInDetail))
                if !isFirst {
                    piece.count = nil
                    piece.policy = nil
                    piece.detail = nil
                    piece.handle = piece.lines.value.count == 1 ? piece.lines.value.first?.handle : nil
                }
                lines = lines.dropFirst(Operation.rulesInDetail)
                room -= piece.lines.value.count
                isFirst = false
                rest.append(piece)
            }
        }
        return rest
    }
}

extension Event {
    /// The process an event is about, and the thread that did it.
    package var author: (Process, UInt32?)? {
        switch self {
        case .changed(let report): report.author.map { ($0, report.thread) }
        case .failed(let report): (report.author, report.thread)
        case .process(let process, _): (process, nil)
        case .module(_, _, let author, let change): author.map { ($0, change?.thread) }
        case .file(let report): report.author.map { ($0, nil) }
        case .collector(let report): report.author.map { ($0, nil) }
        case .service(let report): (report.event.author, nil)
        case .state, .drift, .alert, .record: nil
        }
    }

    /// What was written of its author before.
    var telling: Telling? {
        if case .alert(let alert) = self { alert.actor?.telling } else { nil }
    }

    /// It is the end of a process that a line told all of.
    var isSequel: Bool {
        if case .process(let process, .end) = self { process.isReported } else { false }
    }

    /// Of a process that ended: 128 and the signal for one that was killed, as a shell has it.
    var exitCode: Int32? {
        guard case .process(_, .end(let status)) = self else { return nil }
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }

    var operations: [Operation] {
        switch self {
        case .changed(let report): report.change.operations
        case .failed(let report): report.operations
        case .drift(let report): report.change.operations
        case .module(_, _, _, let change): change?.change.operations ?? []
        default: []
        }
    }
}
