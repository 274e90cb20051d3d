import Inventory
import Netlink
import Testing

@Suite struct `Sets of nftables` {
    static let standing: [NFTMessage] = [Notice.table(), Notice.set("hosts"), Notice.elements([1, 2, 3], "hosts")]

    @Test func `are told with their elements`() {
        var state = FirewallState()
        let change = state.commit(Self.standing, intent: nil)
        #expect(change.brief == ["add-table filter", "add-set hosts", "add-elements hosts 3"])
        #expect(change.elements == Count(before: 0, after: 3))
        #expect(change.rules == Count(before: 0, after: 0))
    }

    @Test func `count an interval once`() {
        var state = FirewallState(Self.standing)
        let change = state.commit([Notice.elements([10], "hosts"), Notice.intervalEnd(11, "hosts")], intent: nil)
        #expect(change.brief == ["add-elements hosts 1"])
        #expect(change.elements == Count(before: 3, after: 4))
    }

    @Test func `count an element once that is added again`() {
        var state = FirewallState(Self.standing)
        let change = state.commit([Notice.elements([3, 4, 4], "hosts")], intent: nil)
        #expect(change.brief == ["add-elements hosts 1", "other filter (2 elements of hosts renewed)"])
        #expect(state.elementCount == 4)
    }

    @Test func `hold no more for an element they hold already, and yet it is told: it may have another timeout`() {
        var state = FirewallState(Self.standing)
        let change = state.commit([Notice.elements([1, 2], "hosts")], intent: nil)
        #expect(change.brief == ["other filter (2 elements of hosts renewed)"])
        #expect(change.elements.delta == 0)
    }

    @Test func `lose only elements they hold`() {
        var state = FirewallState(Self.standing)
        let change = state.commit([Notice.noElements([3, 9], "hosts")], intent: nil)
        #expect(change.brief == ["delete-elements hosts 1"])
        #expect(change.elements == Count(before: 3, after: 2))
    }

    @Test func `take their elements with them`() {
        var state = FirewallState(Self.standing)
        let change = state.commit([Notice.noSet("hosts")], intent: nil)
        #expect(change.brief == ["delete-set hosts 3"])
        #expect(change.elements == Count(before: 3, after: 0))
    }

    @Test func `take their elements with them when the table goes`() {
        var state = FirewallState(Self.standing)
        let change = state.commit([Notice.noTable()], intent: nil)
        #expect(change.brief == ["delete-table filter 0"])
        #expect(change.elements == Count(before: 3, after: 0))
    }

    @Test func `that are anonymous are part of their rule`() {
        var state = FirewallState(Self.standing)
        let change = state.commit(
            [
                Notice.set("__set0", flags: [.anonymous, .constant]), Notice.elements([7, 8], "__set0"),
                Notice.chain("input"), Notice.rule(4, "input"),
            ], intent: nil)
        #expect(change.brief == ["add-chain input", "add-rule input 1 #4"])
        #expect(change.elements == Count(before: 3, after: 3))
        #expect(state.commit([Notice.noRule(4, "input"), Notice.noSet("__set0")], intent: nil).elements.after == 3)
    }

    @Test func `are told as flushed only where that was asked for`() {
        var asked = FirewallState(Self.standing)
        let intent = Batch.intent { $0.elements(delete: true, 0, "hosts") }
        let notices = [Notice.noElements([1], "hosts"), Notice.noElements([2, 3], "hosts")]
        #expect(asked.commit(notices, intent: intent).brief == ["flush-set hosts 3"])

        var unknown = FirewallState(Self.standing)
        #expect(unknown.commit(notices, intent: nil).brief == ["delete-elements hosts 3"])
    }

    @Test func `are told both ways where elements come and go at once`() {
        var state = FirewallState(Self.standing)
        let change = state.commit([Notice.noElements([1], "hosts"), Notice.elements([5, 6], "hosts")], intent: nil)
        #expect(change.brief == ["delete-elements hosts 1", "add-elements hosts 2"])
        #expect(change.elements.delta == 1)
    }

    @Test func `made again under their name start empty`() {
        var state = FirewallState(Self.standing)
        let change = state.commit(
            [Notice.noSet("hosts"), Notice.set("hosts"), Notice.elements([9], "hosts")], intent: nil)
        #expect(change.brief == ["delete-set hosts 3", "add-set hosts", "add-elements hosts 1"])
        #expect(state.nft.tables[filter]?.sets["hosts"]?.keys == [9])
    }

    @Test func `of one name in two tables are two`() {
        var state = FirewallState(Self.standing, [Notice.table(nat), Notice.set("hosts", nat)])
        _ = state.commit([Notice.elements([1], "hosts", nat)], intent: nil)
        #expect(state.elementCount == 4)
        #expect(state.nft.tables[nat]?.elementCount == 1)
    }
}
