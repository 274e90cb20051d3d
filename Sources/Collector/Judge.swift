internal import ConfigFiles
internal import Configuration
internal import Detection
internal import Events
internal import Identity
internal import Inventory
internal import Lineage
internal import Protection
internal import Records
internal import Services

/// Tells the detector what the lines tell, and hands back what it makes of that.
struct Judge {
    private var detector: Detector
    /// Where what is nobody's namespace happens: files, the collector itself.
    private var host = Netns(id: 0, isHost: true)
    /// All that the detector was told since this was taken last, where somebody keeps a recording.
    private(set) var told: [Input] = []
    var isRecording = false
    /// Whether there is something to remember that was not saved.
    private(set) var isChanged = false

    init(_ tuning: Tuning, run: String) { detector = Detector(tuning, run: run) }

    mutating func configure(_ tuning: Tuning) { detector.tuning = tuning }

    var deadline: UInt64? { detector.deadline }

    /// How many incidents are open, by the rule that weighs most.
    var openIncidents: [String: Int] { detector.openIncidents }

    mutating func settle(at now: UInt64) -> [Alert] {
        guard let due = detector.deadline, due <= now else { return [] }
        return tell(.settle(now))
    }

    mutating func finish(at now: UInt64) -> [Alert] { tell(.finish(now)) }

    /// What stands in a namespace, before anything is told of it.
    mutating func stands(_ netns: NetnsReport, _ state: FirewallState, most: Int? = nil) {
        let netns = Netns(netns)
        if netns.isHost { host = netns }
        _ = tell(.stands(netns, Level(state.totals), dropping: state.dropping, most: most))
    }

    /// Maintenance was switched on or off by hand.
    mutating func pause(_ pause: Pause?) { _ = tell(.pause(pause)) }

    mutating func remember(_ memory: Memory) {
        _ = tell(.remember(memory))
        isChanged = false
    }

    /// What is to be saved.
    mutating func memory(bootID: String) -> Memory {
        isChanged = false
        return detector.memory(bootID: bootID)
    }

    mutating func takeTold() -> [Input] {
        defer { told = [] }
        return told
    }

    private mutating func tell(_ input: Input) -> [Alert] {
        if isRecording { told.append(input) }
        let alerts = detector.take(input)
        if !alerts.isEmpty { isChanged = true }
        return alerts
    }

    // MARK: What an event is to it

    /// What was done, as far as it matters; nil: it does not.
    func deed(_ event: Event, at time: UInt64, wall: Int64) -> Deed? {
        guard let (netns, what) = what(event) else { return nil }
        return Deed(time: time, wall: wall, netns: netns, what: what, actor: nil)
    }

    /// What is new about who did it.
    mutating func novelties(of deed: Deed) -> [Trait] {
        let found = detector.novelties(of: deed)
        isChanged = isChanged || deed.actor != nil
        return found
    }

    func judgement(of deed: Deed) -> Judgement { detector.judgement(of: deed) }

    /// Whether an alert may name who did it.
    func mayName(_ deed: Deed) -> Bool { detector.mayName(deed) }

    mutating func take(_ deed: Deed) -> [Alert] { tell(.deed(deed)) }

    /// A namespace that is gone protects nobody, and is missed by nobody.
    mutating func forget(_ event: Event) {
        guard case .changed(let report) = event, report.change.operations.first?.kind == .netnsGone else { return }
        _ = tell(.gone(Netns(report.netns)))
    }

    private func what(_ event: Event) -> (Netns, Deed.What)? {
        switch event {
        case .changed(let report):
            // What a namespace takes with it protects nobody any more.
            guard report.change.operations.first?.kind != .netnsGone else { return nil }
            return (Netns(report.netns), .changed(Alteration(report.change, report.backend)))
        case .drift(let report): return (Netns(report.netns), .changed(Alteration(report.change, report.backend)))
        case .state(let report):
            // What was done while nobody watched and is not told by itself.
            guard let gap = report.gap, !gap.isReboot, gap.toldChanges == 0, !gap.change.isEmpty else { return nil }
            return (Netns(report.netns), .changed(Alteration(gap.change, .nftables)))
        case .module(let name, let isLoaded, _, let change):
            return (
                change.map { Netns($0.netns) } ?? host,
                .module(
                    name: String(decoding: name, as: UTF8.self), isLoaded: isLoaded,
                    alteration: change.map { Alteration($0.change, $0.backend) })
            )
        case .service(let report):
            let event = report.event
            return (
                Netns(report.netns),
                .service(
                    name: event.kind.name, isStart: event.isStart, isDaemon: event.kind.isDaemon,
                    signal: event.signal?.number)
            )
        case .file(let report):
            if let live = report.live {
                return (
                    Netns(live.netns),
                    .sysctl(
                        name: live.known.name, value: String(decoding: live.after ?? [], as: UTF8.self),
                        isOff: live.isWeaker)
                )
            }
            guard let weakness = ConfigWeakness(report.change), !isPackaging(report.author) else { return nil }
            return (host, .configuration(path: report.change.path.text, weakness))
        case .collector(let report):
            guard report.action == .tampered else { return nil }
            return (host, .tampered(report.reason ?? "the collector was tampered with"))
        case .failed, .process, .alert, .record: return nil
        }
    }

    /// Whether it is a package manager that changes a file, or what it runs for a package.
    private func isPackaging(_ process: Process?) -> Bool {
        let managers = ["/usr/bin/dpkg", "/usr/bin/rpm", "/usr/bin/dnf", "/usr/bin/dnf5", "/usr/bin/zypper"]
        return process?.callers.contains { process in
            process.isGenuine && managers.contains { process.image.path.elementsEqual($0.utf8) }
        } ?? false
    }
}

extension Netns {
    init(_ netns: NetnsReport) { self.init(id: netns.id, isHost: netns.isHost, isUserOwned: netns.isUserOwned) }
}

extension Alteration {
    init(_ change: Change, _ backend: Backend) { self.init(change, backend: backend.rawValue) }
}

extension Level {
    init(_ totals: Totals) {
        self.init(rules: totals.rules, effective: totals.figures.effective, blocking: totals.figures.blocking)
    }
}
