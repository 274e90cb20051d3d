internal import ConfigFiles
internal import Detection
internal import Inventory
internal import JSON
internal import Lineage
internal import Services

/// Lines by the names of the Open Cybersecurity Schema Framework. What it has no name for is under `unmapped`, by the
/// names that the Elastic Common Schema and `wallwatch` have for it.
struct OCSFLayout: LineLayout {
    static let version = "1.8.0"
    /// Those whose attributes occur.
    static let profiles = ["host", "datetime", "container", "linux/linux_users"]
    /// Besides them, of findings.
    static let control = "security_control"

    func write(_ content: LineContent, to line: inout JSONWriter) {
        let fields = content.fields
        let event = content.event
        let outline = OCSFOutline(event)
        var cut: [String] = []
        writeHead(content.head, outline, fields.limits, to: &line)
        var shown: ShownArguments?
        if let (process, thread) = event.author {
            let arguments = ShownArguments(of: process, fields.limits)
            shown = arguments
            cut = writePeople(event, process, thread, arguments, fields, to: &line)
        } else if outline.kind.needsActor {
            // Nobody was seen, and the class may not be without.
            line.object("actor") { $0.field("app_name", "unknown") }
        }
        writeOwn(content, outline, to: &line)
        if let telling = content.telling { cut += telling.cut }
        let isCut = line.unmapped(content, shown, cut: cut)
        writeMetadata(content.head, outline, change: nil, isCut: isCut, to: &line)
    }

    func write(_ detail: DetailContent, to line: inout JSONWriter) {
        let outline = OCSFOutline(.configStateChange, 1)
        writeHead(detail.head, outline, detail.limits, to: &line)
        line.object("unmapped") { line in line.object("wallwatch") { $0.detail(detail) } }
        writeMetadata(detail.head, outline, change: detail.change, isCut: false, to: &line)
    }

    func telling(
        of process: Process, thread: UInt32?, _ initiator: Askers.Initiator?, _ fields: ProcessFields,
        _ line: inout JSONWriter
    ) -> Telling.Part {
        let shown = ShownArguments(of: process, fields.limits)
        var cut: [String] = []
        line.line { cut += fields.writeNamed(process, thread: thread, shown, to: &$0) }
        let members = line.membersWritten
        var isEscaped = line.escaped
        line.line { fields.writeUnnamed(process, shown, to: &$0) }
        let unnamed = line.membersWritten
        isEscaped = isEscaped || line.escaped
        line.line {
            cut += fields.writeBeside(process, to: &$0)
            $0.initiator(initiator, fields)
        }
        return Telling.Part(
            members: members, unnamed: unnamed, beside: line.membersWritten, cut: cut,
            isEscaped: isEscaped || line.escaped)
    }

    private func writeHead(_ head: LineHead, _ outline: OCSFOutline, _ limits: Limits, to line: inout JSONWriter) {
        line.milliseconds("time", boottime: head.time, offset: head.offset)
        line.field("time_dt", Timestamp(boottime: head.time, offset: head.offset))
        line.field("class_uid", outline.kind.rawValue)
        line.field("category_uid", outline.kind.category)
        line.field("activity_id", outline.activity)
        if outline.activity == OCSFOutline.other { line.field("activity_name", head.outline.action) }
        line.field("type_uid", outline.kind.rawValue * 100 + outline.activity)
        line.field("severity_id", head.outline.severity?.ocsf ?? 1)
        line.field("message", head.outline.reason.map(limits.cut))
        if outline.kind != .detectionFinding {
            line.field("status_id", head.outline.outcome == "success" ? 1 : head.outline.outcome == "failure" ? 2 : 0)
        }
        let facts = head.facts
        line.object("device") { line in
            // What kind of machine it is, nobody told.
            line.field("type_id", 0)
            line.field("uid", facts.hostID)
            line.field("hostname", facts.hostname)
            line.field("boot_uid", facts.bootID)
            line.object("os") {
                $0.field("name", "Linux")
                $0.field("type_id", 200)
                $0.field("kernel_release", facts.kernel)
            }
            line.array("agent_list") { line in
                line.element {
                    $0.field("name", "wallwatch")
                    $0.field("type_id", OCSFOutline.other)
                    $0.field("type", "Firewall Monitoring")
                    $0.field("uid", facts.agentID)
                    $0.field("uid_alt", facts.ephemeralID)
                    $0.field("version", facts.version)
                }
            }
        }
    }

    /// Who did it, and of an event about a process which. Returns what had to be cut.
    private func writePeople(
        _ event: Event, _ process: Process, _ thread: UInt32?, _ shown: ShownArguments, _ fields: ProcessFields,
        to line: inout JSONWriter
    ) -> [String] {
        guard case .process(_, let moment) = event else {
            var cut: [String] = []
            line.object("actor") { cut = fields.writeNamed(process, thread: thread, shown, to: &$0) }
            return cut
        }
        // Who started a program is who forked it; who made it end is not known, so it is itself.
        var actor = process
        if case .exec = moment, let parent = process.parent { actor = parent }
        line.object("actor") { line in line.object("process") { fields.entity(actor, to: &$0) } }
        if case .exec = moment { line.field("launch_type_id", 3) }
        line.field("exit_code", event.exitCode)
        return fields.writeNamed(process, thread: thread, shown, to: &line)
    }

    /// What the class of the event has besides.
    private func writeOwn(_ content: LineContent, _ outline: OCSFOutline, to line: inout JSONWriter) {
        switch content.event {
        case .changed(let report): if report.netns.isHost { line.securityStates(report.change.effective) }
        case .drift(let report): if report.netns.isHost { line.securityStates(report.change.effective) }
        case .failed(let report): line.field("status_code", report.errno == 0 ? nil : String(-report.errno))
        case .module(let name, _, _, _):
            line.object("driver") { line in
                line.object("file") {
                    $0.field("name", bytes: name)
                    $0.field("type_id", 0)
                }
            }
        case .file(let report) where report.live == nil: line.files(report.change, content.fields)
        case .service(let report): line.object("app") { $0.field("name", report.event.kind.name) }
        case .collector:
            guard outline.kind == .applicationLifecycle else { break }
            line.object("app") {
                $0.field("name", "wallwatch")
                $0.field("version", content.head.facts.version)
            }
        case .alert(let alert): line.finding(alert, content)
        case .state, .process, .file, .record: break
        }
    }

    private func writeMetadata(
        _ head: LineHead, _ outline: OCSFOutline, change: String?, isCut: Bool, to line: inout JSONWriter
    ) {
        line.object("metadata") { line in
            line.field("version", Self.version)
            line.object("product") {
                $0.field("name", "wallwatch")
                $0.field("vendor_name", "wallwatch")
                $0.field("version", head.facts.version)
            }
            line.field("event_code", head.outline.action)
            line.field("uid", head.id)
            line.field("correlation_uid", change)
            line.field("sequence", head.sequence)
            line.milliseconds("logged_time", boottime: head.now, offset: head.offset)
            line.field("log_name", "wallwatch.events")
            line.field(
                "profiles",
                list: outline.kind == .detectionFinding ? Self.profiles + [Self.control] : Self.profiles)
            line.field("is_truncated", isCut ? true : nil)
        }
    }
}
