import Inventory
import Netlink
import TestSupport
import Testing

/// Long random walks, against a model too simple to be wrong.
@Suite struct `A random walk` {
    static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]

    /// One transaction of a walk.
    struct Step {
        var before: FirewallState
        var notices: [NFTMessage]
        var change: Change
        var after: FirewallState
        var model: ReferenceModel

        /// It adds a rule to a chain or table that it also deletes.
        var undoesItself: Bool {
            var filled: Set<ReferenceModel.Place> = []
            for notice in notices {
                switch notice {
                case .newRule(let rule):
                    let table = TableID(family: rule.family, name: rule.table)
                    filled.insert(ReferenceModel.Place(table: table, name: rule.chain ?? ""))
                case .deleteChain(let chain, _):
                    let table = TableID(family: chain.family, name: chain.table)
                    if filled.contains(ReferenceModel.Place(table: table, name: chain.name ?? "")) { return true }
                case .deleteTable(let gone, _):
                    let table = TableID(family: gone.family, name: gone.name ?? "")
                    if filled.contains(where: { $0.table == table }) { return true }
                default: break
                }
            }
            return false
        }
    }

    /// Walks, and hands over each step.
    static func walk(_ seed: UInt64, steps: Int = 2000, _ body: (Step) -> Void) {
        print("seed", seed)
        var random = SplitMix(seed: seed)
        var model = ReferenceModel()
        var state = FirewallState()
        for _ in 0..<steps {
            let before = state
            let notices = model.transaction(&random)
            let change = state.commit(notices, intent: nil)
            body(Step(before: before, notices: notices, change: change, after: state, model: model))
        }
    }

    @Test(arguments: seeds)
    func `counts as many rules and elements as there are`(seed: UInt64) {
        Self.walk(seed) { step in
            #expect(step.after.ruleCount == step.model.rules.count)
            #expect(step.after.elementCount == step.model.elements.count)
        }
    }

    @Test(arguments: seeds)
    func `keeps running counts equal to a recount`(seed: UInt64) {
        Self.walk(seed) { step in
            var recounted = step.after.nft
            recounted.recount()
            #expect(recounted == step.after.nft)
        }
    }

    @Test(arguments: seeds)
    func `holds the very rules of the model, chain by chain`(seed: UInt64) {
        Self.walk(seed, steps: 500) { step in
            #expect(Set(step.after.nft.tables.keys) == Set(step.model.tables))
            for place in step.model.chains {
                let rules = Set(step.model.rules.lazy.filter { $0.chain == place }.map(\.handle))
                #expect(step.after.nft.tables[place.table]?.chains[place.name]?.rules == rules)
            }
        }
    }

    @Test(arguments: seeds)
    func `tells the counts before and after each transaction`(seed: UInt64) {
        Self.walk(seed) { step in
            #expect(step.change.rules == Count(before: step.before.ruleCount, after: step.after.ruleCount))
            #expect(step.change.elements == Count(before: step.before.elementCount, after: step.after.elementCount))
            #expect(step.change.rules.before + step.change.rules.delta == step.change.rules.after)
        }
    }

    @Test(arguments: seeds)
    func `tells something wherever a count moved`(seed: UInt64) {
        Self.walk(seed) { step in
            #expect(!step.change.isEmpty || step.change.rules.delta == 0 && step.change.elements.delta == 0)
        }
    }

    @Test(arguments: seeds)
    func `tells operations that sum up to the difference in rules`(seed: UInt64) {
        Self.walk(seed) { step in
            // Rules that come and go with their chain within one transaction are counted as gone.
            guard !step.undoesItself else { return }
            #expect(step.change.operations.reduce(0) { $0 + $1.ruleDelta } == step.change.rules.delta)
        }
    }

    @Test(arguments: seeds)
    func `names no count of nothing`(seed: UInt64) {
        Self.walk(seed) { step in
            for operation in step.change.operations where !operation.isWhole {
                #expect(operation.count.map { $0 > 0 } ?? true)
            }
        }
    }

    @Test(arguments: seeds)
    func `ends where a dump of the result ends`(seed: UInt64) {
        Self.walk(seed, steps: 500) { step in
            var dumped = step.before
            let difference = dumped.replace(nft: step.after.nft)
            #expect(dumped == step.after)
            #expect(difference.rules == step.change.rules && difference.elements == step.change.elements)
        }
    }
}

extension Operation {
    /// By how much it moves the count of rules.
    fileprivate var ruleDelta: Int {
        switch kind {
        case .addRule: count ?? 0
        case .deleteRule, .flushChain, .flushTable, .deleteChain, .deleteTable: -(count ?? 0)
        default: 0
        }
    }

    /// It stands for a table, chain or set that may have been empty.
    fileprivate var isWhole: Bool {
        switch kind {
        case .deleteTable, .deleteChain, .deleteSet, .flushRuleset: true
        default: false
        }
    }
}
