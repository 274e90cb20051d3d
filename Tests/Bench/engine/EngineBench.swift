import CHeap
import Inventory
import JSON
import Netlink
import Protection

/// What a record costs on its way to the line, and what the model of effective rules costs, for rulesets of several sizes: a
/// table each, or with `--json` a line a figure.
@main struct EngineBench {
    static let sizes = [100, 10_000, 100_000]

    static func main() {
        let isJSON = CommandLine.arguments.contains("--json")
        let steps = Steps.all()
        if isJSON { tell(steps) } else { show(steps) }
        let figures = sizes.flatMap(changes) + sizes.flatMap(memory)
        if isJSON { tell(figures) } else { show(figures) }
    }

    static func memory(_ size: Int) -> [Figure] {
        func perRule<Made>(_ what: String, _ make: () -> Made) -> Figure {
            let before = heap_bytes()
            let made = make()
            let bytes = withExtendedLifetime(made) { heap_bytes() - before }
            return Figure(what: what, rules: size, value: Double(bytes) / Double(size), isTime: false)
        }
        return [
            perRule("a plain rule, in the model") { RuleGraph(rules: size) },
            perRule("a rule that jumps, with the hundred chains") { RuleGraph(rules: size, jumping: true) },
            perRule("a plain rule, in the inventory and the model") { FirewallState(rules: size) },
        ]
    }

    static func changes(_ size: Int) -> [Figure] {
        let new = UInt64(size + 1000)
        let middle = UInt64(size / 2)
        var graph = RuleGraph(rules: size)
        var figures: [Figure] = []
        func note(_ what: String, _ count: Int = 500, _ body: (Int) -> Void) {
            figures.append(Figure(what: what, rules: size, value: time(count, body), isTime: true))
        }
        func put(_ outline: RuleOutline, _ place: Place) {
            graph.insert(new, outline, into: "in", place)
            graph.settle()
            graph.remove(new, from: "in")
            graph.settle()
        }
        note("a rule added at the end, and deleted: both") { _ in put(RuleOutline(some: .blocks), .last) }
        graph.insert(new + 1, RuleOutline(.blocks), into: "in", .last)
        note("the same before a final drop") { _ in put(RuleOutline(some: .blocks), .before(new + 1)) }
        note("a rule in the middle replaced") {
            let outline = RuleOutline(some: .blocks, asks: $0 % 2 == 0 ? "s" : nil)
            graph.insert(middle, outline, into: "in", .last)
            graph.settle()
        }
        graph.insert(middle, RuleOutline(some: .blocks, asks: "s"), into: "in", .last)
        note("a set that one rule asks emptied, or filled") {
            graph.setCount($0 % 2, of: "s")
            graph.settle()
        }
        note("an accept for all on top, and gone: both") { _ in put(RuleOutline(.passes), .first) }
        graph = RuleGraph(rules: size, jumping: true)
        note("the same where each rule jumps to one of a hundred chains", max(1, 20_000 / size)) { _ in
            put(RuleOutline(.passes), .first)
        }
        var state = FirewallState(rules: size)
        note("a commit of one rule, with its operations and figures") {
            let rule = UInt64(size + 1 + $0 / 2)
            let change: NFTMessage = $0 % 2 == 0 ? .newRule(.some(rule)) : .deleteRule(.some(rule), destroy: false)
            _ = state.commit([change], intent: nil)
        }
        note("a ruleset taken as a whole", max(1, 2000 / size)) { _ in _ = FirewallState(rules: size) }
        return figures
    }

    // MARK: Telling

    static func tell(_ steps: [Step]) {
        printLines(steps) { step, line in
            line.field("step", step.what)
            line.field("record_bytes", step.bytes)
            line.field("nanoseconds", step.nanoseconds.rounded())
            line.field("allocated_bytes", step.allocatedBytes.rounded())
            line.field("allocations", (step.allocations * 10).rounded() / 10)
            if step.bytes > 0 { line.field("megabytes_per_second", step.megabytesPerSecond.rounded()) }
        }
    }

    /// A line of JSON each.
    private static func printLines<Item>(_ items: [Item], _ body: (Item, inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        for item in items {
            writer.line { body(item, &$0) }
            print(String(decoding: writer.bytes, as: UTF8.self), terminator: "")
        }
    }

    static func show(_ steps: [Step]) {
        print(row("a record", ["its bytes", "time", "MB/s", "allocated", "times"]))
        for step in steps {
            print(
                row(
                    step.what,
                    [
                        step.bytes > 0 ? "\(step.bytes)" : "", duration(step.nanoseconds),
                        step.bytes > 0 ? "\(Int(step.megabytesPerSecond))" : "", "\(Int(step.allocatedBytes)) B",
                        "\((step.allocations * 10).rounded() / 10)",
                    ]))
        }
        print("")
    }

    static func tell(_ figures: [Figure]) {
        printLines(figures) { figure, line in
            line.field("what", figure.what)
            line.field("rules", figure.rules)
            line.field(named: figure.isTime ? "nanoseconds" : "bytes", figure.value.rounded())
        }
    }

    static func show(_ figures: [Figure]) {
        for isTime in [true, false] {
            print(
                row(isTime ? "time per change, in a chain of" : "memory per rule, in a chain of", sizes.map { "\($0)" })
            )
            var seen: Set<String> = []
            for figure in figures where figure.isTime == isTime && seen.insert(figure.what).inserted {
                let values = figures.filter { $0.what == figure.what }.map {
                    isTime ? duration($0.value) : "\(Int($0.value)) B"
                }
                print(row(figure.what, values))
            }
            print("")
        }
    }

    static func row(_ what: String, _ values: [String]) -> String {
        let wide = what + String(repeating: " ", count: max(1, 64 - what.count))
        return values.reduce(wide) { $0 + String(repeating: " ", count: max(1, 12 - $1.count)) + $1 }
    }

    static func duration(_ nanoseconds: Double) -> String {
        for (unit, size) in [("ms", 1e6), ("µs", 1e3)] where nanoseconds >= size {
            let value = (nanoseconds / size * 10).rounded() / 10
            return "\(value >= 100 ? "\(Int(value))" : "\(value)") \(unit)"
        }
        return "\(Int(nanoseconds)) ns"
    }
}
