import Protection
import TestSupport
import Testing

/// Long random walks over one table: after each step the graph must say what one that is made anew says.
@Suite struct `A graph that was changed` {
    struct Walk {
        var model = Model()
        var graph = RuleGraph()
        var random: SplitMix
        var handle: UInt64 = 0

        init(seed: UInt64) {
            random = SplitMix(seed: seed)
            // Jumps lead to later names only, as the kernel allows no loops.
            for index in 0...7 {
                model.chains["c\(index)"] = Model.Chain(isHooked: index < 2)
                graph.setChain("c\(index)", isHooked: index < 2)
            }
        }

        mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

        mutating func outline(in chain: Int) -> RuleOutline {
            var outline = RuleOutline(isConditional: number(0...9) < 7)
            switch number(0...9) {
            case 0...1: outline.verdict = .blocks
            case 2: outline.verdict = .passes
            case 3: outline.verdict = .returns
            case 4...6 where chain < 7:
                outline.verdict = number(0...2) == 0 ? .goes : .jumps
                outline.chain = "c\(number(chain + 1...7))"
            case 7: outline.isNever = number(0...3) == 0
            default: break
            }
            if number(0...3) == 0 {
                let question = [RuleOutline.Question.isIn, .isNotIn, .adds].randomElement(using: &random) ?? .isIn
                outline.lookups.append(.init("s\(number(0...2))", question))
            }
            // Maps lead below the chains that may use them.
            if chain < 4, number(0...5) == 0 { outline.lookups.append(.init("m\(number(0...1))", .verdict)) }
            if chain < 7, number(0...9) == 0 {
                outline.branches.append(.init(.goes, chain: "c\(number(chain + 1...7))"))
            }
            return outline
        }

        mutating func step() {
            let number = self.number(0...7)
            let name = "c\(number)"
            switch self.number(0...19) {
            case 0...7:
                handle += 1
                let outline = outline(in: number)
                let index = self.number(0...(model.chains[name]?.rules.count ?? 0))
                let before = index == 0 ? nil : model.chains[name]?.rules[index - 1].handle
                graph.insert(handle, outline, into: name, before.map(Place.after) ?? .first)
                model.chains[name]?.rules.insert(Model.Rule(handle: handle, outline: outline), at: index)
            case 8...11:
                guard let index = model.chains[name]?.rules.indices.randomElement(using: &random),
                    let gone = model.chains[name]?.rules.remove(at: index)
                else { return }
                graph.remove(gone.handle, from: name)
            case 12:
                guard let index = model.chains[name]?.rules.indices.randomElement(using: &random) else { return }
                let outline = outline(in: number)
                model.chains[name]?.rules[index].outline = outline
                graph.insert(model.chains[name]?.rules[index].handle ?? 0, outline, into: name, .last)
            case 13:
                model.chains[name]?.isHooked.toggle()
                graph.setChain(name, isHooked: model.chains[name]?.isHooked ?? false)
            case 14...15: stepSet()
            case 16...18: stepMap()
            default:
                for rule in model.chains[name]?.rules ?? [] { graph.remove(rule.handle, from: name) }
                model.chains[name]?.rules.removeAll()
            }
        }

        private mutating func stepSet() {
            let name = "s\(number(0...2))"
            if model.sets[name] == nil {
                model.sets[name] = Model.Elements(isFilled: number(0...3) == 0)
                graph.addSet(name, isFilled: model.sets[name]?.isFilled ?? false)
            } else if number(0...5) == 0 {
                model.sets[name] = nil
                graph.removeSet(name)
            } else {
                let count = number(0...2)
                model.sets[name]?.count = count
                graph.setCount(count, of: name)
            }
        }

