import Inventory
import Netlink
import Protection
import Testing

@Suite struct `The order of the rules` {
    private func order(_ state: FirewallState, _ chain: String = "input") -> [UInt64] {
        state.nft.tables[filter]?.graph.handles(of: chain) ?? []
    }

    @Test func `follows what the kernel tells, also of rules that come later`() {
        var state = FirewallState([
            Notice.table(), Notice.chain("input"), Notice.rule(3, "input"), Notice.rule(5, "input"),
        ])
        // Seen on 6.18: two added behind 3, one inserted, one added, one deleted.
        _ = state.commit(
            [
                Notice.rule(6, "input", after: 7), Notice.rule(7, "input", after: 3),
                Notice.rule(8, "input", isAppended: false), Notice.rule(9, "input"), Notice.noRule(5, "input"),
            ], intent: nil)
        #expect(order(state) == [8, 3, 7, 6, 9])
        #expect(state.ruleCount == 5)
    }

    @Test func `survives a batch of a hundred thousand insertions at the top`() {
        var state = FirewallState([Notice.table(), Notice.chain("input")])
        let last: UInt64 = 20_000
        let notices = (1...last).map {
            Notice.rule($0, "input", after: $0 == 1 || $0 == last ? nil : $0 + 1, isAppended: false)
        }
        _ = state.commit(notices, intent: nil)
        #expect(order(state) == (1...last).reversed())
    }

    @Test func `is kept where a rule waits for one that never comes`() {
        var state = FirewallState([Notice.table(), Notice.chain("input"), Notice.rule(1, "input")])
        _ = state.commit([Notice.rule(2, "input", after: 77), Notice.rule(3, "input", after: 2)], intent: nil)
        #expect(order(state) == [1, 2, 3])
        _ = state.commit([Notice.rule(4, "input", after: 99), Notice.noRule(4, "input")], intent: nil)
        #expect(order(state) == [1, 2, 3])
    }

    @Test func `is taken from the request where the kernel tells none`() {
        var state = FirewallState([Notice.table(), Notice.chain("input"), Notice.rule(1, "input")])
        let intent = Batch.intent {
            $0.rule("input")  // inserted
            $0.rule("input", append: true)
            $0.rule("input", position: 1)
            $0.rule("input", position: 1, append: true)
        }
        let notices = (2...5).map { Notice.rule($0, "input", isAppended: nil) }
        _ = state.commit(notices, intent: intent)
        #expect(order(state) == [2, 4, 1, 5, 3])
        _ = state.commit([Notice.rule(6, "input", isAppended: nil)], intent: nil)
        #expect(order(state) == [2, 4, 1, 5, 3, 6])
    }

    @Test func `is presumed of a request as the kernel would make it`() {
        var state = FirewallState()
        var presumption = Presumption()
        let request = Batch.request {
            $0.table(.inet, "filter")
            $0.chain("input")  // handle 1
            $0.rule("input", append: true)  // 2
            $0.rule("input", append: true)  // 3
            $0.rule("input")  // 4, on top
            $0.rule("input", position: 3)  // 5, before 3
            $0.rule("input", position: 2, append: true)  // 6, behind 2
            $0.rule("input", replaces: 4)  // 7
        }
        _ = state.presume(request, &presumption)
        #expect(order(state) == [7, 2, 6, 5, 3])
    }

    @Test func `is told where a dump has another`() {
        var state = FirewallState([
            Notice.table(), Notice.chain("input"), Notice.rule(1, "input"), Notice.rule(2, "input"),
        ])
        let other = FirewallState([
            Notice.table(), Notice.chain("input"), Notice.rule(2, "input"), Notice.rule(1, "input"),
        ])
        let change = state.replace(nft: other.nft)
        #expect(change.operations.map(\.kind) == [.other])
        #expect(order(state) == [2, 1])
    }
}
