internal import Configuration
internal import Events
internal import Glibc
internal import Host
internal import Inventory
internal import Lineage
internal import NetlinkIO
internal import Output
internal import Probes
internal import Records
internal import SavedState
internal import Services
internal import SystemPackage
internal import XTables

/// What the collector says of itself and of what stands, and how it checks what it believes.
extension Collector {
    func sendStarted() {
        send(
            CollectorReport(
                .started,
                details: [
                    ("pid", .number(Int(getpid()))), ("tier", .group(tiers)), ("hooks", .group(hooks)),
                    ("blind", .group(blindSpots)), ("watch", .text(configuration.netns.watch.rawValue)),
                    ("namespaces", .number(namespaces.all.count)), ("processes", .number(lineage.count)),
                    ("namespaces_beyond", .number(namespaces.beyond())),
                    ("config_files", .group(configFiles)), ("rule_text", .text(ruleText)),
                    ("baseline", .text(baselineStanding)),
                    ("bus", .text(busStanding)),
                    ("services", .list(output.authors.services.running.map(\.kind.name))),
                    ("state_directory", .text(configuration.state.directory.string)),
                    ("pinned", .group(pinned)), ("inherited", .group(inherited)),
                    ("output", .group(inheritedOutput)),
                ]))
    }

    private var ruleText: String {
        configuration.text.maxRules == 0 ? "off" : texts.isAvailable ? "libnftables" : "summaries: no libnftables.so.1"
    }

    private var configFiles: [(String, CollectorReport.Value)] {
        guard configuration.configFiles.watch else { return [("files", .number(0))] }
        var details: [(String, CollectorReport.Value)] = [
            ("files", .number(configWatch.files.count)), ("folders", .number(configWatch.folderCount)),
        ]
        if configWatch.isCut { details.append(("cut", .flag(true))) }
        if configWatch.anonymousCount > 0 { details.append(("folders_anonymous", .number(configWatch.anonymousCount))) }
        return details
    }

    /// What an earlier collector could not write.
    private var inheritedOutput: [(String, CollectorReport.Value)] {
        let bytes = output.writer.figures.inheritedBytes
        return bytes > 0 ? [("spill_bytes", .number(bytes))] : []
    }

    private var pinned: [(String, CollectorReport.Value)] {
        let pinning = probes.pinning
        var details: [(String, CollectorReport.Value)] = []
        if let path = pinning.path { details.append(("path", .text(path))) }
        if let reason = pinning.refusal { details.append(("reason", .text(reason))) }
        if !pinning.unpinned.isEmpty { details.append(("not", .list(pinning.unpinned.map(\.rawValue)))) }
        return details
    }

    private var inherited: [(String, CollectorReport.Value)] {
        guard let inheritance else { return [] }
        return [
            ("records", .number(inheritance.records)), ("readable", .flag(inheritance.isReadable)),
            ("instances", .number(inheritance.losses.count)),
            ("same_installation", .flag(inheritance.isOurs)),
        ]
    }

    func sendCoverage(_ reason: String) {
        send(
            CollectorReport(
                .coverageChanged, reason: reason,
                details: [("tier", .group(tiers)), ("hooks", .group(hooks)), ("blind", .group(blindSpots))]))
    }

    /// Told once, until there is room for all again: that namespaces are known by their requests alone.
    private func reportExcess() {
        guard health.isExcessNews(!namespaces.excess.isEmpty) else { return }
        send(
            CollectorReport(
                .coverageChanged,
                reason: "there are more network namespaces than netns.max; those beyond are told from requests alone",
                details: [
                    ("namespaces", .number(namespaces.all.count)), ("namespaces_beyond", .number(namespaces.beyond())),
                ]))
    }

    func send(_ report: CollectorReport) { output.send(.collector(report), at: Clock.boottime) }

    private var tiers: [(String, CollectorReport.Value)] {
        probes.coverage.map { ($0.family.rawValue, .text($0.tier?.rawValue ?? "none")) }
            + [("notifications", .text(isListening ? "full" : "waiting for nf_tables"))]
    }

    private var hooks: [(String, CollectorReport.Value)] {
        probes.coverage.filter { $0.tier != nil }.map { ($0.family.rawValue, .text($0.hooks)) }
    }

    private var blindSpots: [(String, CollectorReport.Value)] {
        probes.coverage.map { ($0.family.rawValue, .text($0.blind)) }
    }

    /// The state of every namespace that has a firewall, and always the host's.
    func sendStates(_ occasion: String) {
        for namespace in namespaces.all {
            let gap = occasion == "start" ? closeGap(namespace) : nil
            guard namespace.isHost || namespace.state != FirewallState() || gap?.change.isEmpty == false else {
                continue
            }
            var report = StateReport(
                netns: NetnsReport(namespace), state: namespace.state, occasion: occasion, gap: gap)
            if namespace.isHost {
                noteLevel()
                report.baseline = compareBaseline()
                report.highWater = (highWater.effectiveRules, highWater.time)
            }
            output.send(.state(report), at: Clock.boottime)
        }
    }

