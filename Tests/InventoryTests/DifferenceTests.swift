import Inventory
import Netlink
import Testing

@Suite struct `A dump that differs` {
    static let standing: [NFTMessage] = [
        Notice.table(), Notice.chain("input", handle: 1, hook: 1, policy: .drop), Notice.rule(10, "input"),
        Notice.rule(11, "input"), Notice.set("hosts"), Notice.elements([1, 2], "hosts"),
    ]

    /// The difference between `standing` and what `notices` make of it.
    static func difference(isAudit: Bool = false, from: [NFTMessage] = standing, _ notices: [NFTMessage]) -> Change {
        var state = FirewallState(from)
        return state.replace(nft: FirewallState(from, notices).nft, isAudit: isAudit)
    }

    @Test func `in nothing tells nothing`() {
        #expect(Self.difference([]).isEmpty)
    }

    @Test func `in its generation alone tells nothing`() {
        var state = FirewallState(Self.standing)
        var dump = state.nft
        dump.generation = 99
        #expect(state.replace(nft: dump).isEmpty)
        #expect(state.nft.generation == 99)
    }

    @Test func `by a rule tells the chain`() {
        #expect(Self.difference([Notice.rule(12, "input")]).brief == ["add-rule input 1"])
        #expect(Self.difference([Notice.noRule(10, "input")]).brief == ["delete-rule input 1"])
    }

    @Test func `by a rule in place of another tells both`() {
        let change = Self.difference([Notice.noRule(10, "input"), Notice.rule(12, "input")])
        #expect(change.brief == ["delete-rule input 1", "add-rule input 1"])
        #expect(change.rules == Count(before: 2, after: 2))
    }

    @Test func `by an emptied chain tells a flush`() {
        let change = Self.difference([Notice.noRule(10, "input"), Notice.noRule(11, "input")])
        #expect(change.brief == ["flush-chain input 2"])
    }

    @Test func `by a table tells its count of rules`() {
        let change = Self.difference([Notice.noTable()])
        #expect(change.brief == ["delete-table filter 2"])
        #expect(change.elements == Count(before: 2, after: 0))
    }

    @Test func `by a new table tells what is in it`() {
        var state = FirewallState()
        let change = state.replace(nft: FirewallState(Self.standing).nft)
        #expect(
            change.brief == [
                "add-table filter", "add-chain input ->drop", "add-rule input 2", "add-set hosts",
                "add-elements hosts 2",
            ]
        )
    }

    @Test func `by a policy tells it`() {
        let change = Self.difference([Notice.chain("input", handle: 1, hook: 1, policy: .accept)])
        #expect(change.brief == ["policy input drop>accept"])
    }

    @Test func `by a sleeping table tells it`() {
        #expect(Self.difference([Notice.table(flags: .dormant)]).brief == ["table-dormant filter"])
        #expect(
            Self.difference(from: [Notice.table(flags: .dormant)], [Notice.table()]).brief == ["table-awake filter"])
    }

    @Test func `by a chain or a set tells its count`() {
        #expect(Self.difference([Notice.noChain("input")]).brief == ["delete-chain input 2"])
        #expect(Self.difference([Notice.noSet("hosts")]).brief == ["delete-set hosts 2"])
    }

    @Test func `by elements tells how many`() {
        let change = Self.difference([Notice.noElements([1], "hosts"), Notice.elements([8, 9], "hosts")])
        #expect(change.brief == ["delete-elements hosts 1", "add-elements hosts 2"])
        #expect(Self.difference([Notice.noElements([1, 2], "hosts")]).brief == ["flush-set hosts 2"])
    }

    @Test(arguments: [NFTSetFlags.timeout, .eval])
    func `by elements that come and go by themselves is no difference to an audit`(flags: NFTSetFlags) {
        let standing = [Notice.table(), Notice.set("seen", flags: flags), Notice.elements([1, 2], "seen")]
        let notices = [Notice.noElements([1], "seen")]
        #expect(Self.difference(isAudit: true, from: standing, notices).isEmpty)
        #expect(Self.difference(isAudit: false, from: standing, notices).brief == ["delete-elements seen 1"])
    }

    @Test func `by a whole volatile set is one to an audit too`() {
        let standing = [Notice.table(), Notice.set("seen", flags: .timeout), Notice.elements([1], "seen")]
        #expect(Self.difference(isAudit: true, from: standing, [Notice.noSet("seen")]).brief == ["delete-set seen 1"])
    }
}
