internal import Inventory
internal import JSON

extension JSONWriter {
    /// The part of `wallwatch` that only this kind of event has. `latency` in microseconds.
    mutating func write(
        _ event: Event, operations: some Collection<Operation>, latency: UInt64, _ fields: ProcessFields
    ) {
        let limits = fields.limits
        switch event {
        case .changed(let report): changed(report, operations, latency, fields)
        case .failed(let report): failed(report, operations, limits)
        case .state(let report): state(report, limits)
        case .drift(let report): drift(report, operations, limits)
        case .module(let name, let isLoaded, _, let change):
            if let change { changed(change, operations, latency, fields) }
            object("module") {
                $0.field("name", bytes: name)
                $0.field("loaded", isLoaded)
            }
        case .file(let report):
            if let live = report.live { sysctl(live, limits) } else { configFile(report, fields) }
        case .service(let report): service(report, fields)
        case .collector(let report):
            object("collector") { line in
                for (key, value) in report.details where !limits.isBare { line.value(key, value, limits) }
            }
        case .alert(let alert): self.alert(alert, fields)
        case .record(let part):
            object("record") {
                $0.field("part", part.part)
                $0.field("parts", part.parts)
                $0.field("data", part.data)
            }
        case .process: break
        }
    }

    private mutating func changed(
        _ report: ChangeReport, _ operations: some Collection<Operation>, _ latency: UInt64, _ fields: ProcessFields
    ) {
        let limits = fields.limits
        object("change") { line in
            line.field("backend", report.backend.rawValue)
            line.netns(report.netns)
            line.field("generation", report.generation)
            line.field("family", report.family)
            line.field("source", report.source.rawValue)
            line.field("while_down", report.isWhileDown ? true : nil)
            line.field("attributed", report.author != nil && report.source != .notification)
            line.object("claimed") {
                $0.field("pid", report.claimed?.pid)
                $0.field("comm", report.claimed?.name)
            }
            line.object("request") {
                $0.field("bytes", report.request?.bytes)
                $0.field("truncated", report.request?.isTruncated == true ? true : nil)
            }
            line.operations(operations, limits)
            line.field("operations_count", report.change.operations.count)
            line.figures(report.change, lowest: fields.lowest)
            line.policies(
                Array(report.change.operations.lazy.filter { $0.kind == .policy }.prefix(min(8, limits.operations))),
                limits)
            if let killer = report.killer {
                line.object("killed_by") {
                    $0.field("signal", killer.signal)
                    _ = fields.write(killer.process, thread: nil, exitCode: nil, to: &$0)
                }
            }
            line.field("latency_us", latency)
        }
    }

    private mutating func failed(_ report: FailureReport, _ operations: some Collection<Operation>, _ limits: Limits) {
        object("change") { line in
            line.field("backend", report.backend.rawValue)
            line.netns(report.netns)
            line.field("attributed", true)
            line.field("errno", report.errno == 0 ? nil : -report.errno)
            line.operations(operations, limits)
            line.figures(Change(operations: [], from: report.standing, to: report.standing))
            line.field("suppressed", report.suppressed == 0 ? nil : report.suppressed)
        }
    }

    private mutating func drift(_ report: DriftReport, _ operations: some Collection<Operation>, _ limits: Limits) {
        object("change") { line in
            line.field("backend", report.backend.rawValue)
            line.netns(report.netns)
            line.field("source", Source.dump.rawValue)
            line.field("attributed", false)
            line.operations(operations, limits)
            line.figures(report.change)
        }
    }

    private mutating func value(_ key: String, _ value: CollectorReport.Value, _ limits: Limits) {
        switch value {
        case .text(let text): field(named: key, limits.cut(text))
        case .number(let number): field(named: key, number)
        case .flag(let flag): field(named: key, flag)
        case .list(let list): field(named: key, list: list)
        case .group(let members):
            object(named: key) { line in
                for (key, member) in members { line.value(key, member, limits) }
            }
        }
    }
}
