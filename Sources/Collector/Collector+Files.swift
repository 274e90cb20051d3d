internal import ConfigFiles
internal import Configuration
internal import Events
internal import Host
internal import Lineage
internal import SavedState

/// Who changed what the firewall will be after the next boot or reload.
extension Collector {
    /// Looks at the files for the first time. Returns what changed while no collector ran, to be told.
    func beginFiles() -> [ConfigChange] {
        let saved = keeper.savedFiles?.files
        let changes = configWatch.begin(from: saved, at: Clock.boottime)
        if saved == nil, configuration.configFiles.watch { keeper.save(SavedFiles(files: configWatch.files)) }
        return changes
    }

    func readFileEvents() {
        configWatch.takeEvents(at: Clock.boottime) { pid in
            // By the time it is told he may be forgotten.
            if let process = lineage.process(pid: pid) { fileWriters[pid] = process }
        }
    }

    func settleFiles(at now: UInt64) {
        guard let deadline = configWatch.deadline, deadline <= now else { return }
        tell(configWatch.settle(at: now))
        if configWatch.deadline == nil { fileWriters.removeAll() }
    }

    func auditFiles() { tell(configWatch.audit(at: Clock.boottime)) }

    func tell(_ changes: [ConfigChange]) {
        guard !changes.isEmpty else { return }
        for change in changes {
            let author = change.author.flatMap { fileWriters[$0] }
            let others = change.others.compactMap { fileWriters[$0] }
            output.send(
                .file(
                    ConfigFileReport(
                        change, author: author, others: others.filter { $0 !== author },
                        showsDifference: configuration.configFiles.diff)),
                at: change.time)
        }
        keeper.save(SavedFiles(files: configWatch.files))
    }
}
