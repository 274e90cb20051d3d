internal import ConfigFiles
package import Detection
package import Identity
internal import Inventory
internal import JSON
package import Lineage
package import Services

/// Turns events into lines: one JSON object each, by the names of ECS 9.4 and of `docs/events.md`.
package struct EventEncoder {
    /// A finished line, and when what it tells happened.
    package typealias Sink = (_ line: [UInt8]) -> Void

    package var facts: Facts
    package var names: Names
    /// The longest line, newline included.
    package var maxLineBytes: Int
    /// Whether operations that found no place follow in lines of their own.
    package var detail: Bool
    /// From CLOCK_BOOTTIME to UTC, in nanoseconds.
    package var offset: Int64 = 0
    private let nextSequence: () -> UInt64
    private var line = JSONWriter()

    package init(
        facts: Facts, names: Names, maxLineBytes: Int, detail: Bool, nextSequence: @escaping () -> UInt64
    ) {
        self.facts = facts
        self.names = names
        self.maxLineBytes = maxLineBytes
        self.detail = detail
        self.nextSequence = nextSequence
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
        let head = Head(outline: Outline(event), sequence: nextSequence(), time: time, now: now)
        var told = 0
        var words = 0
        for (step, limits) in Limits.ladder.enumerated() {
            told = write(event, portrait, initiator, judgement, head, limits)
            words = limits.rules
            if line.count <= maxLineBytes || step == Limits.ladder.count - 1 { break }
        }
        sink(line.bytes)
        if case .changed(let report) = event, detail {
            let rest = report.change.operations.untold(operations: told, rules: words)
            if !rest.isEmpty { encodeDetails(report, rest, of: head, to: sink) }
        }
        return id(head.sequence)
    }

    /// What lines that name somebody tell of him, to be written into such as come later.
    package mutating func telling(
        of process: Process, thread: UInt32?, _ portrait: Portrait?, _ initiator: Askers.Initiator?
    ) -> Telling {
        let brief = part(of: process, thread, portrait, initiator, Limits.ladder[Limits.ladder.count - 1])
        // What else an alert tells has to fit too.
        let room = max(maxLineBytes - 3000, maxLineBytes / 2)
        for limits in Limits.ladder.dropFirst() {
            let full = part(of: process, thread, portrait, initiator, limits)
            if full.members.utf8.count + full.beside.utf8.count <= room { return Telling(full: full, brief: brief) }
        }
        return Telling(full: brief, brief: brief)
    }

    private mutating func part(
        of process: Process, _ thread: UInt32?, _ portrait: Portrait?, _ initiator: Askers.Initiator?, _ limits: Limits
    ) -> Telling.Part {
        let fields = ProcessFields(
            names: names, bootID: facts.bootID, offset: offset, limits: limits, portrait: portrait)
        var line = takeLine()
        defer { self.line = line }
        var cut: [String] = []
        line.line {
            cut += fields.write(process, thread: thread, status: nil, to: &$0)
            fields.writeContainer(of: process, to: &$0)
        }
        let members = line.membersWritten
        var isEscaped = line.escaped
        line.line {
            cut += fields.writeBeside(process, to: &$0)
            $0.initiator(initiator, fields)
        }
        isEscaped = isEscaped || line.escaped
        return Telling.Part(members: members, beside: line.membersWritten, cut: cut, isEscaped: isEscaped)
    }

    /// What the head of a line needs.
    private struct Head {
        var outline: Outline
        var sequence: UInt64
        var time: UInt64
        var now: UInt64
    }

    /// The buffer, to write a line with what else the encoder has, and to be put back.
    private mutating func takeLine() -> JSONWriter {
        var line = JSONWriter(capacity: 0)
        swap(&line, &self.line)
        return line
    }

    private func id(_ sequence: UInt64) -> String { "\(facts.ephemeralID)-\(sequence)" }

    /// Returns how many operations of a change were told.
    private mutating func write(
        _ event: Event, _ portrait: Portrait?, _ initiator: Askers.Initiator?, _ judgement: Judgement?, _ head: Head,
        _ limits: Limits
    ) -> Int {
        let fields = ProcessFields(
            names: names, bootID: facts.bootID, offset: offset, limits: limits, portrait: portrait,
            lowest: judgement?.lowest)
        let operations = event.operations.prefix(limits.operations)
        var line = takeLine()
        defer { self.line = line }
        line.line { line in
            writeHead(head, limits, to: &line)
            var cut: [String] = []
            if let (process, thread) = event.author {
                cut += fields.write(process, thread: thread, status: event.exitStatus, to: &line)
            }
            if let (process, _) = event.author { fields.writeContainer(of: process, to: &line) }
            if case .file(let report) = event { line.file(report.change, names, limits) }
            let telling = event.telling.map { limits.isShort ? $0.brief : $0.full }
            if let telling {
                line.members(written: telling.members, escaped: telling.isEscaped)
                cut += telling.cut
            }
            if case .alert(let alert) = event { line.ruleAndThreat(of: alert) }
            line.object("wallwatch") { line in
                if let (process, _) = event.author { cut += fields.writeBeside(process, to: &line) }
                line.initiator(initiator, fields)
                line.coverage(judgement?.coverage, limits)
                if let telling { line.members(written: telling.beside) }
                line.write(event, operations: operations, latency: (head.now &- head.time) / 1000, fields)
                if case .file(let report) = event, limits.cuts(report.difference) {
                    cut.append("wallwatch.config_file.diff")
                }
                if operations.count < event.operations.count { cut.append("wallwatch.change.operations") }
                line.field("truncated", list: cut)
                line.field("escaped", line.escaped ? true : nil)
            }
        }
        return operations.count
    }

    private func writeHead(_ head: Head, _ limits: Limits, to line: inout JSONWriter) {
        line.field("@timestamp", Timestamp(boottime: head.time, offset: offset))
        line.object("ecs") { $0.field("version", "9.4.0") }
        line.object("event") { line in
            line.field("kind", head.outline.kind)
            line.field("severity", head.outline.severity?.number)
            line.field("risk_score", head.outline.score)
            line.field("category", list: head.outline.category)
            line.field("type", list: head.outline.type)
            line.field("action", head.outline.action)
            line.field("outcome", head.outline.outcome)
            line.field("reason", head.outline.reason.map(limits.cut))
            line.field("id", id(head.sequence))
            line.field("sequence", head.sequence)
            line.field("created", Timestamp(boottime: head.now, offset: offset))
            line.field("module", "wallwatch")
            line.field("dataset", "wallwatch.events")
            line.field("provider", "wallwatch")
        }
        line.object("host") { line in
            line.field("id", facts.hostID)
            line.field("hostname", facts.hostname)
            line.object("boot") { $0.field("id", facts.bootID) }
            line.object("os") {
                $0.field("type", "linux")
                $0.field("kernel", facts.kernel)
            }
        }
        line.object("agent") {
            $0.field("type", "wallwatch")
            $0.field("version", facts.version)
            $0.field("id", facts.agentID)
            $0.field("ephemeral_id", facts.ephemeralID)
        }
    }

    /// These operations, in as few lines as hold them.
    private mutating func encodeDetails(
        _ report: ChangeReport, _ operations: [Operation], of head: Head, to sink: Sink
    ) {
        // Of names as long as the kernel allows, written as escapes, not even one operation fits the shortest line.
        let limits = Limits(
            arguments: 0, ancestorCommand: 0, ancestors: 0, operations: operations.count,
            rules: Operation.rulesInDetail,
            text: max((maxLineBytes - 900) / 16, 8))
        var starts = [0]
        var size = 0
        // What a line has besides its operations; an operation's own size is measured by writing it.
        let room = max(maxLineBytes - 900, 256)
        for index in operations.indices {
            line.line { $0.operations(operations[index...index], limits) }
            if size > 0, size + line.count > room {
                starts.append(index)
                size = 0
            }
            size += line.count
        }
        for (part, start) in starts.enumerated() {
            let end = part + 1 < starts.count ? starts[part + 1] : operations.count
            var own = head
            own.sequence = nextSequence()
            own.outline.action = "firewall-change-detail"
            var line = takeLine()
            line.line { line in
                writeHead(own, limits, to: &line)
                line.object("wallwatch") { line in
                    line.object("change") { line in
                        line.field("id", id(head.sequence))
                        line.field("part", part + 1)
                        line.field("parts", starts.count)
                        line.netns(report.netns)
                        line.operations(operations[start..<end], limits)
                    }
                }
            }
            sink(line.bytes)
            self.line = line
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

    /// As wait(2) has it, of a process that ended.
    var exitStatus: Int32? {
        if case .process(_, .end(let status)) = self { status } else { nil }
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
