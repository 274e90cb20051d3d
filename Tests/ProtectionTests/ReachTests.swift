import Protection
import Testing

@Suite struct `A rule is effective` {
    @Test func `in a hooked chain, and in none that nothing leads to`() {
        let graph = RuleGraph([.drop.some, .accept.some], ["lost": [.drop, .drop]])
        #expect(graph.pair == [2, 1])
    }

    @Test func `behind a jump, a goto, and the map of an effective rule`() {
        let graph = RuleGraph(
            [.jump("a").some, .goto("b").some], ["a": [.drop.some], "b": [.jump("c")], "c": [.drop.some]])
        #expect(graph.pair == [5, 2])
    }

    @Test func `not below an end of every packet`() {
        #expect(RuleGraph([.accept, .drop, .drop]).pair == [1, 0])
        #expect(RuleGraph([.back, .drop]).pair == [1, 0])
        #expect(RuleGraph([.goto("a"), .drop], ["a": []]).pair == [1, 0])
        #expect(RuleGraph([.drop, .drop]).pair == [1, 1])
        #expect(RuleGraph([.count, .accept.some, .drop]).pair == [3, 1])
    }

    @Test func `not below a jump from which no packet comes back`() {
        #expect(RuleGraph([.jump("a"), .drop], ["a": [.drop.some, .accept]]).pair == [3, 1])
        #expect(RuleGraph([.jump("a"), .drop], ["a": [.back.some, .accept]]).pair == [4, 1])
        #expect(RuleGraph([.jump("a"), .drop], ["a": [.drop.some]]).pair == [3, 2])
        // The return stands below the end.
        #expect(RuleGraph([.jump("a"), .drop], ["a": [.accept, .back.some]]).pair == [2, 0])
        #expect(RuleGraph([.jump("a").some, .drop], ["a": [.accept]]).pair == [3, 1])
    }

    @Test func `below a jump whose chain a goto may leave`() {
        #expect(RuleGraph([.jump("a"), .drop], ["a": [.goto("b").some, .accept], "b": [.count]]).pair == [5, 1])
        #expect(RuleGraph([.jump("a"), .drop], ["a": [.goto("b").some, .accept], "b": [.drop]]).pair == [4, 1])
        #expect(
            RuleGraph([.jump("a"), .drop], ["a": [.goto("b")], "b": [.jump("c")], "c": [.accept]]).pair == [4, 0])
    }

    @Test func `not if it asks for what is in an empty set`() {
        var graph = RuleGraph([.drop.when("bad"), .accept.when("good", .isNotIn), .drop])
        #expect(graph.settled { _ in } == [3, 2])
        // Both are known now, and empty: nothing is bad, and everything is not good.
        #expect(
            graph.settled {
                $0.addSet("bad")
                $0.addSet("good")
            } == [1, 0])
        #expect(graph.settled { $0.setCount(1, of: "good") } == [2, 1])
        #expect(graph.settled { $0.setCount(5, of: "bad") } == [3, 2])
    }

    @Test func `if packets may fill the set it asks`() {
        var graph = RuleGraph([.drop.when("seen")])
        #expect(graph.settled { $0.addSet("seen") } == [0, 0])
        #expect(graph.settled { $0.insert(9, .count.when("seen", .adds), into: "in", .last) } == [2, 1])
        #expect(graph.settled { $0.remove(9, from: "in") } == [0, 0])
        #expect(graph.settled { $0.addSet("seen", isFilled: true) } == [1, 1])
    }

    @Test func `as far as a verdict map leads`() {
        var graph = RuleGraph([.count.when("map", .verdict)], ["a": [.drop.some], "b": [.drop.some]])
        #expect(graph.settled { $0.addSet("map") } == [0, 0])
        #expect(
            graph.settled {
                $0.changeBranch(.init(.jumps, chain: "a"), of: "map", by: 1)
                $0.changeBranch(.init(.jumps, chain: "b"), of: "map", by: 1)
                $0.setCount(2, of: "map")
            } == [3, 2])
        #expect(
            graph.settled {
                $0.changeBranch(.init(.jumps, chain: "b"), of: "map", by: -1)
                $0.setCount(1, of: "map")
            } == [2, 1])
        #expect(
            graph.settled {
                $0.changeBranch(.init(.blocks), of: "map", by: 1)
                $0.setCount(2, of: "map")
            } == [2, 2])
    }

    @Test func `in each of two chains at one hook`() {
        var graph = RuleGraph([.accept, .drop], ["later": [.drop]])
        #expect(graph.settled { $0.setChain("later", isHooked: true) } == [2, 1])
    }
}

@Suite struct `A change` {
    @Test func `of the only jump takes the chain and what lies behind it`() {
        var graph = RuleGraph([.jump("a").some], ["a": [.jump("b").some, .drop.some], "b": [.drop.some]])
        #expect(graph.pair == [4, 2])
        #expect(graph.settled { $0.remove(1, from: "in") } == [0, 0])
        #expect(graph.settled { $0.insert(9, .jump("b"), into: "in", .last) } == [2, 1])
    }

    @Test func `of a rule in place keeps its place`() {
        var graph = RuleGraph([.drop, .count, .drop])
        #expect(graph.settled { $0.insert(1, .drop.some, into: "in", .last) } == [3, 2])
        #expect(graph.handles(of: "in") == [1, 2, 3])
    }

    @Test func `puts rules first, last, before and behind others`() {
        var graph = RuleGraph([.count, .count])
        graph.insert(3, .count, into: "in", .first)
        graph.insert(4, .count, into: "in", .after(3))
        graph.insert(5, .count, into: "in", .before(3))
        graph.insert(6, .count, into: "in", .last)
        graph.insert(7, .count, into: "in", .after(99))
        #expect(graph.handles(of: "in") == [5, 3, 4, 1, 2, 6, 7])
        #expect(graph.predecessor(of: 3, in: "in") == 5)
        #expect(graph.predecessor(of: 5, in: "in") == nil)
    }

    @Test func `of a chain's name keeps what leads to it`() {
        var graph = RuleGraph([.jump("a")], ["a": [.drop]])
        #expect(graph.settled { $0.renameChain("a", to: "b") } == [2, 1])
        #expect(graph.figures(of: "b") == Figures(effective: 1, blocking: 1))
    }

    @Test func `far below reaches the top`() {
        // An accept for all at the end of sixteen jumps ends the first chain too.
        let names = (1...16).map { "c\($0)" }
        var graph = RuleGraph([.jump("c1"), .drop])
        for (name, next) in zip(names, names.dropFirst()) { graph.insert(100, .jump(next), into: name, .last) }
        graph.setChain("c16", isHooked: false)
        #expect(graph.settled { _ in } == [17, 1])
        #expect(graph.settled { $0.insert(7, .accept, into: "c16", .last) } == [17, 0])
        #expect(graph.settled { $0.insert(8, .back.some, into: "c16", .first) } == [19, 1])
    }
}