        private mutating func stepMap() {
            let name = "m\(number(0...1))"
            if model.sets[name] == nil {
                model.sets[name] = Model.Elements()
                graph.addSet(name)
            }
            if number(0...2) == 0, let index = model.sets[name]?.branches.indices.randomElement(using: &random),
                let gone = model.sets[name]?.branches.remove(at: index)
            {
                graph.changeBranch(gone, of: name, by: -1)
            } else {
                let verdicts: [RuleOutline.Verdict] = [.passes, .blocks, .returns, .jumps, .goes]
                let verdict = verdicts.randomElement(using: &random) ?? .passes
                let branch = RuleOutline.Branch(
                    verdict, chain: verdict == .jumps || verdict == .goes ? "c\(number(4...7))" : nil)
                model.sets[name]?.branches.append(branch)
                graph.changeBranch(branch, of: name, by: 1)
            }
            let count = model.sets[name]?.branches.count ?? 0
            model.sets[name]?.count = count
            graph.setCount(count, of: name)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `says what one made anew says`(seed: UInt64) {
        print("seed", seed)
        var walk = Walk(seed: seed)
        for step in 0..<3000 {
            walk.step()
            // Several changes may be of one commit.
            guard walk.number(0...2) > 0 else { continue }
            walk.graph.settle()
            let fresh = walk.model.graph
            #expect(walk.graph.figures == fresh.figures, "seed \(seed), step \(step)")
            for name in walk.model.chains.keys {
                #expect(walk.graph.effective(in: name) == fresh.effective(in: name), "seed \(seed), step \(step)")
                #expect(walk.graph.figures(of: name).effective == fresh.effective(in: name).count)
                #expect(walk.graph.figures(of: name).blocking == fresh.blocking(in: name).count)
            }
            guard walk.graph.figures == fresh.figures else { return }
        }
        #expect(walk.graph == walk.model.graph)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `leaves nothing behind when all is taken out`(seed: UInt64) {
        var walk = Walk(seed: seed)
        for _ in 0..<1000 { walk.step() }
        for name in walk.model.chains.keys { walk.graph.removeChain(name) }
        for name in walk.model.sets.keys { walk.graph.removeSet(name) }
        walk.graph.settle()
        #expect(walk.graph.figures == .zero)
        #expect(walk.graph == RuleGraph())
        // Numbers are used again: the same names come to the same end.
        let before = walk.graph.size
        for _ in 0..<3 {
            for (name, chain) in walk.model.chains {
                walk.graph.setChain(name, isHooked: chain.isHooked)
                for rule in chain.rules { walk.graph.insert(rule.handle, rule.outline, into: name, .last) }
            }
            walk.graph.settle()
            for name in walk.model.chains.keys { walk.graph.removeChain(name) }
            walk.graph.settle()
        }
        #expect(walk.graph.size == before)
    }
}

@Suite struct `Malformed input` {
    @Test func `with loops comes to an end`() {
        var graph = RuleGraph([.jump("a")], ["a": [.jump("b"), .goto("a")], "b": [.jump("a"), .goto("b").some]])
        graph.insert(50, .jump("in"), into: "a", .first)
        graph.settle()
        graph.remove(1, from: "in")
        graph.settle()
        graph.removeChain("a")
        graph.settle()
        #expect(graph.figures.effective >= 0)
    }

    @Test func `of any order never traps`() {
        var random = SplitMix(seed: 99)
        var graph = RuleGraph()
        let chains = ["", "a", "b", "c"]
        let verdicts: [RuleOutline.Verdict] = [.goesOn, .passes, .blocks, .returns, .jumps, .goes]
        let questions: [RuleOutline.Question] = [.isIn, .isNotIn, .verdict, .adds]
        for _ in 0..<20_000 {
            let chain = chains.randomElement(using: &random) ?? ""
            let other = chains.randomElement(using: &random)
            let handle = ([0, 1, 2, 3, .max] as [UInt64]).randomElement(using: &random) ?? 0
            let branch = RuleOutline.Branch(verdicts.randomElement(using: &random) ?? .goes, chain: other)
            switch Int.random(in: 0...11, using: &random) {
            case 0...3:
                var outline = RuleOutline(branch.verdict, chain: other, isConditional: Bool.random(using: &random))
                outline.lookups = [.init(chain, questions.randomElement(using: &random) ?? .isIn)]
                outline.branches = [branch]
                graph.insert(handle, outline, into: chain, Bool.random(using: &random) ? .before(2) : .after(9))
            case 4: graph.remove(handle, from: chain)
            case 5: graph.removeChain(chain)
            case 6: graph.setChain(chain, isHooked: Bool.random(using: &random))
            case 7: graph.renameChain(chain, to: other ?? "")
            case 8: graph.changeBranch(branch, of: chain, by: Int.random(in: -2...2, using: &random))
            case 9: graph.addSet(chain, isFilled: Bool.random(using: &random))
            case 10: graph.removeSet(chain)
            default: graph.setCount(Int.random(in: -1...2, using: &random), of: chain)
            }
            if Bool.random(using: &random) { graph.settle() }
        }
    }
}
