internal import Inventory
internal import JSON
internal import Netlink
internal import Protection
internal import XTables

extension JSONWriter {
    /// `wallwatch.state`: what stands, in figures, the tables and chains by name.
    /// Chains are told as far as a line holds them; a ruleset with more says how many there are.
    mutating func state(_ report: StateReport, _ limits: Limits) {
        let state = report.state
        let chains = Self.chainLines(state)
        object("state") { line in
            line.field("occasion", report.occasion)
            line.netns(report.netns)
            line.field("generation", state.nft.generation)
            line.field("rules", state.ruleCount)
            line.figures(state.figures)
            line.field("elements", state.elementCount)
            line.object("nftables") {
                $0.field("tables", state.nft.tables.count)
                $0.field("rules", state.nft.ruleCount)
                $0.figures(state.nft.figures)
                $0.field("elements", state.nft.elementCount)
            }
            line.object("xtables-legacy") {
                $0.field("tables", state.legacy.count)
                $0.field("rules", state.legacy.values.reduce(0) { $0 + $1.ruleCount })
                $0.figures(state.legacyFigures)
            }
            line.object("ipset") {
                $0.field("sets", state.ipsets.sets.count)
                $0.field("elements", state.ipsets.elementCount)
            }
            line.gap(report.gap, limits)
            line.baseline(report.baseline)
            line.highWater(report.highWater)
            line.field("chains_count", chains.count)
            line.array("chains") { line in
                for chain in chains.prefix(limits.operations) {
                    line.element { line in
                        line.field("backend", chain.backend.rawValue)
                        line.field("family", chain.family)
                        line.name("table", chain.table, limits)
                        line.name("chain", chain.name, limits)
                        line.field("rules", chain.rules)
                        line.figures(chain.figures)
                        line.field("policy", chain.policy)
                        line.field("dormant", chain.isDormant ? true : nil)
                    }
                }
            }
        }
    }

    private mutating func figures(_ figures: Figures) {
        field("effective_rules", figures.effective)
        field("blocking_rules", figures.blocking)
    }

    private mutating func gap(_ gap: GapReport?, _ limits: Limits) {
        guard let gap else { return }
        object("changed_while_down") { line in
            line.field("since", Timestamp(boottime: gap.since, offset: 0))
            line.field("changed", !gap.change.isEmpty)
            line.field("reboot", gap.isReboot)
            line.field("changes_told", gap.toldChanges)
            line.figures(gap.change)
            line.field("operations_count", gap.change.operations.count)
            line.operations(gap.change.operations.prefix(limits.operations), limits)
        }
    }

    private struct ChainLine {
        var backend: Backend
        var family: String
        var table: String
        var name: String
        var rules: Int
        var figures: Figures
        var policy: String?
        var isDormant = false
    }

    private static func chainLines(_ state: FirewallState) -> [ChainLine] {
        var lines: [ChainLine] = []
        for (id, table) in state.nft.tables.sorted(by: {
            ($0.key.family.rawValue, $0.key.name) < ($1.key.family.rawValue, $1.key.name)
        }) {
            for (name, chain) in table.chains.sorted(by: { $0.key < $1.key }) {
                lines.append(
                    ChainLine(
                        backend: .nftables, family: id.family.name, table: id.name, name: name,
                        rules: chain.rules.count, figures: table.figures(of: name),
                        policy: chain.policy.map { $0 == .drop ? "drop" : "accept" },
                        isDormant: table.flags.contains(.dormant)))
            }
        }
        for (id, table) in state.legacy.sorted(by: {
            ($0.key.family.rawValue, $0.key.name) < ($1.key.family.rawValue, $1.key.name)
        }) {
            for chain in table.chains {
                lines.append(
                    ChainLine(
                        backend: Backend(legacy: id.family.rawValue), family: id.family.rawValue, table: id.name,
                        name: chain.name,
                        rules: chain.rules.count, figures: state.figures(of: chain.name, in: id),
                        policy: chain.policy.map {
                            $0 == .drop ? "drop" : $0 == .accept ? "accept" : $0 == .return ? "return" : "other"
                        }))
            }
        }
        return lines
    }
}