    func reportHealth(at now: UInt64) {
        reportExcess()
        let news = writerNews(at: now)
        for trouble in news.troubles { sendCoverage(trouble) }
        reportOutput(at: now)
        let losses = (try? probes.losses()) ?? health.told
        if let news = health.news(
            losses, malformed: inbox.malformed, forged: lanes.reduce(0) { $0 + $1.notifications.forgedCount },
            lines: news.losses,
            unreadable: news.damagedBytes, torn: news.cutBytes)
        {
            sendLosses(news, nil, losses.last)
            // Firewall records that were lost may have been changes nothing notifies of.
            if news.firewall > 0 { resyncAll("firewall records were lost: the ring was full") }
            if news.foreign > 0 {
                for namespace in namespaces.all where namespace.isUserOwned {
                    resync(namespace, "firewall records of user namespaces were lost: they had filled half the ring")
                }
            }
        }
        if health.schedule.isDue(at: now) { sendHealth() }
    }

    /// What the writer has to tell. While it takes no lines, those that tell of lost ones would crowd out others: then
    /// that is every five seconds.
    private func writerNews(at now: UInt64) -> OutputNews {
        guard now >= writerNewsNotBefore || isFinishing else { return OutputNews() }
        let news = output.writer.takeNews()
        if news.losses != .none {
            let seconds: UInt64 = output.writer.status == .healthy && output.writer.figures.spillBytes == 0 ? 1 : 5
            writerNewsNotBefore = now &+ seconds &* 1_000_000_000
        }
        return news
    }

    func sendLosses(_ news: Health.News, _ reason: String? = nil, _ last: Losses.Crowder? = nil) {
        let counts = news.counts
        for (kind, count) in counts { lostCounts[kind, default: 0] &+= count }
        let details = counts.filter { $0.1 > 0 }.map { ($0.0, CollectorReport.Value.number(Int($0.1))) }
        // A forged notification is nothing lost: somebody spoke as if he were the kernel.
        let isForgery = news.forged > 0 && details.count == 1
        send(
            CollectorReport(
                isForgery ? .tampered : .eventsLost,
                reason: isForgery
                    ? "a process sent notifications as if it were the kernel; they were ignored" : reason,
                isFailure: true, details: [("lost", .group(details))],
                author: last.map { lineage.process($0.process, name: $0.comm, user: $0.user, at: $0.time) }))
    }

    private func sendHealth() {
        let usage = Usage.current
        let figures = output.writer.figures
        send(
            CollectorReport(
                .health,
                details: [
                    ("tier", .group(tiers)), ("queue_bytes", .number(figures.queueBytes)),
                    ("spill_bytes", .number(figures.spillBytes)),
                    ("cpu_us", .number(usage.cpuMicroseconds)), ("max_rss_kib", .number(usage.maxResidentKiB)),
                    ("processes", .number(lineage.count)), ("namespaces", .number(namespaces.all.count)),
                    ("namespaces_beyond", .number(namespaces.beyond())),
                ]))
    }

    /// Compares what stands with what is believed, everywhere.
    func auditAll() {
        drainRing()
        readNotifications()
        resyncAll("the audit found it", isAudit: true)
    }

    /// How long a dump waits for the commits before it to be told, in nanoseconds, and how often it is tried.
    static var resyncPatience: UInt64 { 1_000_000_000 }
    static var resyncPause: UInt64 { 5_000_000 }

    /// Has a namespace's ruleset compared with what is believed, as soon as all that was heard is told.
    func resync(_ namespace: WatchedNamespace, _ reason: String) {
        guard !resyncs.contains(where: { $0.namespace === namespace }) else { return }
        resyncs.append((namespace, Clock.boottime + Self.resyncPatience, reason))
    }

    /// The host's first; others as far as there is time in this turn.
    func resyncDue(at now: UInt64) {
        guard !resyncs.isEmpty else { return }
        let due = resyncs.filter(\.namespace.isHost) + resyncs.filter { !$0.namespace.isHost }
        resyncs = due.filter { entry in
            guard entry.namespace.isHost || Clock.boottime < now + Self.slice else { return true }
            let ruleset = namespaces.open(entry.namespace) { (descriptor) throws(NetlinkIOError) in
                try reader.nftables(in: descriptor)
            }
            guard let ruleset else { return false }
            let state = entry.namespace.state
            // Younger than what is believed: the commits in between are on their way, with their authors.
            if ruleset.generation ?? 1 != state.nft.generation ?? 1, now < entry.until { return true }
            buryFound(ruleset, in: entry.namespace)
            tell(.nftables, entry.namespace, entry.namespace.state.replace(nft: ruleset), entry.reason)
            noteOwners(entry.namespace)
            return false
        }
    }

