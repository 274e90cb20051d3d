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

    @Test func `adds to what stood before`() {
        var state = FirewallState()
        var presumption = Presumption()
        _ = state.commit(
            [Notice.table(), Notice.chain("input", handle: 1), Notice.rule(2, "input"), Notice.rule(7, "input")],
            intent: nil)
        let change = state.presume(Batch.request { $0.rule("input") }, &presumption)
        #expect(change.brief == ["add-rule input 1 #8"] && state.ruleCount == 3)
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

    /// A table that was dumped: chain 1, rules 4 and 9, set 12.
    static func standing() -> FirewallState {
        var chain = NFTState.Chain(handle: 1)
        chain.rules = [4, 9]
        var table = NFTState.Table(handle: 7)
        table.chains["input"] = chain
        table.sets["s"] = NFTState.ElementSet(handle: 12)
        var ruleset = NFTState()
        ruleset.tables[filter] = table
        ruleset.recount()
        var state = FirewallState()
        _ = state.replace(nft: ruleset)
        return state
    }

    @Test func `goes on above the highest handle of a table that stood before`() {
        var state = Self.standing()
        var presumption = Presumption()
        _ = state.presume(
            Batch.request {
                $0.table(.inet, "filter")
                $0.rule("input")
                $0.chain("output")
                $0.rule("output")
            }, &presumption)
        #expect(state.nft.tables[filter]?.chains["input"]?.rules == [4, 9, 13])
        #expect(state.nft.tables[filter]?.chains["output"]?.handle == 14)
        #expect(state.nft.tables[filter]?.chains["output"]?.rules == [15])
        _ = state.presume(Batch.request { $0.rule("input", replaces: 4) }, &presumption)
        #expect(state.nft.tables[filter]?.chains["input"]?.rules == [9, 13, 16])
    }

    @Test func `gives no handle to a chain, set, object or flowtable that is there`() {
        var state = Self.standing()
        var presumption = Presumption()
        _ = state.presume(
            Batch.request {
                $0.chain("input")
                $0.set("s")
                $0.object("c")
                $0.object("c")
                $0.rule("input")
            }, &presumption)
        #expect(state.nft.tables[filter]?.chains["input"]?.rules == [4, 9, 14])
        _ = state.presume(
            Batch.request {
                $0.set("t")
                $0.rule("input")
            }, &presumption)
        #expect(state.nft.tables[filter]?.sets["t"]?.handle == 15)
        #expect(state.nft.tables[filter]?.chains["input"]?.rules == [4, 9, 14, 16])
    }

    @Test func `flushes what stood before`() {
        var state = Self.standing()
        var presumption = Presumption()
        let change = state.presume(Batch.request { $0.noRule(nil, "input") }, &presumption)
        #expect(change.brief == ["flush-chain input 2"])
        #expect(state.ruleCount == 0)
    }

    @Test func `means chains, sets and tables by their handles too`() {
        var state = Self.standing()
        var presumption = Presumption()
        #expect(
            state.presume(Batch.request { $0.noSet(handle: 12) }, &presumption).brief == ["delete-set s 0"])
        #expect(
            state.presume(Batch.request { $0.noChain(handle: 1) }, &presumption).brief == ["delete-chain input 2"])
        #expect(state.presume(Batch.request { $0.noTable(handle: 8) }, &presumption).isEmpty)
        #expect(
            state.presume(Batch.request { $0.noTable(handle: 7) }, &presumption).brief == ["delete-table filter 0"])
    }

    @Test func `finds a chain and a rule by the numbers it gave them`() {
        let (state, _) = Self.play([
            Self.made,
            Batch.request {
                $0.boundChain(id: 5)
                $0.rule(inChain: 5, id: 6)
                $0.rule("input")
                $0.rule("input", id: 7)
                $0.noRule(inChain: "input", id: 7)
            },
        ])
        let chains = state.nft.tables[filter]?.chains ?? [:]
        #expect(chains["input"]?.rules == [2, 3, 6])
        #expect(chains.first { $0.key.hasPrefix("__chain") }?.value.handle == 4)
        #expect(state.ruleCount == 4)
    }

    @Test func `flushes no table that another owns`() {
        var state = FirewallState()
        var presumption = Presumption()
        let make = Batch.request {
            $0.table(.inet, "filter", flags: .owner)
            $0.chain("input")
            $0.rule("input")
        }
        _ = state.presume(make, from: 42, &presumption)
        #expect(state.nft.owners == [42])
        let flush = Batch.request { $0.table(delete: true, .unspecified, nil) }
        _ = state.presume(flush, from: 43, &presumption)
        #expect(state.ruleCount == 1)
        _ = state.presume(flush, from: 42, &presumption)
        #expect(state.ruleCount == 0)
    }

    @Test func `ends where the kernel's own notices end`() {
        var heard = FirewallState([
            Notice.table(), Notice.chain("input", handle: 1), Notice.rule(2, "input", isAppended: false),
            Notice.rule(3, "input", isAppended: false),
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
