internal import Detection
internal import Inventory
internal import JSON
internal import Lineage
internal import Services

/// By whose names a line is written.
package enum EventFormat: String, CaseIterable, Sendable {
    /// Elastic Common Schema 9.4: `docs/events.md`.
    case ecs
    /// Open Cybersecurity Schema Framework 1.8: `docs/ocsf.md`.
    case ocsf

    /// The JSON Schema (2020-12) of its lines: every member that can occur, and no other.
    package var schema: String {
        switch self {
        case .ecs: EventSchema.text
        case .ocsf: OCSFSchema.text
        }
    }

    /// What a line has, at most, besides what it tells: who tells it, where, and when.
    package var headBytes: Int {
        switch self {
        case .ecs: 900
        case .ocsf: 1250
        }
    }

    var layout: any LineLayout {
        switch self {
        case .ecs: ECSLayout()
        case .ocsf: OCSFLayout()
        }
    }
}

/// What stands where in a line, and by what names. How much of it there is, the encoder decides.
protocol LineLayout: Sendable {
    /// The members of the line of an event.
    func write(_ content: LineContent, to line: inout JSONWriter)

    /// The members of a line with operations that found no place in that of their change.
    func write(_ detail: DetailContent, to line: inout JSONWriter)

    /// What lines of this layout tell of somebody; `line` is a buffer to write it in.
    func telling(
        of process: Process, thread: UInt32?, _ initiator: Askers.Initiator?, _ fields: ProcessFields,
        _ line: inout JSONWriter
    ) -> Telling.Part
}

/// What a line begins with, whatever it tells.
struct LineHead {
    let facts: Facts
    var outline: Outline
    let id: String
    let sequence: UInt64
    /// When it happened and when it is told, in nanoseconds of CLOCK_BOOTTIME.
    let time: UInt64
    let now: UInt64
    /// From CLOCK_BOOTTIME to UTC, in nanoseconds.
    let offset: Int64
}

/// What the line of an event tells.
struct LineContent {
    let event: Event
    let head: LineHead
    var fields: ProcessFields
    let initiator: Askers.Initiator?
    let coverage: Coverage?

    var limits: Limits { fields.limits }
    /// Those there is room for.
    var operations: ArraySlice<Operation> { event.operations.prefix(limits.operations) }
    /// What was written of its author before.
    var telling: Telling.Part? { event.telling.map { limits.isShort ? $0.brief : $0.full } }

    func cut(to limits: Limits) -> LineContent {
        var content = self
        content.fields.limits = limits
        return content
    }
}

/// What a line with more operations of a change tells.
struct DetailContent {
    let head: LineHead
    /// The id of the change.
    let change: String
    let part: Int
    let parts: Int
    let netns: NetnsReport
    let operations: ArraySlice<Operation>
    let limits: Limits
}

extension Telling.Part {
    /// Bytes.
    var count: Int { members.utf8.count + (unnamed?.utf8.count ?? 0) + beside.utf8.count }
}

extension JSONWriter {
    /// The members of `wallwatch`, the same in every format but for those that the format has names for.
    /// `cut`: what had to be cut so far. Returns whether anything had to be.
    @discardableResult
    mutating func own(_ content: LineContent, cut: [String]) -> Bool {
        let fields = content.fields
        let operations = content.operations
        var cut = cut
        if let (process, _) = content.event.author {
            if fields.format == .ecs, content.event.isSequel {
                fields.writeBesideEnd(of: process, to: &self)
            } else {
                cut += fields.writeBeside(process, to: &self)
            }
        }
        initiator(content.initiator, fields)
        coverage(content.coverage, fields.limits)
        if let telling = content.telling { members(written: telling.beside) }
        let latency = (content.head.now &- content.head.time) / 1000
        write(content.event, operations: operations, latency: latency, fields)
        if case .file(let report) = content.event, fields.limits.cuts(report.difference) {
            cut.append("wallwatch.config_file.diff")
        }
        if operations.count < content.event.operations.count { cut.append("wallwatch.change.operations") }
        field("truncated", list: cut)
        field("escaped", escaped ? true : nil)
        return !cut.isEmpty
    }

    /// `wallwatch.change` of a detail.
    mutating func detail(_ detail: DetailContent) {
        object("change") { line in
            line.field("id", detail.change)
            line.field("part", detail.part)
            line.field("parts", detail.parts)
            line.netns(detail.netns)
            line.operations(detail.operations, detail.limits)
        }
    }
}
