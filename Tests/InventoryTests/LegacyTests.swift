import Inventory
import Testing
import XTables

@Suite struct `A legacy table` {
    static let id = FirewallState.LegacyID(family: .ipv4, name: "filter")

    static func rule(_ hash: UInt64) -> XTRule { XTRule(hash: hash, target: .drop, condition: .sometimes) }

    static func table(_ input: [UInt64], policy: XTTarget = .accept, user: [String: [UInt64]] = [:]) -> XTable {
        var chains = [XTChain(name: "INPUT", isBuiltIn: true, policy: policy, rules: input.map(rule))]
        for (name, rules) in user.sorted(by: { $0.key < $1.key }) {
            chains.append(XTChain(name: name, isBuiltIn: false, rules: rules.map(rule)))
        }
        return XTable(family: .ipv4, name: "filter", chains: chains)
    }

    static func change(_ before: XTable?, _ after: XTable?) -> Change {
        var state = FirewallState()
        if let before { _ = state.replace(legacy: id, with: before) }
        return state.replace(legacy: id, with: after)
    }

    @Test func `that is new tells its rules`() {
        let change = Self.change(nil, Self.table([1, 2], user: ["more": [3]]))
        #expect(change.brief == ["add-rule INPUT 2", "add-chain more", "add-rule more 1"])
        #expect(change.rules == Count(before: 0, after: 3))
    }

    @Test func `that the kernel only made tells nothing`() {
        #expect(Self.change(nil, Self.table([])).isEmpty)
    }

    @Test func `that is new and drops tells its policy`() {
        #expect(Self.change(nil, Self.table([], policy: .drop)).brief == ["policy INPUT accept>drop"])
    }

    @Test func `written anew as it was tells nothing`() {
        #expect(Self.change(Self.table([1, 2, 2]), Self.table([1, 2, 2])).isEmpty)
    }

    @Test func `tells rules added and deleted`() {
        #expect(Self.change(Self.table([1, 2]), Self.table([1, 2, 3])).brief == ["add-rule INPUT 1"])
        #expect(Self.change(Self.table([1, 2]), Self.table([2])).brief == ["delete-rule INPUT 1"])
        #expect(Self.change(Self.table([1, 2]), Self.table([3, 2, 1, 4])).brief == ["add-rule INPUT 2"])
    }

    @Test func `counts alike rules one by one`() {
        let change = Self.change(Self.table([7, 7, 7]), Self.table([7]))
        #expect(change.brief == ["delete-rule INPUT 2"])
        #expect(change.rules == Count(before: 3, after: 1))
    }

    @Test func `tells a rule replaced in its place`() {
        #expect(Self.change(Self.table([1, 2, 3]), Self.table([1, 9, 3])).brief == ["replace-rule INPUT 1"])
    }

    @Test func `tells a rule that went here and came there as both`() {
        #expect(
            Self.change(Self.table([1, 2, 3]), Self.table([2, 3, 9])).brief == [
                "delete-rule INPUT 1", "add-rule INPUT 1",
            ])
    }

    @Test func `tells an emptied chain as flushed, of one rule as a deletion`() {
        #expect(Self.change(Self.table([1, 2]), Self.table([])).brief == ["flush-chain INPUT 2"])
        #expect(Self.change(Self.table([1]), Self.table([])).brief == ["delete-rule INPUT 1"])
    }

    @Test func `tells rules in another order`() {
        #expect(Self.change(Self.table([1, 2, 3]), Self.table([3, 2, 1])).brief == ["other INPUT"])
    }

    @Test func `tells a policy with what it was`() {
        #expect(Self.change(Self.table([1], policy: .drop), Self.table([1])).brief == ["policy INPUT drop>accept"])
    }

    @Test func `tells user chains that come and go`() {
        #expect(Self.change(Self.table([1]), Self.table([1], user: ["a": []])).brief == ["add-chain a"])
        let gone = Self.change(Self.table([1], user: ["a": [5, 6]]), Self.table([1]))
        #expect(gone.brief == ["delete-chain a 2"])
        #expect(gone.rules == Count(before: 3, after: 1))
    }

    @Test func `that goes takes its rules with it`() {
        let change = Self.change(Self.table([1, 2]), nil)
        #expect(change.brief == ["delete-table filter 2"])
        #expect(change.rules == Count(before: 2, after: 0))
    }

    @Test func `that goes and was not known tells nothing`() {
        #expect(Self.change(nil, nil).isEmpty)
    }

    @Test func `of one name in two families is two`() {
        var state = FirewallState()
        _ = state.replace(legacy: Self.id, with: Self.table([1, 2]))
        var other = Self.table([1])
        other.family = .ipv6
        let change = state.replace(legacy: FirewallState.LegacyID(family: .ipv6, name: "filter"), with: other)
        #expect(change.rules == Count(before: 2, after: 3))
    }
}
