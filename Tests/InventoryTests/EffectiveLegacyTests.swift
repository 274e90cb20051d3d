import Inventory
import Netlink
import Protection
import Testing
import XTables

@Suite struct `A legacy table of effective rules` {
    private let id = FirewallState.LegacyID(family: .ipv4, name: "filter")

    private func table(_ rules: [XTRule], user: [XTRule] = []) -> XTable {
        XTable(
            family: .ipv4, name: "filter",
            chains: [
                XTChain(name: "INPUT", isBuiltIn: true, policy: .drop, rules: rules),
                XTChain(name: "mine", isBuiltIn: false, rules: user),
            ])
    }

    private func rule(_ target: XTTarget, _ condition: XTCondition = .sometimes, sets: [XTSetLookup] = []) -> XTRule {
        XTRule(hash: 1, target: target, condition: condition, sets: sets)
    }

    @Test func `is read like one of nftables`() {
        var state = FirewallState()
        let drops = [rule(.drop), rule(.target("REJECT"), .always), rule(.drop)]
        _ = state.replace(legacy: id, with: table([rule(.drop, .never), rule(.jump("mine"))], user: drops))
        #expect(state.figures == Figures(effective: 3, blocking: 2))
        let opened = state.replace(legacy: id, with: table([rule(.accept, .always), rule(.jump("mine"))], user: drops))
        #expect(opened.told == [[5, 3, 2], [5, 1, 0]])
        #expect(state.replace(legacy: id, with: nil).told == [[5, 1, 0], [0, 0, 0]])
    }

    @Test func `asks its ipsets`() {
        var sets = IPSets()
        sets.sets["bad"] = IPSets.Entry(type: "hash:ip", elements: 2, index: 5)
        sets.sets["other"] = IPSets.Entry(type: "hash:ip", elements: 0, index: 6)
        var state = FirewallState()
        _ = state.replace(ipsets: sets)
        let asks = rule(.drop, sets: [XTSetLookup(index: 5, isInverted: false)])
        _ = state.replace(legacy: id, with: table([asks, rule(.accept, .always)]))
        #expect(state.figures == Figures(effective: 2, blocking: 1))
        sets.sets["bad"]?.elements = 0
        #expect(state.replace(ipsets: sets).told == [[2, 2, 1], [2, 1, 0]])
        // Packets may fill it.
        let adds = rule(.target("SET"))
        _ = state.replace(legacy: id, with: table([asks, adds, rule(.accept, .always)]))
        #expect(state.figures == Figures(effective: 3, blocking: 1))
    }

    @Test func `asks the set that a swap put under the name`() {
        var sets = IPSets()
        sets.sets["bad"] = IPSets.Entry(type: "hash:ip", elements: 2, index: 5)
        sets.sets["empty"] = IPSets.Entry(type: "hash:ip", elements: 0, index: 6)
        var state = FirewallState()
        _ = state.replace(ipsets: sets)
        _ = state.replace(legacy: id, with: table([rule(.drop, sets: [XTSetLookup(index: 5, isInverted: false)])]))
        var swap = IPSetRequest(command: .swap, setName: "bad")
        swap.setName2 = "empty"
        #expect(state.presume([swap]).told == [[1, 1, 1], [1, 0, 0]])
    }
}
