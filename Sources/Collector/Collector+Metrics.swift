internal import Detection
internal import Events
internal import Host
internal import Inventory
internal import Lineage
internal import Netlink
internal import Output
internal import Probes
internal import Protection
internal import SavedState
internal import XTables

/// The collector's figures for Prometheus. They are put together here, of what is known; another thread writes them.
extension Collector {
    /// How many namespaces, and tables and chains of the host's, have figures of their own.
    private static let namespaceLimit = 64
    private static let tableLimit = 64
    private static let chainLimit = 256

    func publishMetrics() {
        guard let metrics else { return }
        metrics.publish(exposition(isUp: true).bytes)
        // Of the time before: the file is written in a moment.
        if let failure = metrics.failure, !isMetricsFailureTold {
            isMetricsFailureTold = true
            sendCoverage("the metrics file cannot be written: \(failure)")
        } else if metrics.failure == nil {
            isMetricsFailureTold = false
        }
    }

    /// The last of them: this collector ends.
    func leaveMetrics() {
        guard let metrics else { return }
        metrics.publish(exposition(isUp: false).bytes)
        metrics.close(within: .seconds(1))
    }

    private func exposition(isUp: Bool) -> Exposition {
        var figures = Exposition()
        figures.add(
            "wallwatch_up", .gauge, "1 while the collector runs, 0 after it ended in an orderly way.", isUp ? 1 : 0)
        figures.add(
            "wallwatch_build_info", .gauge, "The version that runs.",
            [Exposition.Sample(1, [("version", options.version)])])
        addCollector(to: &figures)
        addOutput(to: &figures)
        addFirewall(to: &figures)
        return figures
    }

    private func addCollector(to figures: inout Exposition) {
        let usage = Usage.current
        // Lines are counted when they are lost, and told later.
        var lost = lostCounts
        let lines = output.writer.figures.losses
        (lost["process_lines"], lost["firewall_lines"], lost["alert_lines"]) =
            (lines[.process], lines[.firewall], lines[.alert])
        figures.add(
            "wallwatch_start_time_seconds", .gauge, "When this collector began to watch, in seconds since 1970.",
            Self.seconds(UInt64(clamping: Int64(clamping: beganAt) &+ Clock.realtimeOffset)))
        figures.add(
            "wallwatch_cpu_seconds_total", .counter, "Processor time that the collector has used.",
            Double(usage.cpuMicroseconds) / 1e6)
        figures.add(
            "wallwatch_resident_memory_bytes", .gauge, "Memory that the collector holds.", Double(usage.residentBytes))
        figures.add(
            "wallwatch_hook_family_up", .gauge,
            "Whether the hooks of a family are attached and see, by the tier in use.",
            probes.coverage.map { coverage in
                let isUp = coverage.tier != nil && !blinded.contains(coverage.family)
                return Exposition.Sample(
                    isUp ? 1 : 0,
                    [("family", coverage.family.rawValue), ("tier", coverage.tier?.rawValue ?? "none")])
            })
        figures.add(
            "wallwatch_notifications_up", .gauge,
            "Whether notifications of nf_tables are heard; 0 while it is not loaded.",
            isListening ? 1 : 0)
        figures.add(
            "wallwatch_kernel_missed_runs_total", .counter,
            "How often the kernel did not run a program of the collector where it should have.",
            probes.missedRuns.sorted { $0.key < $1.key }.map {
                Exposition.Sample(Double($0.value), [("program", $0.key)])
            })
        figures.add(
            "wallwatch_lost_total", .counter,
            "Records, lines and bytes that were lost, as collector-events-lost has them.",
            Health.News().counts.map { Exposition.Sample(Double(lost[$0.kind] ?? 0), [("kind", $0.kind)]) })
        figures.add(
            "wallwatch_events_total", .counter, "Lines that were made, by event.action.",
            output.lineCounts.sorted { $0.key < $1.key }.map {
                Exposition.Sample(Double($0.value), [("action", $0.key)])
            })
        figures.add(
            "wallwatch_last_event_timestamp_seconds", .gauge, "When a line was made last, in seconds since 1970.",
            Self.seconds(output.lastEvent))
        figures.add(
            "wallwatch_last_change_timestamp_seconds", .gauge,
            "When a change of a firewall was told last, in seconds since 1970; 0: none was.",
            Self.seconds(output.lastChange))
        figures.add(
            "wallwatch_alerts_total", .counter, "Alerts that were opened, by rule.",
            Rule.allCases.map {
                Exposition.Sample(Double(output.alertCounts[$0.rawValue] ?? 0), [("rule", $0.rawValue)])
            })
        let open = output.openAlerts
        figures.add(
            "wallwatch_alerts_open", .gauge, "Alerts that are not made good, by the rule that weighs most.",
            Rule.allCases.map { Exposition.Sample(Double(open[$0.rawValue] ?? 0), [("rule", $0.rawValue)]) })
        figures.add(
            "wallwatch_maintenance_active", .gauge, "Whether maintenance is switched on by hand.",
            maintenance == nil ? 0 : 1)
        figures.add("wallwatch_processes", .gauge, "Processes that the collector knows.", Double(lineage.count))
    }

