internal import Identity
package import Lineage
internal import Patterns
package import Records

/// Who asks others to change a firewall or to stop a service: clients of systemd and of firewalld, by what they were called
/// with.
package struct Askers {
    /// How well it is known on whose behalf something was done.
    package enum Confidence: String, CaseIterable, Sendable {
        /// The request itself was seen.
        case exact
        /// The one client that ran at that time and asked for such a thing.
        case probable
        /// Somebody asked, and nobody that could be is known.
        case unknown
    }

    package struct Initiator {
        /// nil where it is unknown.
        package var process: Process?
        package var confidence: Confidence

        package init(process: Process?, confidence: Confidence) {
            self.process = process
            self.confidence = confidence
        }
    }

    /// How many clients are kept, and how long after their end, in nanoseconds.
    static let capacity = 64
    static let grace: UInt64 = 1_000_000_000

    private struct Client {
        var process: Process
        var endedAt: UInt64?
    }

    private var clients: [Client] = []
    private var calls = BusCalls()
    /// Who had a daemon started, and until when that explains what it does: it has its name on the bus, for which systemctl
    /// waits, before its rules are there.
    private var beginnings: [ProcessID: (initiator: Initiator, until: UInt64)] = [:]
    static let beginning: UInt64 = 15_000_000_000

    /// Who was connected to dockerd when it was about to do something.
    private var connected: (processes: [Process], dockerd: ProcessID, time: UInt64)?

    package init() {}

    /// It was looked who is connected to dockerd.
    package mutating func connected(_ processes: [Process], to dockerd: ProcessID, at time: UInt64) {
        connected = (processes, dockerd, time)
    }

    /// The only one that is connected to dockerd and may want more than to ask.
    private func onlyClient(of dockerd: Process, at time: UInt64) -> Process? {
        guard let connected, connected.dockerd == dockerd.id, connected.time &+ Self.grace >= time,
            connected.time <= time &+ Self.grace
        else { return nil }
        let asking = connected.processes.filter { process in
            !DockerClient.programs.contains(process.programName) || Self.asksDocker(process)
        }
        return asking.count == 1 ? asking.first : nil
    }

    private static func asksDocker(_ process: Process) -> Bool {
        DockerClient.isMeant(
            program: process.programName, process.image.arguments.map { String(decoding: $0, as: UTF8.self) })
    }

    package mutating func exec(_ process: Process, at time: UInt64) {
        let isClient = Self.isClient(process)
        guard isClient || !clients.isEmpty else { return }
        clients.removeAll { $0.process.id == process.id || ($0.endedAt.map { $0 &+ Self.grace < time } ?? false) }
        guard isClient else { return }
        if clients.count >= Self.capacity { clients.removeFirst() }
        clients.append(Client(process: process))
    }

    package mutating func exit(_ id: ProcessID, at time: UInt64) {
        guard let index = clients.lastIndex(where: { $0.process.id == id && $0.endedAt == nil }) else { return }
        clients[index].endedAt = time
    }

    /// A request was heard on the bus.
    package mutating func called(_ call: BusCall, by process: Process) { calls.add(call, by: process) }

    /// One was answered.
    package mutating func answered(_ name: String, _ cookie: UInt64, isRefused: Bool = false, at time: UInt64) {
        calls.answer(name, cookie, isRefused: isRefused, at: time)
    }

    private func caller(of units: [String], at time: UInt64) -> Initiator? {
        let fits = { Self.isOf(units, $0) }
        // systemd has done what it was asked before the monitor hears of it, now and then.
        return caller(at: time, fits) ?? caller(at: time &+ BusCalls.lag, fits)
    }

    private static func isOf(_ units: [String], _ subject: BusCall.Subject) -> Bool {
        guard case .unit(let unit, _) = subject else { return false }
        return units.contains { unit == "\($0).service" }
    }

    /// A service began or ended, and was told: who asked for it asked for nothing that comes after.
    package mutating func close(_ event: ServiceEvent) {
        calls.done(at: event.time) { subject in
            guard case .unit(_, let isAnew) = subject else { return false }
            return Self.isOf(event.kind.units, subject) && (event.isStart || !isAnew)
        }
    }

    private func caller(at time: UInt64, _ fits: (BusCall.Subject) -> Bool) -> Initiator? {
        calls.caller(at: time, fits).map {
            Initiator(process: $0.process, confidence: $0.isCertain ? .exact : .probable)
        }
    }

    /// Takes note of who had a daemon started.
    package mutating func note(_ event: ServiceEvent) {
        beginnings = beginnings.filter { $0.value.until >= event.time }
        guard event.isStart, event.kind.isDaemon, let initiator = initiator(of: event), initiator.process != nil else {
            return
        }
        beginnings[event.process.id] = (initiator, event.time &+ Self.beginning)
    }

    /// On whose behalf a service was started or stopped; nil: it was nobody's deed but the author's own.
    package func initiator(of event: ServiceEvent) -> Initiator? {
        let isManaged = event.isStart || event.signal == nil ? event.process.parent?.isManager : event.author.isManager
        guard isManaged == true else { return nil }
        if let caller = caller(of: event.kind.units, at: event.time) { return caller }
        let asked = best(at: event.time) { words in
            Self.asksManager(words, toStart: event.isStart)
                && event.kind.units.contains { unit in words.contains { Self.isUnit($0, unit) } }
        }
        // One that ended by itself may have been told to by a command of its own; or nobody asked it.
        let isByItself = !event.isStart && event.kind.isDaemon && event.signal == nil
        return isByItself && asked.process == nil ? nil : asked
    }

    /// On whose behalf a change was made; nil: its author acts for nobody else. `signal`: what its daemon was sent to end it.
    package func initiator(of author: Process, at time: UInt64, signal: ServiceEvent.Signal? = nil) -> Initiator? {
        if let firewalld = author.chain.prefix(4).first(where: \.isFirewalld) {
            let isStopping = signal?.sender.isManager == true
            // Who was told to end by somebody else undoes for him what he had done.
            if let signal, !isStopping { return Initiator(process: signal.sender, confidence: .exact) }
            if !isStopping, let caller = caller(at: time, { $0 == .firewalld }) { return caller }
            if isStopping, let caller = caller(of: ["firewalld"], at: time) { return caller }
            let asked = isStopping ? nil : best(at: time, since: firewalld.id.start, Self.asksFirewalld)
            if let asked, asked.process != nil { return asked }
            guard firewalld.parent?.isManager == true else {
                return asked ?? Initiator(process: nil, confidence: .unknown)
            }
            if !isStopping, let began = beginnings[firewalld.id], time <= began.until { return began.initiator }
            return best(at: time) { Self.asksManager($0) && $0.contains { Self.isUnit($0, "firewalld") } }
        }
        if let dockerd = author.chain.prefix(4).first(where: \.isDockerd) {
            return initiator(ofDocker: dockerd, at: time)
        }
        // What systemd runs for a unit; a service that nobody just asked for acts for itself.
        guard author.parent?.isManager == true || author.parent?.parent?.isManager == true,
            let service = author.controlGroup?.service.map({ String(decoding: $0.dropLast(8), as: UTF8.self) })
        else { return nil }
        if let caller = caller(of: [service], at: time) { return caller }
        let asked = best(at: time) { Self.asksManager($0) && $0.contains { Self.isUnit($0, service) } }
        return asked.process == nil ? nil : asked
    }

    /// Its clients speak to it over a socket of its own. systemctl waits until it has begun or ended, unless told not to.
    private func initiator(ofDocker dockerd: Process, at time: UInt64) -> Initiator {
        if let caller = caller(of: ["docker"], at: time) { return caller }
        let namespace = dockerd.task?.pidns
        if dockerd.parent?.isManager == true {
            let asked = best(at: time, in: namespace) { client, words in
                Self.asksManager(words) && words.contains { Self.isUnit($0, "docker") }
                    && (client.endedAt.map { $0 >= time } ?? true || words.contains(Array("--no-block".utf8)))
            }
            if asked.process != nil { return asked }
        }
        if let client = onlyClient(of: dockerd, at: time) { return Initiator(process: client, confidence: .probable) }
        return best(at: time, since: dockerd.id.start, in: namespace) { client, _ in Self.asksDocker(client.process) }
    }

    private func best(at time: UInt64, since: UInt64 = 0, _ fits: ([[UInt8]]) -> Bool) -> Initiator {
        best(at: time, since: since, in: nil) { _, words in fits(words) }
    }

    /// The one client that fits, of those that were there at that time: a living one before those that have ended.
    /// `since`: whoever ended before spoke to another. `namespace`: those in this pid namespace come first.
    private func best(
        at time: UInt64, since: UInt64 = 0, in namespace: UInt32?, _ fits: (Client, [[UInt8]]) -> Bool
    ) -> Initiator {
        let all = clients.filter { client in
            client.process.id.start <= time && client.endedAt.map { $0 &+ Self.grace >= time && $0 >= since } ?? true
                && fits(client, client.process.image.arguments.map { Array($0) })
        }
        let near = namespace == nil ? [] : all.filter { $0.process.task?.pidns == namespace }
        let candidates = near.isEmpty ? all : near
        let living = candidates.filter { $0.endedAt.map { $0 >= time } ?? true }
        guard let one = (living.isEmpty ? candidates : living).last else {
            return Initiator(process: nil, confidence: .unknown)
        }
        return Initiator(process: one.process, confidence: .probable)
    }

    // MARK: Clients

    private static let managers = NameSet([
        "systemctl", "service", "invoke-rc.d", "busctl", "gdbus", "dbus-send",
    ])
    private static let firewallds = NameSet([
        "firewall-cmd", "firewall-config", "firewall-applet", "busctl", "gdbus", "dbus-send",
    ])

    private static func isClient(_ process: Process) -> Bool {
        isClient(process.programName) || Script(of: process).map { isClient($0.name) } ?? false
    }

    private static func isClient(_ name: ArraySlice<UInt8>) -> Bool {
        managers.contains(name) || firewallds.contains(name) || DockerClient.programs.contains(name)
    }

    /// What a manager is asked to do: verbs of systemctl(1) and methods of org.freedesktop.systemd1(5).
    private static let verbs = Set(
        [
            "start", "stop", "restart", "reload", "try-restart", "reload-or-restart", "try-reload-or-restart",
            "force-reload", "condrestart", "kill", "mask", "disable", "enable", "reenable", "isolate",
        ].map { Array($0.utf8) })
    private static let ending = ["stop", "kill", "mask", "disable"]
    private static let starting = ["start", "enable", "reenable"]
    private static let methods = ["StartUnit", "StopUnit", "RestartUnit", "ReloadUnit", "KillUnit"]

    /// `toStart`: that is what was done, or its opposite.
    private static func asksManager(_ words: [[UInt8]], toStart: Bool? = nil) -> Bool {
        let others = toStart.map { $0 ? ending : starting } ?? []
        guard
            words.contains(where: { word in
                verbs.contains(word) && !others.contains { word.elementsEqual($0.utf8) }
                    || methods.contains { word.contains($0) }
            })
        else { return false }
        return words.contains { word in
            ["systemctl", "service", "invoke-rc.d"].contains { word.hasName($0) }
                || word.contains("org.freedesktop.systemd1")
        }
    }

    /// What firewall-cmd(1) only asks about, by the beginnings of its options.
    private static let queries = [
        "--state", "--list-", "--get-", "--query-", "--info-", "--path-", "--check-config", "--version", "--help",
    ]

    private static func asksFirewalld(_ words: [[UInt8]]) -> Bool {
        guard !words.contains(where: { word in queries.contains { word.starts(with: $0.utf8) } }) else { return false }
        return words.contains { word in
            ["firewall-cmd", "firewall-config", "firewall-applet"].contains { word.hasName($0) }
                || word.contains("org.fedoraproject.FirewallD1")
        }
    }

    private static func isUnit(_ word: [UInt8], _ unit: String) -> Bool {
        word.elementsEqual(unit.utf8) || word.elementsEqual("\(unit).service".utf8)
    }
}

extension Process {
    package var isDockerd: Bool { programName.elementsEqual("dockerd".utf8) }

    /// firewalld: a script of root's.
    fileprivate var isFirewalld: Bool {
        guard let script = Script(of: self)?.path else { return programName.elementsEqual("firewalld".utf8) }
        return script.hasName("firewalld")
    }
}

extension [UInt8] {
    /// Whether it is this name, or a path that ends in it.
    fileprivate func hasName(_ name: String) -> Bool {
        let end = suffix(name.utf8.count)
        guard end.elementsEqual(name.utf8) else { return false }
        return end.startIndex == startIndex || self[end.startIndex - 1] == UInt8(ascii: "/")
    }

    fileprivate func contains(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard count >= wanted.count else { return false }
        return (0...(count - wanted.count)).contains { self[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
