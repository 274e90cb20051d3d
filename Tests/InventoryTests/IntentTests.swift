import Inventory
import Netlink
import Testing

@Suite struct `What was asked for` {
    static let one: [NFTMessage] = [Notice.table(), Notice.chain("input"), Notice.rule(10, "input")]
    static let two = one + [Notice.rule(11, "input")]

    @Test func `tells the flush of a chain of one rule from its deletion`() {
        var flushed = FirewallState(Self.one)
        let flush = Batch.intent { $0.noRule(nil, "input") }
        #expect(flushed.commit([Notice.noRule(10, "input")], intent: flush).brief == ["flush-chain input 1"])

        var deleted = FirewallState(Self.one)
        let delete = Batch.intent { $0.noRule(10, "input") }
        #expect(deleted.commit([Notice.noRule(10, "input")], intent: delete).brief == ["delete-rule input 1 #10"])
    }

    @Test func `tells rules deleted one by one from a flush`() {
        var state = FirewallState(Self.two)
        let intent = Batch.intent {
            $0.noRule(10, "input")
            $0.noRule(11, "input")
        }
        let change = state.commit([Notice.noRule(10, "input"), Notice.noRule(11, "input")], intent: intent)
        #expect(change.brief == ["delete-rule input 2"])
    }

    @Test func `cut off, says nothing of what it does not show`() {
        var state = FirewallState(Self.two)
        let intent = Batch.intent(truncated: true) { $0.noRule(10, "input") }
        let change = state.commit([Notice.noRule(10, "input"), Notice.noRule(11, "input")], intent: intent)
        #expect(change.brief == ["flush-chain input 2"])
    }

    @Test func `pairs a replaced rule with the one in its place`() {
        var state = FirewallState(Self.two)
        let intent = Batch.intent { $0.rule("input", replaces: 10) }
        let change = state.commit([Notice.noRule(10, "input"), Notice.rule(20, "input")], intent: intent)
        #expect(change.brief == ["replace-rule input 1 #20"])
        #expect(change.rules == Count(before: 2, after: 2))
    }

    /// Seen on 5.10: NEWRULE with the old handle, then DELRULE of the same.
    @Test(arguments: [Batch.intent { $0.rule("input", replaces: 10) }, nil])
    func `takes a rule that came under a handle in use for a replacement`(_ intent: RequestIntent?) {
        var state = FirewallState(Self.two)
        let change = state.commit([Notice.rule(10, "input"), Notice.noRule(10, "input")], intent: intent)
        #expect(change.brief == ["replace-rule input 1 #10"])
        #expect(change.rules == Count(before: 2, after: 2))
        let gone = state.commit([Notice.noRule(10, "input")], intent: nil)
        #expect(gone.rules == Count(before: 2, after: 1))
    }

    @Test func `pairs as many as were replaced, and adds the rest`() {
        var state = FirewallState(Self.two)
        let intent = Batch.intent {
            $0.rule("input", replaces: 10)
            $0.rule("input", replaces: 11)
            $0.rule("input")
        }
        let change = state.commit(
            [
                Notice.noRule(10, "input"), Notice.rule(20, "input"), Notice.noRule(11, "input"),
                Notice.rule(21, "input"),
                Notice.rule(22, "input"),
            ], intent: intent)
        #expect(change.brief == ["replace-rule input 2", "add-rule input 1 #22"])
        #expect(change.rules == Count(before: 2, after: 3))
    }

    @Test func `unknown, leaves a deletion and an addition`() {
        var state = FirewallState(Self.two)
        let change = state.commit([Notice.noRule(10, "input"), Notice.rule(20, "input")], intent: nil)
        #expect(change.brief == ["delete-rule input 1", "add-rule input 1"].map { $0 + " #20" })
    }

    @Test func `gathers the chains of a flushed table in one count`() {
        var state = FirewallState(Self.two, [Notice.chain("output"), Notice.rule(12, "output")])
        let intent = Batch.intent { $0.noRule() }
        let change = state.commit(
            [Notice.noRule(10, "input"), Notice.noRule(11, "input"), Notice.noRule(12, "output")], intent: intent)
        #expect(change.brief == ["flush-table filter 3"])
    }

    @Test func `tells a flushed and reloaded chain as both`() {
        var state = FirewallState(Self.two)
        let intent = Batch.intent {
            $0.noRule(nil, "input")
            $0.rule("input")
        }
        let change = state.commit(
            [Notice.noRule(10, "input"), Notice.noRule(11, "input"), Notice.rule(12, "input")], intent: intent)
        #expect(change.brief == ["flush-chain input 2", "add-rule input 1 #12"])
    }

    @Test func `tells a flushed ruleset of one table from a deleted table`() {
        var flushed = FirewallState(Self.two)
        let flush = Batch.intent { $0.table(delete: true, .unspecified, nil) }
        let change = flushed.commit([Notice.noTable()], intent: flush)
        #expect(change.brief == ["flush-ruleset 2", "delete-table filter 2"])

        var deleted = FirewallState(Self.two)
        let delete = Batch.intent { $0.table(delete: true, .inet, "filter") }
        #expect(deleted.commit([Notice.noTable()], intent: delete).brief == ["delete-table filter 2"])
    }

    @Test func `tells two tables deleted by name from a flushed ruleset`() {
        var state = FirewallState(Self.two, [Notice.table(nat)])
        let intent = Batch.intent {
            $0.table(delete: true, .inet, "filter")
            $0.table(delete: true, .ipv4, "nat")
        }
        let change = state.commit([Notice.noTable(), Notice.noTable(nat)], intent: intent)
        #expect(change.brief == ["delete-table filter 2", "delete-table nat 0"])
    }

    @Test func `does not change what is counted`() {
        var with = FirewallState(Self.two)
        var without = with
        let notices = [Notice.noRule(10, "input"), Notice.rule(20, "input")]
        let one = with.commit(notices, intent: Batch.intent { $0.rule("input", replaces: 10) })
        let other = without.commit(notices, intent: nil)
        #expect(with == without && one.rules == other.rules)
    }
}