    private func addOutput(to figures: inout Exposition) {
        let writer = output.writer.figures
        let isStuck = output.writer.status != .healthy
        figures.add(
            "wallwatch_output_lines_total", .counter, "Lines that the output took.", Double(writer.linesWritten))
        figures.add(
            "wallwatch_output_bytes_total", .counter, "Bytes that the output took.", Double(writer.bytesWritten))
        figures.add(
            "wallwatch_output_stalled", .gauge, "1 while the output takes no lines.", isStuck ? 1 : 0)
        figures.add(
            "wallwatch_output_queue_bytes", .gauge, "What waits in memory for the output.", Double(writer.queueBytes))
        figures.add(
            "wallwatch_output_spill_bytes", .gauge, "What waits on disk for the output.", Double(writer.spillBytes))
        figures.add(
            "wallwatch_output_spilled_lines_total", .counter, "Lines that went through the spill file.",
            Double(writer.linesSpilled))
        figures.add(
            "wallwatch_output_rotations_total", .counter, "How often the output file was followed by another.",
            Double(writer.rotations))
    }

    private func addFirewall(to figures: inout Exposition) {
        let watched = namespaces.all
        figures.add("wallwatch_namespaces", .gauge, "Network namespaces that are watched.", Double(watched.count))
        figures.add(
            "wallwatch_namespaces_beyond", .gauge, "Network namespaces for which netns.max leaves no room.",
            Double(namespaces.excess.count))
        let shown = watched.prefix(Self.namespaceLimit).map { namespace in
            (
                labels: [("netns", String(namespace.inode)), ("host", namespace.isHost ? "true" : "false")],
                totals: namespace.state.totals
            )
        }
        func add(_ name: String, _ help: String, _ value: (Totals) -> Int) {
            figures.add(name, .gauge, help, shown.map { Exposition.Sample(Double(value($0.totals)), $0.labels) })
        }
        add("wallwatch_rules", "Firewall rules that stand in a network namespace.") { $0.rules }
        add("wallwatch_effective_rules", "Of these, rules that can still meet a packet.") { $0.figures.effective }
        add("wallwatch_blocking_rules", "Of these, rules and policies that block.") { $0.figures.blocking }
        add("wallwatch_set_elements", "Elements of named sets and ipsets.") { $0.elements }
        figures.add(
            "wallwatch_effective_rules_max", .gauge, "The most effective rules that the host's namespace had.",
            Double(highWater.effectiveRules))
        addTables(of: namespaces.host.state, hidden: max(0, watched.count - Self.namespaceLimit), to: &figures)
    }

