internal import Events
internal import Lineage
internal import Probes
internal import Records
internal import Services

/// Firewall services that begin and end, and who asks for it.
extension Collector {
    /// Takes those that run already.
    func beginServices() {
        for process in lineage.all.sorted(by: { $0.id.start < $1.id.start }) {
            output.authors.askers.exec(process, at: process.id.start)
            _ = output.authors.services.exec(process, at: process.id.start, isNew: false)
        }
        for service in output.authors.services.running { watch(service.main.id, [.end, .killers]) }
    }

    func noteServices(started process: Process, at time: UInt64) {
        output.authors.askers.exec(process, at: time)
        guard let event = output.authors.services.exec(process, at: time) else { return }
        output.authors.askers.note(event)
        if event.kind.isDaemon { watch(process.id, []) }
        tell(event)
    }

    func noteServices(ended id: ProcessID, status: Int32, at time: UInt64) {
        output.authors.askers.exit(id, at: time)
        let outcome = output.authors.services.exit(id, status: status, at: time)
        if let heir = outcome.succeeded { watch(heir.id, []) }
        guard let event = outcome.event else { return }
        watch(id, [])
        tell(event)
    }

    private func tell(_ event: ServiceEvent) {
        guard let inode = event.process.task?.netns, let namespace = namespaces[inode] else { return }
        output.send(
            .service(
                ServiceReport(
                    event: event, netns: NetnsReport(namespace),
                    initiator: output.authors.askers.initiator(of: event))),
            at: event.time)
    }

    /// Has more than lineage told of a process. Of a service it is no less, whatever else it is watched for.
    func watch(_ process: ProcessID, _ what: ProbeSet.Watch) {
        let isService = output.authors.services.running.contains { $0.main.id == process }
        try? probes.watch(pid: process.pid, isService ? [.end, .killers] : what)
    }
}
