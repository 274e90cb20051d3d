import Protection
import Testing

@Suite(.serialized) struct `A ruleset of 100,000 rules` {
    static let size: UInt64 = 100_000

    private func time(_ what: String, _ count: Int, _ body: (Int) -> Void) -> Duration {
        // The best of some: other tests run beside this one.
        let clock = ContinuousClock()
        let batches = (0..<5).map { _ in clock.measure { for index in 0..<count { body(index) } } / count }
        let took = batches.min() ?? .zero
        print("\(what): \(took) each, of \(count)")
        return took
    }

    @Test func `takes a change in microseconds`() {
        var graph = RuleGraph()
        graph.setChain("in", isHooked: true)
        graph.setChain("a", isHooked: false)
        graph.addSet("s")
        graph.setCount(1, of: "s")
        let build = ContinuousClock().measure {
            for handle in 1...Self.size { graph.insert(handle, .drop.some, into: "in", .last) }
            graph.settle()
        }
        print("made in \(build)")
        // In a debug build, on a busy machine; optimized it is some microseconds.
        let limit = Duration.microseconds(1000)
        #expect(
            time("a rule added at the end and deleted", 100) { _ in
                graph.insert(Self.size + 1, .drop.some, into: "in", .last)
                graph.settle()
                graph.remove(Self.size + 1, from: "in")
                graph.settle()
            } < limit * 2)
        #expect(
            time("a rule in the middle replaced", 100) {
                graph.insert(50_000, $0 % 2 == 0 ? .drop.when("s") : .drop.some, into: "in", .last)
                graph.settle()
            } < limit)
        #expect(
            time("an accept for all on top, and gone", 100) { _ in
                graph.insert(Self.size + 1, .accept, into: "in", .first)
                graph.settle()
                graph.remove(Self.size + 1, from: "in")
                graph.settle()
            } < limit * 2)
        #expect(
            time("a set emptied and filled", 100) {
                graph.setCount($0 % 2, of: "s")
                graph.settle()
            } < limit)
        #expect(graph.figures.effective == 100_000)
    }
}
