import Inventory
import Netlink
import Testing

@Suite struct `Operations asked for` {
    static func asked(_ body: (inout Batch) -> Void) -> [String] {
        operations(askedBy: Batch.request(body)).map(\.brief)
    }

    @Test func `are one for each kind of message`() {
        let asked = Self.asked {
            $0.table(.inet, "filter")
            $0.chain("input")
            $0.rule("input")
            $0.rule("input", replaces: 4)
            $0.noRule(5, "input")
            $0.elements(2, "hosts")
            $0.chain(delete: true, "more")
            $0.table(delete: true, .inet, "old")
        }
        #expect(
            asked == [
                "add-table filter", "add-chain input", "add-rule input 1", "replace-rule input 1",
                "delete-rule input 1 #5", "add-elements hosts 2", "delete-chain more", "delete-table old",
            ])
    }

    @Test func `tell a deletion without a handle as a flush`() {
        #expect(Self.asked { $0.noRule(nil, "input") } == ["flush-chain input"])
        #expect(Self.asked { $0.noRule() } == ["flush-table filter"])
        #expect(Self.asked { $0.elements(delete: true, 0, "hosts") } == ["flush-set hosts"])
        #expect(Self.asked { $0.table(delete: true, .unspecified, nil) } == ["flush-ruleset"])
    }

    @Test func `that are alike are told once, with their number`() {
        let asked = Self.asked { batch in
            for _ in 0..<500 { batch.rule("input") }
            batch.rule("output")
        }
        #expect(asked == ["add-rule input 500", "add-rule output 1"])
    }

    @Test func `of elements are told with the sum`() {
        let asked = Self.asked {
            $0.elements(2, "hosts")
            $0.elements(3, "hosts")
            $0.elements(delete: true, 1, "hosts")
        }
        #expect(asked == ["add-elements hosts 5", "delete-elements hosts 1"])
    }

    @Test func `on rules of one handle each are kept apart`() {
        let asked = Self.asked {
            $0.noRule(5, "input")
            $0.noRule(6, "input")
        }
        #expect(asked == ["delete-rule input 1 #5", "delete-rule input 1 #6"])
    }

    /// A command to ipset, and what is told of it.
    struct Command {
        var request: NFNetlinkRequest
        var brief: String
    }

    static let commands = [
        Command(request: Batch.ipset(.create, "a", "hash:ip"), brief: "add-set a (hash:ip)"),
        Command(request: Batch.ipset(.destroy, "a"), brief: "delete-set a"),
        Command(request: Batch.ipset(.destroy), brief: "delete-set"),
        Command(request: Batch.ipset(.flush, "a"), brief: "flush-set a"),
        Command(request: Batch.ipset(.add, "a"), brief: "add-elements a 1"),
        Command(request: Batch.ipset(.delete, "a"), brief: "delete-elements a 1"),
        Command(request: Batch.ipset(.swap, "a", "b"), brief: "swap-set a (with b)"),
        Command(request: Batch.ipset(.rename, "a", "b"), brief: "other a (renamed to b)"),
    ]

    @Test(arguments: commands)
    func `of ipset are told by command`(command: Command) {
        #expect(operations(askedBy: command.request).map(\.brief) == [command.brief])
    }

    @Test(arguments: [IPSetCommand.list, .save, .test, .header, .protocol])
    func `that only read are none`(command: IPSetCommand) {
        #expect(operations(askedBy: Batch.ipset(command, "a")).isEmpty)
    }

    @Test func `of nothing are none`() {
        #expect(Self.asked { _ in }.isEmpty)
    }
}