    /// Dumps everything; what differs is told, and believed from now on.
    ///
    /// In an audit a namespace whose ruleset moved on meanwhile is left to its notifications.
    func resyncAll(_ reason: String, isAudit: Bool = false) {
        for namespace in namespaces.all {
            adopt(namespace)
            namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
                let nft = try reader.nftables(in: descriptor)
                if isAudit, nft.generation ?? 1 != namespace.state.nft.generation ?? 1 { return }
                buryFound(nft, in: namespace)
                tell(.nftables, namespace, namespace.state.replace(nft: nft, isAudit: true), reason)
                noteOwners(namespace)
                tell(
                    .ipset, namespace,
                    namespace.state.replace(ipsets: try reader.ipsets(in: descriptor), isAudit: true), reason)
                var gone = Set(namespace.state.legacy.keys)
                for table in try legacyTables(in: descriptor, of: namespace) {
                    let id = FirewallState.LegacyID(family: table.family, name: table.name)
                    gone.remove(id)
                    tell(id.family.backend, namespace, namespace.state.replace(legacy: id, with: table), reason)
                }
                for id in gone {
                    tell(id.family.backend, namespace, namespace.state.replace(legacy: id, with: nil), reason)
                }
            }
        }
    }

    func tell(_ backend: Backend, _ namespace: WatchedNamespace, _ change: Change, _ reason: String) {
        guard !change.isEmpty else { return }
        let change = worded(change, backend, namespace)
        output.send(
            .drift(DriftReport(backend: backend, netns: NetnsReport(namespace), change: change, reason: reason)),
            at: Clock.boottime)
    }

    func reload() {
        tellReloading()
        defer { tellReady() }
        do throws(ConfigurationErrors) {
            var fresh = try Configuration(loading: options.source)
            options.overrides(&fresh)
            let areFilesOthers = configuration.configFiles != fresh.configFiles
            configuration = fresh
            isRefused = false
            if areFilesOthers {
                configWatch.configure(fresh.configFiles, ownFile: options.source.file, at: Clock.boottime)
            }
            output.configure(fresh.output, fresh.tuning)
            send(CollectorReport(.configReloaded, details: [("file", .text(options.source.file.string))]))
        } catch {
            isRefused = true
            send(
                CollectorReport(
                    .configRefused, reason: error.description, isFailure: true,
                    details: [("file", .text(options.source.file.string))]))
        }
    }

    func handle(_ signal: Record.Signal) {
        let author = Author(time: signal.time, task: signal.sender, ancestors: [])
        let sender = lineage.process(of: author)
        if let inheritance, signal.target == inheritance.collector {
            return handle(signal, toPredecessorBy: sender, author)
        }
        guard signal.target == probes.own else {
            output.authors.shutdowns.signal(signal.number, to: lineage.process(signal.target), at: signal.time)
            output.authors.services.signal(signal.number, to: signal.target, from: sender, at: signal.time)
            return owners.note(signal: signal.number, to: signal.target, from: sender)
        }
        switch signal.number {
        case SIGTERM, SIGINT: noteStop(by: sender)
        case SIGHUP, SIGUSR1, SIGCHLD, SIGPIPE, SIGWINCH, SIGCONT, SIGURG, 0: break
        default:
            guard signal.sender.process != signal.target else { return }
            tampered("signal \(signal.number) was sent to the collector", signal, sender, author)
        }
    }

    /// A signal that an earlier collector could not tell of: it died of it.
    private func handle(_ signal: Record.Signal, toPredecessorBy sender: Process, _ author: Author) {
        switch signal.number {
        case SIGKILL where signal.isFromKernel:
            tampered(
                "the kernel killed the collector that ran before, for want of memory most likely", signal, nil, author)
        case SIGKILL: tampered("the collector that ran before was killed", signal, sender, author)
        case SIGSTOP, SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE, SIGSYS:
            tampered("signal \(signal.number) was sent to the collector that ran before", signal, sender, author)
        default: break
        }
    }

    private func tampered(_ reason: String, _ signal: Record.Signal, _ sender: Process?, _ author: Author) {
        tell(
            .collector(
                CollectorReport(
                    .tampered, reason: reason, details: [("signal", .number(Int(signal.number)))], author: sender)),
            by: author)
    }

    /// Whether what he did was recorded for this collector before it ran.
    func isWhileDown(_ author: Author) -> Bool { inheritance != nil && author.time < beganAt }

    /// Tells what an author did, unless an earlier collector did.
    func tell(_ event: Event, by author: Author) {
        if author.time < beganAt, keeper.wasTold(author) { return }
        output.send(event, at: author.time, receipt: author.mark)
    }
}
