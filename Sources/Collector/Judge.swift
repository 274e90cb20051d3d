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

    init(_ tuning: Tuning, run: String) { detector = Detector(tuning, run: run) }

    mutating func configure(_ tuning: Tuning) { detector.tuning = tuning }

    var deadline: UInt64? { detector.deadline }

    mutating func settle(at now: UInt64) -> [Alert] { detector.settle(at: now) }

    mutating func finish(at now: UInt64) -> [Alert] { detector.finish(at: now) }

    /// What stands in a namespace, before anything is told of it.
    mutating func stands(_ netns: NetnsReport, _ state: FirewallState, most: Int? = nil) {
        let netns = Netns(netns)
        if netns.isHost { host = netns }
        detector.stands(netns, Level(state.totals), dropping: state.dropping, most: most)
    }

    /// `id` is the `event.id` of an event's line, `portray` makes the portrait of who had it done.
    mutating func take(
        _ event: Event, id: String, at time: UInt64, _ portrait: Portrait?, _ initiator: Askers.Initiator?,
        portray: (Process) -> Portrait
    ) -> [Alert] {
        guard let (netns, what) = deed(event) else { return [] }
        var actor = event.author.map { Actor($0.0, portrait) }
        if let process = initiator?.process {
            // It is another's deed: his tree, and what is odd about him.
            actor?.root = Actor.root(of: process)
            let known = Set(actor?.traits.map(\.kind) ?? [])
            actor?.traits += portray(process).traits.filter { !known.contains($0.kind) }
        }
        actor?.initiator = initiator
        let alerts = detector.take(Deed(id: id, time: time, netns: netns, what: what, actor: actor))
        if case .changed(let report) = event, report.change.operations.first?.kind == .netnsGone {
            detector.gone(netns)
        }
        return alerts
    }

    private func deed(_ event: Event) -> (Netns, Deed.What)? {
        switch event {
        case .changed(let report):
            // What a namespace takes with it protects nobody any more.
            guard report.change.operations.first?.kind != .netnsGone else { return nil }
            return (Netns(report.netns), .changed(Alteration(report.change)))
        case .drift(let report): return (Netns(report.netns), .changed(Alteration(report.change)))
        case .state(let report):
            // What was done while nobody watched and is not told by itself.
            guard let gap = report.gap, !gap.isReboot, gap.toldChanges == 0, !gap.change.isEmpty else { return nil }
            return (Netns(report.netns), .changed(Alteration(gap.change)))
        case .module(let name, let isLoaded, _, let change):
            return (
                change.map { Netns($0.netns) } ?? host,
                .module(
                    name: String(decoding: name, as: UTF8.self), isLoaded: isLoaded,
                    alteration: change.map { Alteration($0.change) })
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
            guard let weakness = ConfigWeakness(report.change), !isPackaging(report.author) else { return nil }
            return (host, .configuration(path: report.change.path.text, weakness))
        case .collector(let report):
            guard report.action == .tampered else { return nil }
            return (host, .tampered(report.reason ?? "the collector was tampered with"))
        case .failed, .process, .alert: return nil
        }
    }

    /// Whether it is a package manager that changes a file, or what it runs for a package.
    private func isPackaging(_ process: Process?) -> Bool {
        let managers = ["/usr/bin/dpkg", "/usr/bin/rpm", "/usr/bin/dnf", "/usr/bin/dnf5", "/usr/bin/zypper"]
        return process?.chain.prefix(6).contains { process in
            process.isGenuine && managers.contains { process.image.path.elementsEqual($0.utf8) }
        } ?? false
    }
}

extension Netns {
    init(_ netns: NetnsReport) { self.init(id: netns.id, isHost: netns.isHost, isUserOwned: netns.isUserOwned) }
}

extension Level {
    init(_ totals: Totals) {
        self.init(rules: totals.rules, effective: totals.figures.effective, blocking: totals.figures.blocking)
    }
}

extension Actor {
    /// How far above an author the daemon is looked for that he works for: fail2ban asks a shell, which asks iptables.
    private static let reach = 6

    init(_ process: Process, _ portrait: Portrait?) {
        // Whoever runs what others can write is nobody's helper, whatever he is called.
        let isGenuine = portrait?.pathTrust == "trusted"
        self.init(
            id: process.id, process: process, root: Self.root(of: process),
            executable: String(decoding: process.image.path, as: UTF8.self),
            traits: portrait?.traits ?? [], writers: isGenuine ? Self.writers(above: process) : [])
    }

    /// The beginning of a login, a job or a service.
    static func root(of process: Process) -> ProcessID {
        if let entry = Entry(of: process) { return entry.leader.id }
        return process.chain.last { $0.id.pid != 1 }?.id ?? process.id
    }

    private static func writers(above process: Process) -> Set<KnownWriter> {
        var found: Set<KnownWriter> = []
        for one in process.chain.prefix(Self.reach) where one.isGenuine {
            let unit = one.controlGroup?.unit.map { String(decoding: $0, as: UTF8.self) }
            for path in [one.image.path, Script(of: one)?.path[...] ?? []] where !path.isEmpty {
                for writer in KnownWriter.builtIn
                where writer.programs.contains(where: { path.elementsEqual($0.utf8) })
                    && (writer.units.isEmpty || unit.map(writer.units.contains) ?? false)
                {
                    found.insert(writer)
                }
            }
        }
        return found
    }
}

extension Process {
    /// Whether its file is root's and nobody else can have put something else there: as far as the kernel told of it.
    fileprivate var isGenuine: Bool {
        guard let file = task?.executable, file.inode != 0 else { return false }
        return file.owner == 0 && file.mode & 0o022 == 0 && file.links > 0 && !file.isMemFD
    }
}
