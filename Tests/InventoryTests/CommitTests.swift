import Inventory
import Netlink
import Testing

@Suite struct `A commit of nftables` {
    static let standing: [NFTMessage] = [
        Notice.table(), Notice.chain("input", handle: 1, hook: 1, policy: .accept), Notice.rule(10, "input"),
        Notice.rule(11, "input"), Notice.chain("more", handle: 2), Notice.rule(12, "more"),
    ]

    @Test func `tells a new firewall from the outside in`() {
        var state = FirewallState()
        let change = state.commit(Self.standing, intent: nil)
        #expect(
            change.brief == [
                "add-table filter", "add-chain input ->accept", "add-rule input 2", "add-chain more",
                "add-rule more 1 #12",
            ])
        #expect(change.rules == Count(before: 0, after: 3))
    }

    @Test func `tells the handle of a single rule, and of none where there are several`() {
        var state = FirewallState(Self.standing)
        #expect(state.commit([Notice.rule(20, "input")], intent: nil).brief == ["add-rule input 1 #20"])
        #expect(
            state.commit([Notice.rule(21, "input"), Notice.rule(22, "input")], intent: nil).brief == [
                "add-rule input 2"
            ])
    }

    @Test func `counts no rule twice that is told again`() {
        var state = FirewallState(Self.standing)
        let change = state.commit([Notice.rule(10, "input")], intent: nil)
        #expect(change.rules == Count(before: 3, after: 3))
    }

    @Test func `leaves the count alone where an unknown rule is deleted`() {
        var state = FirewallState(Self.standing)
        #expect(state.commit([Notice.noRule(99, "input")], intent: nil).rules == Count(before: 3, after: 3))
        #expect(state.commit([Notice.noRule(10, "nowhere")], intent: nil).rules == Count(before: 3, after: 3))
    }

    @Test func `counts the rules that go with a chain, named or not`() {
        var named = FirewallState(Self.standing)
        let change = named.commit(
            [Notice.noRule(10, "input"), Notice.noRule(11, "input"), Notice.noChain("input")], intent: nil)
        #expect(change.brief == ["delete-chain input 2"])
        #expect(change.rules == Count(before: 3, after: 1))

        var unnamed = FirewallState(Self.standing)
        #expect(unnamed.commit([Notice.noChain("input")], intent: nil) == change)
        #expect(unnamed == named)
    }

    @Test func `counts the rules that go with a table, named or not`() {
        var named = FirewallState(Self.standing)
        let change = named.commit(
            [
                Notice.noRule(10, "input"), Notice.noRule(11, "input"), Notice.noChain("input"),
                Notice.noRule(12, "more"), Notice.noChain("more"), Notice.noTable(),
            ], intent: nil)
        #expect(change.brief == ["delete-table filter 3"])
        #expect(change.rules == Count(before: 3, after: 0))

        var unnamed = FirewallState(Self.standing)
        #expect(unnamed.commit([Notice.noTable()], intent: nil) == change)
    }

    @Test func `tells both halves of a table that is deleted and made again`() {
        var state = FirewallState(Self.standing)
        let change = state.commit(
            [Notice.noRule(10, "input"), Notice.noTable()] + [
                Notice.table(), Notice.chain("input"), Notice.rule(30, "input"),
            ],
            intent: nil)
        #expect(
            change.brief == ["delete-table filter 3", "add-table filter", "add-chain input", "add-rule input 1 #30"])
        #expect(change.rules == Count(before: 3, after: 1))
    }

    @Test func `takes a table of another family for another table`() {
        var state = FirewallState(Self.standing)
        let change = state.commit([Notice.noTable(TableID(family: .ipv4, name: "filter"))], intent: nil)
        #expect(change.rules == Count(before: 3, after: 3))
    }

    @Test func `tells a chain that was emptied of two rules as flushed, of one as a deletion`() {
        var state = FirewallState(Self.standing)
        let flush = state.commit([Notice.noRule(10, "input"), Notice.noRule(11, "input")], intent: nil)
        #expect(flush.brief == ["flush-chain input 2"])
        #expect(state.commit([Notice.noRule(12, "more")], intent: nil).brief == ["delete-rule more 1 #12"])
    }

    @Test func `tells two tables that go at once as a flushed ruleset, with the count of both`() {
        var state = FirewallState(Self.standing, [Notice.table(nat), Notice.chain("x", nat), Notice.rule(1, "x", nat)])
        let change = state.commit([Notice.noTable(nat), Notice.noTable()], intent: nil)
        #expect(change.brief == ["flush-ruleset 4", "delete-table nat 1", "delete-table filter 3"])
    }

    @Test func `tells a table that falls asleep and awakes`() {
        var state = FirewallState(Self.standing)
        #expect(state.commit([Notice.table(flags: .dormant)], intent: nil).brief == ["table-dormant filter"])
        #expect(state.commit([Notice.table(flags: .dormant)], intent: nil).isEmpty)
        #expect(state.commit([Notice.table()], intent: nil).brief == ["table-awake filter"])
        #expect(state.ruleCount == 3)
    }

    @Test func `tells a table that is made asleep as both`() {
        var state = FirewallState()
        let change = state.commit([Notice.table(flags: .dormant)], intent: nil)
        #expect(change.brief == ["add-table filter", "table-dormant filter"])
    }

    @Test func `tells a policy with what it was`() {
        var state = FirewallState(Self.standing)
        let change = state.commit([Notice.chain("input", handle: 1, hook: 1, policy: .drop)], intent: nil)
        #expect(change.brief == ["policy input accept>drop"])
        #expect(state.commit([Notice.chain("input", handle: 1, hook: 1, policy: .drop)], intent: nil).isEmpty)
    }

    @Test func `keeps the rules of a chain that is renamed`() {
        var state = FirewallState(Self.standing)
        let change = state.commit([Notice.chain("less", handle: 2)], intent: nil)
        #expect(change.brief == ["other filter (chain more renamed to less)"])
        #expect(state.nft.tables[filter]?.chains["less"]?.rules == [12])
        #expect(state.nft.tables[filter]?.chains["more"] == nil)
    }

    @Test func `tells a chain that moves to another hook`() {
        var state = FirewallState(Self.standing)
        let change = state.commit([Notice.chain("input", handle: 1, hook: 2, policy: .accept)], intent: nil)
        #expect(change.brief == ["other filter (chain input hooked otherwise)"])
    }

    @Test func `keeps the generation it ends in`() {
        var state = FirewallState()
        _ = state.commit([.newGeneration(NFTGeneration(id: 7))], intent: nil)
        #expect(state.nft.generation == 7)
    }

    @Test func `tells objects and flowtables by name`() {
        var state = FirewallState(Self.standing)
        let change = state.commit(
            [
                .newObject(NFTObject(family: .inet, table: "filter", name: "quota")),
                .deleteFlowtable(NFTFlowtable(family: .inet, table: "filter", name: "fast"), destroy: false),
            ], intent: nil)
        #expect(change.brief == ["other filter (object quota written)", "other filter (flowtable fast deleted)"])
    }
}
