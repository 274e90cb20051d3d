import Inventory
import Netlink
import Protection

extension RuleOutline {
    /// A rule of some packets.
    init(some verdict: Verdict, chain: String? = nil, asks set: String? = nil) {
        self.init(verdict, chain: chain, isConditional: true)
        if let set { lookups.append(Lookup(set, .isIn)) }
    }
}

extension RuleGraph {
    /// A hooked chain of so many plain rules, or rules that each jump to one of a hundred chains.
    init(rules: Int, jumping: Bool = false) {
        self.init()
        setChain("in", isHooked: true)
        addSet("s")
        setCount(1, of: "s")
        for index in 0..<(jumping ? 100 : 0) {
            setChain("c\(index)", isHooked: false)
            insert(UInt64(rules + index + 100), RuleOutline(some: .blocks), into: "c\(index)", .last)
        }
        for handle in 1...rules {
            let outline =
                jumping ? RuleOutline(some: .jumps, chain: "c\(handle % 100)") : RuleOutline(some: .blocks)
            insert(UInt64(handle), outline, into: "in", .last)
        }
        settle()
    }
}

extension FirewallState {
    static let table = TableID(family: .inet, name: "t")

    /// The same chain as the daemon keeps it, from notifications.
    init(rules: Int) {
        self.init()
        var chain = NFTChain(family: .inet, table: "t", name: "in")
        chain.hook = NFTHook(number: 1, priority: 0)
        var table = NFTTable(family: .inet, name: "t")
        table.flags = []
        _ = commit(
            [.newTable(table), .newChain(chain)] + (1...rules).map { .newRule(.some(UInt64($0))) }, intent: nil)
    }
}

extension NFTRule {
    /// Drops some packets.
    static func some(_ handle: UInt64) -> NFTRule {
        var rule = NFTRule(family: .inet, table: "t", chain: "in", handle: handle)
        rule.expressions = [
            .other(name: "payload"), .other(name: "cmp"), .immediate(verdict: NFTVerdict(code: .drop)),
        ]
        return rule
    }
}
