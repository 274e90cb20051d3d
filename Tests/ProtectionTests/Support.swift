import Netlink
import Protection

/// A table in words: chains of outlines, from which a graph is made and made anew.
struct Model {
    struct Rule: Hashable {
        var handle: UInt64
        var outline: RuleOutline
    }

    struct Chain: Hashable {
        var isHooked = false
        var rules: [Rule] = []
    }

    struct Elements: Hashable {
        var isFilled = false
        var count = 0
        var branches: [RuleOutline.Branch] = []
    }

    var chains: [String: Chain] = [:]
    var sets: [String: Elements] = [:]

    /// The graph of it, put together in one go.
    var graph: RuleGraph {
        var graph = RuleGraph()
        for (name, chain) in chains { graph.setChain(name, isHooked: chain.isHooked) }
        for (name, set) in sets {
            graph.addSet(name, isFilled: set.isFilled)
            graph.setCount(set.count, of: name)
            for branch in set.branches { graph.changeBranch(branch, of: name, by: 1) }
        }
        for (name, chain) in chains {
            for rule in chain.rules { graph.insert(rule.handle, rule.outline, into: name, .last) }
        }
        graph.settle()
        return graph
    }
}

extension RuleOutline {
    static let count = RuleOutline()
    static let accept = RuleOutline(.passes)
    static let drop = RuleOutline(.blocks)
    static let back = RuleOutline(.returns)
    static func jump(_ chain: String) -> RuleOutline { RuleOutline(.jumps, chain: chain) }
    static func goto(_ chain: String) -> RuleOutline { RuleOutline(.goes, chain: chain) }
    /// Of some packets.
    var some: RuleOutline {
        var outline = self
        outline.isConditional = true
        return outline
    }
    /// Of those in the set.
    func when(_ set: String, _ question: Question = .isIn) -> RuleOutline {
        var outline = self
        outline.lookups.append(Lookup(set, question))
        return outline
    }
}

extension RuleGraph {
    /// A hooked chain `in`, and others behind their names.
    init(_ rules: [RuleOutline], _ others: KeyValuePairs<String, [RuleOutline]> = [:]) {
        self.init()
        setChain("in", isHooked: true)
        for (name, _) in others { setChain(name, isHooked: false) }
        var handle: UInt64 = 0
        for (name, rules) in [("in", rules)] + others.map({ ($0.key, $0.value) }) {
            for rule in rules {
                handle += 1
                insert(handle, rule, into: name, .last)
            }
        }
        settle()
    }

    /// Effective and blocking rules.
    var pair: [Int] { [figures.effective, figures.blocking] }

    mutating func settled(_ body: (inout RuleGraph) -> Void) -> [Int] {
        body(&self)
        settle()
        return pair
    }
}
