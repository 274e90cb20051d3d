import Collector
import Glibc
import Inventory
import JSON
import Netlink
import NetlinkIO
import Protection
import XTables

/// Says what the model makes of the firewall of the network namespace it runs in: for every line that comes in, a line
/// of JSON with each rule, whether it is effective and whether it blocks.
///
/// It reads as the daemon does. Rules of nftables are told by their handle, those of legacy tables by their place in
/// the chain, from one.
@main struct RulesetModel {
    let reader = FirewallReader()
    let namespace: CInt

    static func main() throws {
        let model = RulesetModel(namespace: try NetworkNamespace.openCurrent())
        while readLine() != nil { try model.tell() }
    }

    init(namespace: CInt) { self.namespace = namespace }

    func tell() throws {
        var state = FirewallState()
        _ = state.replace(nft: try reader.nftables(in: namespace))
        for table in try reader.legacy(in: namespace) {
            _ = state.replace(legacy: .init(family: table.family, name: table.name), with: table)
        }
        _ = state.replace(ipsets: try reader.ipsets(in: namespace))
        var writer = JSONWriter()
        writer.line { line in
            line.field("effective", state.figures.effective)
            line.field("blocking", state.figures.blocking)
            line.array("rules") { rules in
                tellNFT(state, &rules)
                tellLegacy(state, &rules)
            }
        }
        write(writer.bytes)
    }

    private func tellNFT(_ state: FirewallState, _ rules: inout JSONWriter) {
        for (id, table) in state.nft.tables {
            let isDormant = table.flags.contains(.dormant)
            for chain in table.chains.keys {
                let effective = isDormant ? [] : table.graph.effective(in: chain)
                let blocking = isDormant ? [] : table.graph.blocking(in: chain)
                for handle in table.graph.handles(of: chain) {
                    rules.element { rule in
                        rule.field("backend", "nft")
                        rule.field("family", id.family.name)
                        rule.field("table", id.name)
                        rule.field("chain", chain)
                        rule.field("rule", handle)
                        rule.field("effective", effective.contains(handle))
                        rule.field("blocking", blocking.contains(handle))
                    }
                }
            }
        }
    }

    private func tellLegacy(_ state: FirewallState, _ rules: inout JSONWriter) {
        for (id, graph) in state.legacyGraphs {
            for chain in state.legacy[id]?.chains ?? [] {
                let effective = graph.effective(in: chain.name)
                let blocking = graph.blocking(in: chain.name)
                for (index, handle) in graph.handles(of: chain.name).enumerated() {
                    rules.element { rule in
                        rule.field("backend", "legacy")
                        rule.field("family", id.family.rawValue)
                        rule.field("table", id.name)
                        rule.field("chain", chain.name)
                        rule.field("rule", index + 1)
                        rule.field("effective", effective.contains(handle))
                        rule.field("blocking", blocking.contains(handle))
                    }
                }
            }
        }
    }

    private func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 else { exit(1) }
            rest = rest.dropFirst(count)
        }
    }
}
