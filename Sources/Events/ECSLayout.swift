internal import Detection
internal import JSON
internal import Lineage
internal import Services

/// Lines by the names of the Elastic Common Schema; what it has no name for is under `wallwatch`.
struct ECSLayout: LineLayout {
    func write(_ content: LineContent, to line: inout JSONWriter) {
        let fields = content.fields
        let event = content.event
        writeHead(content.head, fields.limits, to: &line)
        var cut: [String] = []
        if let (process, thread) = event.author {
            cut +=
                event.isSequel
                ? fields.writeEnd(of: process, exitCode: event.exitCode, to: &line)
                : fields.write(process, thread: thread, exitCode: event.exitCode, to: &line)
            fields.writeContainer(of: process, to: &line)
        }
        if case .file(let report) = event { line.file(report.change, fields.names, fields.limits) }
        if let telling = content.telling {
            line.members(written: telling.members, escaped: telling.isEscaped)
            cut += telling.cut
        }
        if case .alert(let alert) = event { line.ruleAndThreat(of: alert) }
        line.object("wallwatch") { $0.own(content, cut: cut) }
    }

    func write(_ detail: DetailContent, to line: inout JSONWriter) {
        writeHead(detail.head, detail.limits, to: &line)
        line.object("wallwatch") { $0.detail(detail) }
    }

    func telling(
        of process: Process, thread: UInt32?, _ initiator: Askers.Initiator?, _ fields: ProcessFields,
        _ line: inout JSONWriter
    ) -> Telling.Part {
        var cut: [String] = []
        line.line {
            cut += fields.write(process, thread: thread, exitCode: nil, to: &$0)
            fields.writeContainer(of: process, to: &$0)
        }
        let members = line.membersWritten
        let isEscaped = line.escaped
        line.line {
            cut += fields.writeBeside(process, to: &$0)
            $0.initiator(initiator, fields)
        }
        return Telling.Part(
            members: members, beside: line.membersWritten, cut: cut, isEscaped: isEscaped || line.escaped)
    }

    private func writeHead(_ head: LineHead, _ limits: Limits, to line: inout JSONWriter) {
        line.field("@timestamp", Timestamp(boottime: head.time, offset: head.offset))
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
            line.field("id", head.id)
            line.field("sequence", head.sequence)
            line.field("created", Timestamp(boottime: head.now, offset: head.offset))
            line.field("module", "wallwatch")
            line.field("dataset", "wallwatch.events")
            line.field("provider", "wallwatch")
        }
        let facts = head.facts
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
}
