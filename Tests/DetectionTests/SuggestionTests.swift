import Configuration
import Detection
import Identity
import Inventory
import Patterns
import Testing

@Suite struct `Proposals of whom to trust` {
    static func suggest(_ deeds: [(Deed.What, Actor?)], _ tuning: Tuning = Tuning()) -> Suggestions {
        var suggestions = Suggestions(tuning)
        let bench = Bench()
        for (what, actor) in deeds { suggestions.take(bench.deed(what, by: actor)) }
        return suggestions
    }

    static func change(_ operations: [Inventory.Operation] = [], effective: Int = -10) -> Deed.What {
        .changed(Bench().alteration(effective: effective, blocking: -5, operations))
    }

    @Test func `cover what was seen, as the configuration reads them, and nothing more`() throws {
        var actor = `An operator's trust`.deploy()
        actor.command = "nft -f /etc/\u{1b}[31m\nx"
        let suggestions = Self.suggest([(Self.change(), actor), (Self.change(), actor)])
        let suggestion = try #require(suggestions.all.first)
        #expect(suggestions.all.count == 1 && suggestion.count == 2)
        let text = SuggestionText(suggestion, file: "all \"well\".jsonl").text
        #expect(text.contains("2026-11-27T00:"))
        let configuration = try Configuration(parsing: text)
        func isCovered(_ what: Deed.What, _ actor: Actor) -> Bool {
            let bench = Bench(tuning: configuration.tuning)
            return bench.detector.coverage(of: bench.deed(what, by: actor)) != nil
        }
        #expect(isCovered(Self.change(), actor))
        #expect(!isCovered(Self.change([Operation(.deleteRule, family: "inet", table: "t", chain: "other")]), actor))
        #expect(!isCovered(Self.change([Operation(.flushTable, family: "inet", table: "t")]), actor))
        #expect(!isCovered(Self.change(effective: -100), actor))
        for change: (inout Actor) -> Void in [
            { $0.chain[1].script = "/opt/deploy/x.sh" }, { $0.scriptSHA256 = "ff" }, { $0.login = nil },
            { $0.user = Account(id: 3) }, { $0.chain[0].unit = nil }, { $0.chain[0].executable = "/usr/sbin/iptables" },
        ] {
            var other = actor
            change(&other)
            #expect(!isCovered(Self.change(), other))
        }
    }

    @Test func `are not made for what root may do by hand, for the suspicious and for nobody`() {
        let shell = [Program(executable: "/usr/bin/bash", isGenuine: true)]
        let python = [Program(executable: "/usr/bin/bash", script: nil, isGenuine: true)]
        let suggestions = Self.suggest([
            (Self.change(), Bench.actor(below: shell)),
            (Self.change(), Bench.actor(51, "/usr/bin/python3.11", below: python)),
            (Self.change(), Bench.actor(traits: [.executableInMemory])), (Self.change(), nil),
            (Self.change(), `An operator's trust`.deploy(.untrusted)),
        ])
        #expect(suggestions.all.isEmpty)
        #expect(suggestions.refused.mapValues(\.count) == [.broad: 2, .suspicious: 1, .unseen: 1, .untrusted: 1])
    }

    @Test func `are not made for what weakens nothing`() {
        let actor = `An operator's trust`.deploy()
        let suggestions = Self.suggest([
            (.changed(Bench().alteration(effective: 5, [Operation(.addRule)])), actor),
            (.service(name: "ufw", isStart: true, isDaemon: false, signal: nil), actor),
        ])
        #expect(suggestions.all.isEmpty && suggestions.refused.isEmpty)
    }
}
