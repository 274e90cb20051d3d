internal import Configuration
internal import Detection
internal import Events
internal import Glibc
internal import Host
internal import Identity
internal import Inventory
internal import Lineage
internal import Probes
internal import Protection
internal import Records
internal import SavedState
internal import SystemPackage

/// Maintenance that is switched on and off by hand, and what the detector remembers.
extension Collector {
    /// Takes up what an earlier collector knew, before anything is told.
    func beginMemory() -> Bool {
        guard let memory = keeper.savedMemory(bootID: output.bootID) else { return false }
        output.remember(memory)
        return true
    }

    func saveMemory(at now: UInt64) {
        if output.isMemoryChanged, now >= keeper.memoryNotBefore { keeper.save(output.memory(), isDurable: false) }
    }

    /// Watches the switch, and takes it as it stands.
    func beginMaintenance() {
        switchWatch.watch([configuration.state.directory.string])
        heedSwitch()
    }

    func handleMaintenance() {
        if switchWatch.takeNames().contains(MaintenanceSwitch.fileName) { heedSwitch() }
    }

    private func heedSwitch() {
        let now = Int64(Clock.realtime / 1_000_000_000)
        guard let wanted = keeper.maintenance, wanted.isOn(at: now) else {
            return maintenance == nil ? () : end("it was switched off")
        }
        guard wanted != maintenance else { return }
        drainRing()
        maintenance = wanted
        output.pause(wanted.pause)
        report(.maintenanceStarted, wanted.reason, author(wanted), seconds: wanted.until - now)
    }

    /// When it is over, in nanoseconds of CLOCK_BOOTTIME.
    var maintenanceDeadline: UInt64? {
        maintenance.map { UInt64(clamping: $0.until * 1_000_000_000 - Clock.realtimeOffset) }
    }

    func endMaintenance(at now: UInt64) {
        guard let deadline = maintenanceDeadline, deadline <= now else { return }
        end("its time is over")
    }

    private func end(_ reason: String) {
        maintenance = nil
        output.pause(nil)
        report(.maintenanceEnded, reason, nil, seconds: nil)
    }

    /// Who switched it on: the process that says so, if it is this program of root's.
    private func author(_ maintenance: MaintenanceSwitch) -> Process? {
        guard let process = lineage.process(pid: maintenance.pid), process.isGenuine,
            process.task?.executable.inode == lineage.process(pid: probes.own.pid)?.task?.executable.inode
                || process.programName.elementsEqual("wallwatch".utf8)
        else { return nil }
        return process
    }

    /// With what protects now: who compares both knows what became of it meanwhile.
    private func report(_ action: CollectorReport.Action, _ reason: String, _ author: Process?, seconds: Int64?) {
        let totals = namespaces.host.state.totals
        var details: [(String, CollectorReport.Value)] = [
            ("rules", .number(totals.rules)), ("effective_rules", .number(totals.figures.effective)),
            ("blocking_rules", .number(totals.figures.blocking)),
        ]
        if let seconds { details.append(("seconds", .number(Int(seconds)))) }
        send(CollectorReport(action, reason: reason, details: details, author: author))
    }
}
