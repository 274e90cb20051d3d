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
                    ("state_directory", .text(configuration.state.directory.string)),
                ]))
    }

    func sendCoverage(_ reason: String) {
        send(
            CollectorReport(
                .coverageChanged, reason: reason,
                details: [("tier", .group(tiers)), ("hooks", .group(hooks)), ("blind", .group(blindSpots))]))
    }

    func send(_ report: CollectorReport) { output.send(.collector(report), at: Clock.boottime) }

    private var tiers: [(String, CollectorReport.Value)] {
        probes.coverage.map { ($0.family.rawValue, .text($0.tier?.rawValue ?? "none")) }
            + [("notifications", .text(notifications.isJoined ? "full" : "waiting for nf_tables"))]
    }

    private var hooks: [(String, CollectorReport.Value)] {
        probes.coverage.filter { $0.tier != nil }.map { ($0.family.rawValue, .text($0.hooks)) }
    }

    private var blindSpots: [(String, CollectorReport.Value)] {
        probes.coverage.map { ($0.family.rawValue, .text($0.blind)) }
    }

    /// The state of every namespace that has a firewall, and always the host's.
    func sendStates(_ occasion: String) {
        for namespace in namespaces.all where namespace.isHost || namespace.state != FirewallState() {
            let report = StateReport(netns: NetnsReport(namespace), state: namespace.state, occasion: occasion)
            output.send(.state(report), at: Clock.boottime)
        }
    }

    func reportHealth(at now: UInt64) {
        let lines = output.writer.takeLosses()
        let losses = (try? probes.losses()) ?? health.told
        if let news = health.news(
            losses, malformed: inbox.malformed, forged: notifications.socket.forgedCount, lines: lines)
        {
            sendLosses(news)
            // Firewall records that were lost may have been changes nothing notifies of.
            if news.firewall > 0 { resyncAll("firewall records were lost: the ring was full") }
        }
        if health.schedule.isDue(at: now) { sendHealth() }
    }

    private func sendLosses(_ news: Health.News) {
        let counts: [(String, UInt64)] = [
            ("lineage", news.lineage), ("firewall", news.firewall), ("other", news.other),
            ("refused_attempts", news.refused), ("unread", news.unread),
            ("malformed", news.malformed), ("forged_notifications", news.forged),
            ("process_lines", news.lines[.process]), ("firewall_lines", news.lines[.firewall]),
            ("alert_lines", news.lines[.alert]),
        ]
        let details = counts.filter { $0.1 > 0 }.map { ($0.0, CollectorReport.Value.number(Int($0.1))) }
        // A forged notification is nothing lost: somebody spoke as if he were the kernel.
        let isForgery = news.forged > 0 && details.count == 1
        send(
            CollectorReport(
                isForgery ? .tampered : .eventsLost,
                reason: isForgery ? "a process sent notifications as if it were the kernel; they were ignored" : nil,
                isFailure: true, details: [("lost", .group(details))]))
    }

    private func sendHealth() {
        var usage = rusage()
        getrusage(CInt(RUSAGE_SELF.rawValue), &usage)
        let cpu =
            (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000 + usage.ru_utime.tv_usec
            + usage.ru_stime.tv_usec
        send(
            CollectorReport(
                .health,
                details: [
                    ("tier", .group(tiers)), ("queue_bytes", .number(output.writer.queuedBytes)),
                    ("cpu_us", .number(cpu)), ("max_rss_kib", .number(usage.ru_maxrss)),
                    ("processes", .number(lineage.count)), ("namespaces", .number(namespaces.all.count)),
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

    func resyncDue(at now: UInt64) {
        guard !resyncs.isEmpty else { return }
        resyncs = resyncs.filter { entry in
            let ruleset = namespaces.open(entry.namespace) { (descriptor) throws(NetlinkIOError) in
                try reader.nftables(in: descriptor)
            }
            guard let ruleset else { return false }
            let state = entry.namespace.state
            // Younger than what is believed: the commits in between are on their way, with their authors.
            if ruleset.generation ?? 1 != state.nft.generation ?? 1, now < entry.until { return true }
            tell(.nftables, entry.namespace, entry.namespace.state.replace(nft: ruleset), entry.reason)
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
                tell(.nftables, namespace, namespace.state.replace(nft: nft, isAudit: true), reason)
                tell(
                    .ipset, namespace,
                    namespace.state.replace(ipsets: try reader.ipsets(in: descriptor), isAudit: true), reason)
                var gone = Set(namespace.state.legacy.keys)
                for table in try reader.legacy(in: descriptor) {
                    let id = FirewallState.LegacyID(family: table.family, name: table.name)
                    gone.remove(id)
                    tell(.xtablesLegacy, namespace, namespace.state.replace(legacy: id, with: table), reason)
                }
                for id in gone {
                    tell(.xtablesLegacy, namespace, namespace.state.replace(legacy: id, with: nil), reason)
                }
            }
        }
    }

    func tell(_ backend: Backend, _ namespace: WatchedNamespace, _ change: Change, _ reason: String) {
        guard !change.isEmpty else { return }
        output.send(
            .drift(DriftReport(backend: backend, netns: NetnsReport(namespace), change: change, reason: reason)),
            at: Clock.boottime)
    }

    func reload() {
        do throws(ConfigurationErrors) {
            var fresh = try Configuration(loading: options.source)
            options.overrides(&fresh)
            configuration = fresh
            output.configure(fresh.output)
            send(CollectorReport(.configReloaded, details: [("file", .text(options.source.file.string))]))
        } catch {
            send(
                CollectorReport(
                    .configRefused, reason: error.description, isFailure: true,
                    details: [("file", .text(options.source.file.string))]))
        }
    }

    func handle(_ signal: Record.Signal) {
        let sender = lineage.process(
            of: Author(time: Clock.boottime, task: signal.sender, ancestors: []))
        switch signal.number {
        case SIGTERM, SIGINT: noteStop(by: sender)
        case SIGHUP, SIGUSR1, SIGCHLD, SIGPIPE, SIGWINCH, SIGCONT, SIGURG, 0: break
        default:
            guard signal.sender.process != signal.target else { return }
            output.send(
                .collector(
                    CollectorReport(
                        .tampered, reason: "signal \(signal.number) was sent to the collector",
                        details: [("signal", .number(Int(signal.number)))], author: sender)),
                at: Clock.boottime)
        }
    }
}
