internal import JSON
internal import Lineage
internal import Services

extension JSONWriter {
    /// `wallwatch.service`.
    mutating func service(_ report: ServiceReport, _ fields: ProcessFields) {
        let event = report.event
        object("service") { line in
            line.field("name", event.kind.name)
            line.field("unit", bytes: event.process.controlGroup?.service.map { fields.limits.cut($0[...]) })
            line.netns(report.netns)
            line.object("process") { fields.writeBriefly(event.process, to: &$0) }
            line.field("exit_code", event.status.flatMap { $0 & 0x7f == 0 ? $0 >> 8 & 0xff : nil })
            // The signal that ended it, or after which it ended by itself.
            line.field("signal", event.status.flatMap { $0 & 0x7f == 0 ? nil : $0 & 0x7f } ?? event.signal?.number)
            line.field("killed", event.status.map { $0 & 0x7f != 0 })
            line.field("shutting_down", report.isShuttingDown ? true : nil)
        }
    }

    /// `wallwatch.initiator`.
    mutating func initiator(_ initiator: Askers.Initiator?, _ fields: ProcessFields) {
        guard let initiator else { return }
        object("initiator") { line in
            line.field("confidence", initiator.confidence.rawValue)
            guard let process = initiator.process else { return }
            fields.writeBriefly(process, to: &line)
        }
    }
}
