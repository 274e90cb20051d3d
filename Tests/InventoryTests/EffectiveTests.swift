import Inventory
import Netlink
import Protection
import Testing

extension NFTExpression {
    static let accept = NFTExpression.immediate(verdict: NFTVerdict(code: .accept))
    static let drop = NFTExpression.immediate(verdict: NFTVerdict(code: .drop))
    static let back = NFTExpression.immediate(verdict: NFTVerdict(code: .return))
    static let port = NFTExpression.other(name: "cmp")
    static func jump(_ chain: String) -> NFTExpression { .immediate(verdict: NFTVerdict(code: .jump, chain: chain)) }
    static func goto(_ chain: String) -> NFTExpression { .immediate(verdict: NFTVerdict(code: .goto, chain: chain)) }
    static func isIn(_ set: String) -> NFTExpression {
        .lookup(set: set, setID: nil, isInverted: false, isVerdictMap: false)
    }
    static func map(_ set: String) -> NFTExpression {
        .lookup(set: set, setID: nil, isInverted: false, isVerdictMap: true)
    }
}

extension NFTMessage {
    /// An element of a verdict map, and its end.
    static func branch(_ key: UInt64, _ verdict: NFTVerdict, of map: String, gone: Bool = false) -> NFTMessage {
        let elements = NFTElements(
            family: filter.family, table: filter.name, set: map, elements: [NFTElement(keyHash: key, verdict: verdict)])
        return gone ? .deleteElements(elements, destroy: false) : .newElements(elements)
    }
}

extension Change {
    /// rules, effective rules, blocking rules: before and after.
    var told: [[Int]] {
        [[rules.before, effective.before, blocking.before], [rules.after, effective.after, blocking.after]]
    }
}

/// What the documentation shows, with these figures.
@Suite struct `Each trick` {
    /// A host that lets established connections and ssh in, blocks a list, and drops the rest in a chain of its own.
    static let host: [NFTMessage] = [
        Notice.table(), Notice.chain("input", handle: 1, hook: 1, policy: .accept), Notice.chain("guard", handle: 2),
        Notice.set("blocked"), Notice.elements([1, 2], "blocked"), Notice.rule(10, "input", does: [.port, .accept]),
        Notice.rule(11, "input", does: [.isIn("blocked"), .drop]), Notice.rule(12, "input", does: [.jump("guard")]),
        Notice.rule(20, "guard", does: [.port, .accept]), Notice.rule(21, "guard", does: [.port, .drop]),
        Notice.rule(22, "guard", does: [.drop]),
    ]

    private func change(_ notices: NFTMessage...) -> Change {
        var state = FirewallState(Self.host)
        return state.commit(notices, intent: nil)
    }

    @Test func `a table set dormant`() {
        #expect(change(Notice.table(flags: .dormant)).told == [[6, 6, 3], [6, 0, 0]])
    }

    @Test func `the one jump deleted`() {
        #expect(change(Notice.noRule(12, "input")).told == [[6, 6, 3], [5, 2, 1]])
    }

    @Test func `an accept for all on top`() {
        #expect(change(Notice.rule(30, "input", isAppended: false, does: [.accept])).told == [[6, 6, 3], [7, 1, 0]])
    }

    @Test func `a return on top of the chain that drops`() {
        #expect(
            change(Notice.rule(30, "guard", isAppended: false, does: [.counter(packets: 0, bytes: 0), .back])).told
                == [[6, 6, 3], [7, 4, 1]])
    }

    @Test func `a goto on top`() {
        let change = change(
            Notice.chain("aside", handle: 3), Notice.rule(30, "input", isAppended: false, does: [.goto("aside")]))
        #expect(change.told == [[6, 6, 3], [7, 1, 0]])
    }

    @Test func `a drop replaced by an accept, in place`() {
        // As kernels tell it: the deletion and the new rule, or up to 5.10 the new rule and then the deletion.
        for isOld in [false, true] {
            let new = Notice.rule(22, "guard", after: isOld ? nil : 21, isAppended: isOld ? nil : true, does: [.accept])
            let gone = Notice.noRule(22, "guard")
            let change = isOld ? change(new, gone) : change(gone, new)
            #expect(change.told == [[6, 6, 3], [6, 6, 2]])
        }
    }

    @Test func `the set emptied`() {
        #expect(change(Notice.noElements([1, 2], "blocked")).told == [[6, 6, 3], [6, 5, 2]])
        #expect(change(Notice.noElements([1], "blocked")).told == [[6, 6, 3], [6, 6, 3]])
    }

    @Test func `the policy turned, which moves no rule`() {
        var state = FirewallState(Self.host)
        let change = state.commit([Notice.chain("input", handle: 1, hook: 1, policy: .drop)], intent: nil)
        #expect(change.told == [[6, 6, 3], [6, 6, 3]])
        #expect(change.operations.map(\.kind) == [.policy])
    }

    @Test func `all rules deleted, and as many that do nothing`() {
        let gone =
            [(10, "input"), (11, "input"), (12, "input"), (20, "guard"), (21, "guard"), (22, "guard")]
            as [(UInt64, String)]
        var notices = gone.map { Notice.noRule($0.0, $0.1) }
        notices.append(Notice.rule(40, "input", does: [.accept]))
        for handle in 41...45 as ClosedRange<UInt64> {
            notices.append(Notice.rule(handle, "input", does: [.port, .drop]))
        }
        var state = FirewallState(Self.host)
        #expect(state.commit(notices, intent: nil).told == [[6, 6, 3], [6, 1, 0]])
    }

    @Test func `a second base chain, which takes nothing from the first`() {
        let change = change(
            Notice.chain("early", handle: 9, hook: 1, policy: .accept), Notice.rule(30, "early", does: [.accept]))
        #expect(change.told == [[6, 6, 3], [7, 7, 3]])
    }

    @Test func `an entry of a verdict map deleted`() {
        var state = FirewallState(Self.host)
        let made = state.commit(
            [
                Notice.noRule(12, "input"), Notice.set("by_port", flags: .map),
                Notice.rule(13, "input", does: [.map("by_port")]),
                .branch(22, NFTVerdict(code: .jump, chain: "guard"), of: "by_port"),
                .branch(80, NFTVerdict(code: .accept), of: "by_port"),
            ], intent: nil)
        #expect(made.told == [[6, 6, 3], [6, 6, 3]])
        let gone = state.commit(
            [.branch(22, NFTVerdict(code: .jump, chain: "guard"), of: "by_port", gone: true)], intent: nil)
        #expect(gone.told == [[6, 6, 3], [6, 3, 1]])
        #expect(
            state.commit([.branch(80, NFTVerdict(code: .accept), of: "by_port", gone: true)], intent: nil).told == [
                [6, 3, 1], [6, 2, 1],
            ])
    }

    @Test func `the device of a chain gone`() {
        let id = TableID(family: .netdev, name: "edge")
        var chain = NFTChain(family: .netdev, table: "edge", name: "in")
        chain.hook = NFTHook(number: 0, priority: 0, devices: ["eth0"])
        var state = FirewallState([Notice.table(id), .newChain(chain), Notice.rule(1, "in", id, does: [.drop])])
        #expect(state.figures == Figures(effective: 1, blocking: 1))
        #expect(state.commit([.deleteChain(chain, destroy: false)], intent: nil).told == [[1, 1, 1], [1, 0, 0]])
        #expect(state.commit([.newChain(chain)], intent: nil).told == [[1, 0, 0], [1, 1, 1]])
    }
}