    private func addTables(of state: FirewallState, hidden: Int, to figures: inout Exposition) {
        let tables = HostTable.all(of: state)
        let chains = tables.prefix(Self.tableLimit).flatMap { table in
            table.chains.map { (labels: table.labels + [("chain", $0.name)], chain: $0) }
        }
        let first = chains.filter(\.chain.isBase) + chains.filter { !$0.chain.isBase }
        func add<Row>(_ rows: some Sequence<Row>, _ name: String, _ help: String, _ sample: (Row) -> Exposition.Sample)
        {
            figures.add(name, .gauge, help, rows.map(sample))
        }
        let shown = tables.prefix(Self.tableLimit)
        add(shown, "wallwatch_table_rules", "Rules of a table of the host's namespace.") {
            Exposition.Sample(Double($0.chains.reduce(0) { $0 + $1.rules }), $0.labels)
        }
        add(shown, "wallwatch_table_effective_rules", "Of these, rules that can still meet a packet.") {
            Exposition.Sample(Double($0.chains.reduce(0) { $0 + $1.figures.effective }), $0.labels)
        }
        add(shown, "wallwatch_table_dormant", "Whether a table of the host's namespace is dormant.") {
            Exposition.Sample($0.isDormant ? 1 : 0, $0.labels)
        }
        let some = first.prefix(Self.chainLimit)
        add(some, "wallwatch_chain_rules", "Rules of a chain of the host's namespace.") {
            Exposition.Sample(Double($0.chain.rules), $0.labels)
        }
        add(some, "wallwatch_chain_effective_rules", "Of these, rules that can still meet a packet.") {
            Exposition.Sample(Double($0.chain.figures.effective), $0.labels)
        }
        add(
            some.filter { $0.chain.drops != nil }, "wallwatch_chain_policy_drop",
            "Whether a base chain of the host's namespace drops what no rule decided."
        ) { Exposition.Sample($0.chain.drops == true ? 1 : 0, $0.labels) }
        figures.add(
            "wallwatch_metrics_hidden", .gauge,
            "Namespaces, tables and chains that have no figures here: there are too many.",
            [
                Exposition.Sample(Double(hidden), [("kind", "namespace")]),
                Exposition.Sample(Double(tables.count - shown.count), [("kind", "table")]),
                Exposition.Sample(Double(first.count - some.count), [("kind", "chain")]),
            ])
    }

    private static func seconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds / 1_000_000) / 1000 }
}

/// A table as its figures name it.
private struct HostTable {
    struct Chain {
        var name: String
        var rules: Int
        var figures: Figures
        var isBase: Bool
        /// nil: it has no policy.
        var drops: Bool?
    }

    var labels: [(String, String)]
    var chains: [Chain]
    var isDormant = false

    /// nftables first, each by family and name.
    static func all(of state: FirewallState) -> [HostTable] {
        let nft = state.nft.tables.sorted { ($0.key.family.name, $0.key.name) < ($1.key.family.name, $1.key.name) }
        let legacy = state.legacy.sorted {
            ($0.key.family.rawValue, $0.key.name) < ($1.key.family.rawValue, $1.key.name)
        }
        return nft.map { id, table in
            HostTable(
                labels: labels("nftables", id.family.name, id.name),
                chains: table.chains.sorted { $0.key < $1.key }.map { name, chain in
                    Chain(
                        name: name, rules: chain.rules.count, figures: table.figures(of: name),
                        isBase: chain.hook != nil, drops: chain.policy.map { $0 == .drop })
                }, isDormant: table.flags.contains(.dormant))
        }
            + legacy.map { id, table in
                HostTable(
                    labels: labels(Backend(legacy: id.family.rawValue).rawValue, id.family.rawValue, id.name),
                    chains: table.chains.map { chain in
                        Chain(
                            name: chain.name, rules: chain.rules.count, figures: state.figures(of: chain.name, in: id),
                            isBase: chain.isBuiltIn, drops: chain.policy.map { $0 == .drop })
                    })
            }
    }

    private static func labels(_ backend: String, _ family: String, _ table: String) -> [(String, String)] {
        [("backend", backend), ("family", family), ("table", table)]
    }
}
