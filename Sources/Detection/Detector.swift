package import Identity
package import Inventory

/// Says which changes of a firewall are an attack on it.
///
/// Pure: it is told what was done and what time it is, and returns what there is to tell. Changes are judged by the level
/// before a burst of them against the level after it, when it has settled; those of a suspicious author at once.
package struct Detector {
    /// How many incidents are followed, and how long after the last deed, in nanoseconds.
    static let incidentCapacity = 128
    static let memory: UInt64 = 24 * 3_600_000_000_000
    static let netnsCapacity = 4096
    /// How often as long as others a burst rests in which a service began: it has yet to load its rules.
    static let beginning: UInt64 = 5
    /// How long a machine that shuts down may take for it, in nanoseconds: one that still runs then did not.
    static let shutdown: UInt64 = 120_000_000_000

    package var tuning: Tuning
    /// Maintenance that somebody switched on.
    package internal(set) var pause: Pause?
    var habits = Habits()
    private var standings: [UInt32: Standing] = [:]
    /// Bursts that have not settled, by namespace.
    private var episodes: [UInt32: Episode] = [:]
    var incidents: [Incident] = []
    var erosion = Erosion()
    private var count = 0
    /// Distinguishes this run's incidents from another's.
    private let run: String

    package init(_ tuning: Tuning = Tuning(), run: String) {
        self.tuning = tuning
        self.run = run
    }

    /// Takes note of what stands in a namespace. `most`: the most effective rules that the host ever had.
    package mutating func stands(_ netns: Netns, _ level: Level, dropping: Set<DroppingChain>, most: Int? = nil) {
        if netns.isHost { erosion.note(level, most: most ?? 0) }
        guard standings.count < Self.netnsCapacity || standings[netns.id] != nil else { return }
        standings[netns.id] = Standing(dropping: dropping, level: level)
    }

    /// A namespace is no more.
    package mutating func gone(_ netns: Netns) {
        standings[netns.id] = nil
        episodes[netns.id] = nil
        incidents.removeAll { $0.episode.netns == netns }
    }

    // MARK: What is done

    /// What is new about who did something, by what is remembered of this host; he is remembered too.
    package mutating func novelties(of deed: Deed) -> [Trait] {
        guard case .changed = deed.what, let actor = deed.actor, !deed.netns.isUserOwned else { return [] }
        return habits.meet(actor, at: deed.wall, learning: tuning.learning)
    }

    package mutating func take(_ deed: Deed) -> [Alert] {
        guard tuning.isOn, !deed.netns.isUserOwned else { return [] }
        var alerts = settle(at: deed.time)
        let index = incidents.firstIndex { $0.episode.netns == deed.netns && $0.holds(deed, tuning) }
        var episode =
            index.map { incidents[$0].episode } ?? episodes[deed.netns.id]
            ?? Episode(deed.netns, at: deed.time, level: level(of: deed))
        if index == nil { episode.takeRoot(at: deed.time, tuning) }
        apply(deed, to: &episode)
        if let index {
            if let alert = incidents[index].follow(episode, tuning, at: deed.time) { alerts.append(alert) }
        } else {
            alerts += judge(episode, at: deed.time, isSettled: false)
        }
        return alerts + followOthers(deed, except: index)
    }

    /// The least there was in the burst that a deed belongs to, where that was less than at its beginning.
    func lowest(before deed: Deed) -> Level? {
        let incident = incidents.first { $0.episode.netns == deed.netns && $0.holds(deed, tuning) }
        guard let episode = incident?.episode ?? episodes[deed.netns.id], episode.holds(deed, tuning) else {
            return nil
        }
        return episode.dip
    }

    /// Whether an alert may name who did it: most of what is done is no matter.
    package func mayName(_ deed: Deed) -> Bool {
        guard case .changed(let alteration) = deed.what else { return true }
        return alteration.weakens || Suspicion(of: deed.actor, tuning).percent >= Suspicion.grave
            || alteration.steps.contains { step in
                step.policy != nil || [.tableDormant, .deleteTable, .ownerDied, .deleteChain].contains(step.kind)
            }
    }

    private mutating func apply(_ deed: Deed, to episode: inout Episode) {
        let isCovered = coverage(of: deed) != nil
        func lose(_ loss: Loss, _ points: Int, _ text: String) {
            episode.note(deed, weakens: true, isCovered: isCovered, tuning)
            if !isCovered { episode.lose(loss, points: points, text, by: deed.actor, tuning) }
        }
        switch deed.what {
        case .changed(let alteration): apply(alteration, deed, isCovered, to: &episode)
        case .module(let module, true, _): episode.regain([.module(module)], by: deed.actor)
        case .module(let module, false, let alteration):
            guard let alteration else { return }
            apply(alteration, deed, isCovered, to: &episode)
            guard !isCovered else { return }
            episode.lose(
                .module(module), points: 60, "the module \(module) was unloaded, and its rules with it",
                by: deed.actor, tuning)
        case .service(let service, true, let isDaemon, _):
            if isDaemon { episode.await() }
            episode.note(deed, weakens: false, isCovered: isCovered, tuning)
            episode.regain([.service(service)], by: deed.actor)
        case .service(let service, false, let isDaemon, let signal):
            let how = signal.map { "was ended by signal \($0)" } ?? "was stopped"
            lose(.service(service), signal == 9 ? 70 : isDaemon ? 40 : 30, "\(service) \(how)")
        case .configuration(let path, let weakness):
            lose(.configuration(path), weakness.isSwitchedOff ? 44 : 30, "\(path): \(weakness.text)")
        case .sysctl(let name, let value, true):
            // Of what the others let in rules still decide, if by less.
            lose(.sysctl(name), name.hasPrefix("net.bridge.") ? 45 : 25, "\(name) is \(value): less is filtered")
        case .sysctl(let name, _, false):
            episode.note(deed, weakens: false, isCovered: isCovered, tuning)
            episode.regain([.sysctl(name)], by: deed.actor)
        case .tampered(let what): lose(.tampered, 80, what)
        }
    }

    private mutating func apply(
        _ alteration: Alteration, _ deed: Deed, _ isCovered: Bool, to episode: inout Episode
    ) {
        let (lost, back) = standings[deed.netns.id, default: Standing()].apply(alteration)
        if isCovered, deed.netns.isHost { erosion.allow(alteration) }
        let losses = isCovered ? [] : lost + alteration.tricks
        let weakens = !isCovered && (alteration.weakens || !losses.isEmpty)
        episode.note(deed, weakens: weakens, isCovered: isCovered, tuning)
        episode.move(alteration, isAllowed: isCovered)
        for loss in losses { episode.lose(loss, points: loss.points, loss.text, by: deed.actor, tuning) }
        if deed.actor == nil, weakens {
            episode.lose(.nobody, points: 40, "nobody was seen to weaken it", by: nil, tuning)
        }
        episode.regain(back, by: deed.actor)
    }

    /// A deed that is another episode's can make good what was lost before.
    private mutating func followOthers(_ deed: Deed, except index: Int?) -> [Alert] {
        var alerts: [Alert] = []
        for other in incidents.indices where other != index && incidents[other].episode.netns == deed.netns {
            guard !incidents[other].isResolved else { continue }
            var episode = incidents[other].episode
            switch deed.what {
            case .changed(let alteration), .module(_, _, .some(let alteration)):
                let standing = standings[deed.netns.id] ?? Standing()
                let back = episode.losses.filter(standing.hasBack)
                guard alteration.after.reaches(alteration.before) else { continue }
                episode.rise(to: alteration.after)
                episode.regain(back, by: deed.actor)
            case .service(let service, true, _, _): episode.regain([.service(service)], by: deed.actor)
            case .module(let module, true, _): episode.regain([.module(module)], by: deed.actor)
            case .sysctl(let name, _, false): episode.regain([.sysctl(name)], by: deed.actor)
            default: continue
            }
            if let alert = incidents[other].follow(episode, tuning, at: deed.time) { alerts.append(alert) }
        }
        return alerts
    }

    private func level(of deed: Deed) -> Level {
        switch deed.what {
        case .changed(let alteration), .module(_, _, .some(let alteration)): alteration.before
        default: standings[deed.netns.id]?.level ?? .zero
        }
    }

    // MARK: What becomes of it

    /// When `settle` is to be called next, in nanoseconds of CLOCK_BOOTTIME.
    package var deadline: UInt64? {
        let bursts = episodes.values.map { due($0) }.min()
        return [bursts, incidents.lazy.compactMap(\.deadline).min()].compactMap { $0 }.min()
    }

    private func due(_ episode: Episode) -> UInt64 {
        if episode.isShuttingDown == true { return episode.began &+ Self.shutdown }
        let quiet = tuning.quiet &* (episode.isComingBack ? Self.beginning : 1)
        return min(episode.last &+ quiet, episode.began &+ tuning.patience) &+ 1
    }

    /// Judges the bursts that are over, and tells what waited.
    package mutating func settle(at now: UInt64) -> [Alert] {
        var alerts: [Alert] = []
        for (id, episode) in episodes.sorted(by: { $0.key < $1.key }) where due(episode) <= now {
            episodes[id] = nil
            alerts += judge(episode, at: now, isSettled: true)
        }
        for index in incidents.indices {
            if let alert = incidents[index].tell(at: now) { alerts.append(alert) }
        }
        incidents.removeAll { $0.episode.last &+ Self.memory < now }
        return alerts
    }

    /// Judges what has not settled as it stands: nobody will look again.
    package mutating func finish(at now: UInt64) -> [Alert] {
        let unsettled = episodes.sorted { $0.key < $1.key }.filter { $0.value.isShuttingDown != true }
        var alerts = unsettled.flatMap { judge($0.value, at: now, isSettled: true) }
        // What may not be told so soon again is told now or never.
        for index in incidents.indices { incidents[index].tellAnyway(at: now).map { alerts.append($0) } }
        return alerts
    }

    private mutating func judge(_ episode: Episode, at time: UInt64, isSettled: Bool) -> [Alert] {
        var episode = episode
        episode.usual = episode.netns.isHost ? habits.levels.usual(at: episode.wall) : nil
        episodes[episode.netns.id] = isSettled ? nil : episode
        let (findings, score) = episode.score(tuning)
        let isAtOnce = episode.suspicion.percent >= tuning.atOnce && episode.isShuttingDown != true
        if isSettled || isAtOnce, !findings.isEmpty, score.value >= tuning.threshold {
            return open(episode, findings, at: time)
        }
        if isSettled, episode.netns.isHost, findings.isEmpty || score.value < tuning.threshold {
            habits.levels.note(
                from: episode.before.effective, to: episode.current.effective, at: episode.wall)
        }
        guard isSettled, episode.netns.isHost, let eroded = erosion.judge(episode, tuning) else { return [] }
        let (losses, sum) = eroded.score(tuning)
        return sum.value >= tuning.threshold ? open(eroded, losses, at: time) : []
    }

    private mutating func open(_ episode: Episode, _ findings: [Finding], at time: UInt64) -> [Alert] {
        episodes[episode.netns.id] = nil
        if episode.netns.isHost { erosion.begin(anew: episode.current) }
        if let index = incidents.lastIndex(where: {
            !$0.isResolved && $0.episode.netns == episode.netns && $0.episode.isKin(of: episode)
        }) {
            return incidents[index].absorb(episode, tuning, at: time).map { [$0] } ?? []
        }
        if let index = incidents.lastIndex(where: {
            $0.isResolved && $0.isLike(episode, findings.gravest?.rule, by: episode.culprit(tuning)?.actor)
        }) {
            return incidents[index].reopen(episode, tuning, at: time).map { [$0] } ?? []
        }
        count += 1
        var incident = Incident(id: "\(run)-\(count)", episode, tuning, at: time)
        let alert = incident.alert(.open, at: time)
        if incidents.count >= Self.incidentCapacity { incidents.removeFirst() }
        incidents.append(incident)
        return [alert]
    }
}
