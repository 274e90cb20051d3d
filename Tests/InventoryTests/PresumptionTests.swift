import Inventory
import Netlink
import Testing

@Suite struct `A request that nobody notified us of` {
    /// What comes of requests that are played through one after the other.
    static func play(_ requests: [NFNetlinkRequest]) -> (state: FirewallState, changes: [[String]]) {
        var state = FirewallState()
        var presumption = Presumption()
        let changes = requests.map { state.presume($0, &presumption).brief }
        return (state, changes)
    }

    /// A table with a chain of two rules, of handles 2 and 3: the chain takes 1.
    static let made = Batch.request {
        $0.table(.inet, "filter")
        $0.chain("input")
        $0.rule("input")
        $0.rule("input")
    }

    @Test func `is told as if it had been`() {
        let (state, changes) = Self.play([Self.made])
        #expect(changes == [["add-table filter", "add-chain input", "add-rule input 2"]])
        #expect(state.nft.tables[filter]?.chains["input"]?.rules == [2, 3])
    }

    @Test func `gives out handles as the kernel does, one counter a table`() {
        let (state, _) = Self.play([
            Self.made,
            Batch.request {
                $0.table(.ipv4, "nat")
                $0.chain("x", nat)
                $0.rule("x", nat)
                $0.rule("input")
            },
        ])
        #expect(state.nft.tables[filter]?.chains["input"]?.rules == [2, 3, 4])
        #expect(state.nft.tables[nat]?.chains["x"]?.rules == [2])
    }

    @Test func `deletes the rule it names`() {
        let (state, changes) = Self.play([Self.made, Batch.request { $0.noRule(2, "input") }])
        #expect(changes.last == ["delete-rule input 1 #2"])
        #expect(state.nft.tables[filter]?.chains["input"]?.rules == [3])
    }

    @Test func `flushes a chain, a table and the ruleset`() {
        #expect(
            Self.play([Self.made, Batch.request { $0.noRule(nil, "input") }]).changes.last == ["flush-chain input 2"])
        #expect(Self.play([Self.made, Batch.request { $0.noRule() }]).changes.last == ["flush-table filter 2"])
        let (state, changes) = Self.play([Self.made, Batch.request { $0.table(delete: true, .unspecified, nil) }])
        #expect(changes.last == ["flush-ruleset 2", "delete-table filter 2"])
        #expect(state.ruleCount == 0 && state.nft.tables.isEmpty)
    }

    @Test func `flushes only the family it names`() {
        let other = Batch.request { $0.table(.ipv4, "nat") }
        let (state, _) = Self.play([Self.made, other, Batch.request { $0.table(delete: true, .ipv4, nil) }])
        #expect(Set(state.nft.tables.keys) == [filter])
    }

    @Test func `replaces a rule`() {
        let (state, changes) = Self.play([Self.made, Batch.request { $0.rule("input", replaces: 3) }])
        #expect(changes.last == ["replace-rule input 1 #4"])
        #expect(state.nft.tables[filter]?.chains["input"]?.rules == [2, 4])
    }

    @Test func `starts counting afresh in a table that is made again`() {
        let again = Batch.request {
            $0.table(delete: true, .inet, "filter")
            $0.table(.inet, "filter")
            $0.chain("input")
            $0.rule("input")
        }
        #expect(Self.play([Self.made, again]).state.nft.tables[filter]?.chains["input"]?.rules == [2])
    }

    @Test func `ends where the kernel's own notices end`() {
        var heard = FirewallState([
            Notice.table(), Notice.chain("input", handle: 1), Notice.rule(2, "input"), Notice.rule(3, "input"),
        ])
        var (presumed, _) = Self.play([Self.made])
        #expect(heard == presumed)
        var presumption = Presumption()
        let flush = Batch.request { $0.noRule(nil, "input") }
        let change = heard.commit([Notice.noRule(2, "input"), Notice.noRule(3, "input")], intent: RequestIntent(flush))
        #expect(presumed.presume(flush, &presumption) == change)
        #expect(heard == presumed)
    }

    static func command(_ command: IPSetCommand, _ name: String? = nil, _ other: String? = nil) -> IPSetRequest {
        var request = IPSetRequest(command: command, setName: name)
        request.setName2 = other
        request.elementCount = command == .add || command == .delete ? 1 : 0
        return request
    }

    @Test func `to ipset is told as if it had been seen`() {
        var state = FirewallState()
        let make = [Self.command(.create, "a"), Self.command(.create, "b"), Self.command(.add, "a")]
        #expect(state.presume(make).elements == Count(before: 0, after: 1))
        #expect(state.presume([Self.command(.swap, "a", "b")]).brief == ["swap-set a 0 (with b)"])
        #expect(state.ipsets.sets["b"]?.elements == 1)
        #expect(state.presume([Self.command(.flush)]).brief == ["flush-set b 1"])
        #expect(state.presume([Self.command(.rename, "a", "c")]).brief == ["other a (renamed to c)"])
        #expect(state.presume([Self.command(.destroy)]).brief == ["delete-set b 0", "delete-set c 0"])
    }

    @Test func `to ipset takes no more elements than there are`() {
        var state = FirewallState()
        _ = state.presume([Self.command(.create, "a"), Self.command(.delete, "a"), Self.command(.add, "nowhere")])
        #expect(state.elementCount == 0)
    }
}
