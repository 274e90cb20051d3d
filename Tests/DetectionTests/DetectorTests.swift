import Detection
import Identity
import Inventory
import Records
import Testing

@Suite struct `A sudden drop` {
    @Test func `that is made good at once is none: a reload`() {
        var bench = Bench()
        bench.change(effective: -90, blocking: -40)
        bench.wait(0.06)
        bench.change(effective: 90, blocking: 40, [Operation(.addRule)])
        #expect(bench.wait(60).isEmpty)
    }

    @Test func `over many transactions that are made good one by one is none`() {
        var bench = Bench()
        for _ in 0..<90 {
            bench.change(effective: -1)
            bench.wait(0.01)
        }
        for _ in 0..<90 {
            bench.change(effective: 1, [Operation(.addRule)])
            bench.wait(0.01)
        }
        bench.wait(60)
        #expect(bench.alerts.isEmpty)
    }

    @Test func `that stays is told when it has settled`() throws {
        var bench = Bench()
        #expect(bench.change(effective: -50, blocking: -20).isEmpty)
        #expect(bench.wait(1.9).isEmpty)
        let told = bench.wait(0.2)
        let alert = try #require(told.first)
        #expect(told.count == 1 && alert.state == .open && alert.rule == .suddenDrop)
        #expect(alert.before.effective == 100 && alert.after.effective == 50 && alert.after.blocking == 20)
        #expect(alert.deeds == ["e1"] && alert.score.value == 25 && alert.severity == .low)
        #expect(alert.actor?.executable == "/usr/sbin/nft")
    }

    @Test func `of what was just loaded is one, of what was there while it was rebuilt is none`() {
        var bench = Bench(effective: 0, blocking: 0)
        bench.change(effective: 50, blocking: 20, [Operation(.addRule)])
        bench.wait(0.6)
        bench.change(effective: -50, blocking: -20)
        bench.wait(5)
        #expect(bench.alerts.map(\.rule) == [.emptied])
        bench = Bench()
        bench.change(effective: 100, blocking: 40, [Operation(.addRule)])
        bench.wait(0.3)
        bench.change(effective: -100, blocking: -40)
        bench.wait(5)
        #expect(bench.alerts.isEmpty)
    }

    @Test func `that has not settled is judged when the collector ends`() {
        var bench = Bench()
        bench.change(effective: -50, blocking: -20)
        #expect(bench.detector.finish(at: bench.now).map(\.rule) == [.suddenDrop])
        #expect(bench.detector.finish(at: bench.now).isEmpty)
    }

    @Test func `is judged at the latest after the patience, however busy it is`() {
        var bench = Bench()
        for _ in 0..<35 {
            bench.change(effective: -2, blocking: -1, by: Bench.actor())
            bench.wait(1)
        }
        #expect(bench.alerts.first?.rule == .suddenDrop)
        #expect(bench.alerts.count < 5 && Set(bench.alerts.map(\.id)).count == 1)
    }

    @Test func `of rules that block nothing is told of who is suspicious`() {
        for (traits, isTold) in [([], false), ([Identity.Trait.Kind.inputFromSocket], true)] {
            var bench = Bench(effective: 40, blocking: 0)
            bench.change(effective: -36, by: Bench.actor(traits: traits))
            bench.wait(10)
            #expect(bench.alerts.isEmpty != isTold)
        }
    }

    @Test func `of a service's namespace is measured against what stood there`() {
        var tuning = Tuning()
        tuning.otherNamespaces = 100
        var bench = Bench(tuning: tuning)
        bench.netns = Netns(id: 9, isHost: false)
        bench.level = Level(rules: 30, effective: 30, blocking: 10)
        _ = bench.detector.take(.stands(bench.netns, bench.level, dropping: [], most: nil))
        bench.take(.service(name: "nftables", isStart: false, isDaemon: false, signal: nil))
        bench.change(effective: -30, blocking: -10, [Operation(.flushRuleset)])
        bench.wait(10)
        #expect(bench.alerts.map(\.rule) == [.emptied] && bench.alerts.first?.before.effective == 30)
    }

    @Test func `of a few rules, or of a small part, is ordinary work`() {
        var bench = Bench(effective: 6, blocking: 4)
        bench.change(effective: -2, blocking: -2)
        bench.wait(10)
        bench = Bench()
        bench.change(effective: -20, blocking: -8)
        bench.wait(10)
        #expect(bench.alerts.isEmpty)
    }

    @Test func `by a suspicious process is told at once, and what is lost after it makes it graver`() throws {
        var bench = Bench()
        let shell = Bench.actor(60, "/tmp/x", traits: [.executableInTemporaryPlace, .networkService])
        let first = bench.change(effective: -50, blocking: -20, by: shell)
        let alert = try #require(first.first)
        #expect(alert.rules == [.suddenDrop, .suspiciousWriter] && alert.severity == .high)
        bench.wait(1)
        let second = bench.change(effective: -50, blocking: -20, by: shell)
        let update = try #require(second.first)
        #expect(update.state == .update && update.id == alert.id && update.rule == .emptied)
        #expect(update.severity == .critical && update.deeds == ["e1", "e2"])
    }
}

@Suite struct `What needs no count` {
    static func told(_ bench: inout Bench) -> [Rule] {
        bench.wait(4)
        return bench.alerts.first?.rules ?? []
    }

    @Test func `a drop to nothing`() {
        var bench = Bench()
        bench.change(effective: -100, blocking: -40, [Operation(.flushRuleset)])
        #expect(Self.told(&bench) == [.emptied] && bench.alerts[0].severity == .medium)
    }

    @Test func `the end of rules that never blocked is none`() {
        var bench = Bench(effective: 2, blocking: 0)
        bench.change(effective: -2)
        #expect(Self.told(&bench).isEmpty)
    }

    @Test(arguments: [
        [Operation.policy("input", "drop", "accept")],
        [Operation(.deleteChain, family: "inet", table: "t", chain: "input")],
        [Operation(.deleteTable, family: "inet", table: "t")], [Operation(.flushRuleset)],
    ])
    func `a policy that drops no more, in whatever way`(operations: [Inventory.Operation]) throws {
        var bench = Bench(dropping: [.input])
        bench.change(operations)
        #expect(Self.told(&bench) == [.policyOpened])
        bench.change([
            Operation(
                .addChain, family: "inet", table: "t", chain: "input",
                policy: PolicyChange(before: nil, after: "drop"))
        ])
        let resolved = try #require(bench.alerts.last)
        #expect(resolved.state == .resolved && resolved.id == bench.alerts[0].id && resolved.restoredAfter != nil)
    }

    @Test func `a policy that is back before it has settled is none`() {
        var bench = Bench(dropping: [.input])
        bench.change([.policy("input", "drop", "accept")])
        bench.change([.policy("input", "accept", "drop")])
        #expect(Self.told(&bench).isEmpty)
    }

    @Test func `a policy that only stood while something was rebuilt is none: firewalld's while it reloads`() {
        var bench = Bench()
        bench.change([
            Operation(
                .addChain, family: "inet", table: "firewalld_policy_drop", chain: "input",
                policy: PolicyChange(before: nil, after: "drop"))
        ])
        bench.wait(0.1)
        bench.change([Operation(.deleteTable, family: "inet", table: "firewalld_policy_drop")])
        #expect(Self.told(&bench).isEmpty)
    }

    @Test func `panic is over when firewalld ends it`() {
        let table = "firewalld_policy_drop"
        var bench = Bench(dropping: [DroppingChain(family: "inet", table: table, chain: "input")])
        let firewalld = Bench.actor(
            50, "/usr/bin/python3.11",
            below: [Program(executable: "/usr/sbin/firewalld", unit: "firewalld.service", isGenuine: true)])
        bench.change([Operation(.deleteTable, family: "inet", table: table)], by: firewalld)
        #expect(Self.told(&bench).isEmpty)
    }

    @Test func `a table that sleeps`() {
        var bench = Bench()
        bench.change(effective: -10, blocking: -4, rules: 0, [Operation(.tableDormant, family: "ip", table: "t")])
        #expect(Self.told(&bench) == [.dormant])
        bench.change(effective: 10, blocking: 4, rules: 0, [Operation(.tableAwake, family: "ip", table: "t")])
        #expect(bench.alerts.last?.state == .resolved)
    }

    @Test(arguments: [Operation.Kind.flushSet, .deleteElements, .swapSet])
    func `a set that a blocking rule asks`(kind: Inventory.Operation.Kind) {
        var bench = Bench()
        bench.change(effective: -1, blocking: -1, rules: 0, [Operation(kind, set: "bad")])
        #expect(Self.told(&bench) == [.setEmptied])
    }

    @Test func `a set of those who are let in is none`() {
        var bench = Bench()
        bench.change(effective: -1, rules: 0, [Operation(.flushSet, set: "good")])
        #expect(Self.told(&bench).isEmpty)
    }

    @Test(arguments: [Operation.Kind.addRule, .replaceRule, .replaceTable])
    func `an accept above what blocks, or in its place`(kind: Inventory.Operation.Kind) {
        var bench = Bench()
        bench.change(effective: -5, blocking: -3, rules: kind == .addRule ? 1 : 0, [Operation(kind, table: "t")])
        #expect(Self.told(&bench) == [.shadowed])
    }

    @Test func `a module that is unloaded`() {
        var bench = Bench()
        let change = Change(
            operations: [Operation(.moduleUnload)], rules: Count(before: 100, after: 90),
            elements: Count(before: 0, after: 0), effective: Count(before: 100, after: 90),
            blocking: Count(before: 40, after: 36))
        bench.take(.module(name: "ip_tables", isLoaded: false, alteration: Alteration(change, backend: "module")))
        #expect(Self.told(&bench) == [.moduleUnloaded])
    }

    @Test func `a daemon that was stopped for good, and not one that takes its time to begin again`() {
        var bench = Bench()
        for _ in 0..<3 {
            bench.take(.service(name: "fail2ban", isStart: false, isDaemon: true, signal: 15))
            bench.wait(7)
            bench.take(.service(name: "fail2ban", isStart: true, isDaemon: true, signal: nil))
            bench.wait(20)
        }
        #expect(bench.alerts.isEmpty)
        bench.take(.service(name: "fail2ban", isStart: false, isDaemon: true, signal: 15))
        bench.wait(11)
        #expect(bench.alerts.map(\.rule) == [.serviceEnded] && bench.alerts.first?.severity == .low)
        bench.take(.service(name: "firewalld", isStart: false, isDaemon: true, signal: 9), by: Bench.actor(61))
        bench.wait(3)
        #expect(bench.alerts.count == 2)
    }

    @Test func `a firewall that is killed, and not one that is restarted`() {
        var bench = Bench()
        bench.take(.service(name: "firewalld", isStart: false, isDaemon: true, signal: 9))
        #expect(Self.told(&bench) == [.serviceEnded])
        bench = Bench()
        bench.take(.service(name: "firewalld", isStart: false, isDaemon: true, signal: 9))
        bench.wait(1)
        bench.take(.service(name: "firewalld", isStart: true, isDaemon: true, signal: nil))
        #expect(Self.told(&bench).isEmpty)
    }

    @Test func `a service that is restarted has ten seconds to load its rules`() {
        for pause in [9.0, 11] {
            var bench = Bench()
            bench.take(.service(name: "firewalld", isStart: false, isDaemon: true, signal: 15))
            bench.change(effective: -100, blocking: -40)
            bench.take(.service(name: "firewalld", isStart: true, isDaemon: true, signal: nil))
            bench.wait(pause)
            bench.change(effective: 100, blocking: 40, [Operation(.addRule)])
            bench.wait(10)
            #expect(bench.alerts.map(\.rules) == (pause < 10 ? [] : [[.emptied], [.emptied]]))
        }
    }

    @Test func `who tampers with the collector`() {
        var bench = Bench()
        bench.take(.tampered("a pin was taken away"))
        #expect(Self.told(&bench) == [.tampered])
    }

    @Test func `what nobody was seen to do`() {
        var bench = Bench()
        bench.change(effective: -1, blocking: -1, by: nil)
        #expect(Self.told(&bench) == [.unattributed])
        bench = Bench()
        bench.change(effective: 3, blocking: 1, [Operation(.addRule)], by: nil)
        #expect(Self.told(&bench).isEmpty)
    }
}

@Suite struct `A suspicious process` {
    @Test func `is told whatever it changes`() {
        var bench = Bench()
        bench.change(effective: 1, [Operation(.addRule)], by: Bench.actor(traits: [.shellBelowService]))
        #expect(bench.alerts.map(\.rules) == [[.suspiciousWriter]])
    }

    @Test func `is not who has but a small oddity`() {
        var bench = Bench()
        bench.change(effective: -1, blocking: -1, by: Bench.actor(traits: [.noTool, .inputFromPipe, .noLogin]))
        bench.wait(10)
        #expect(bench.alerts.isEmpty)
    }

    @Test func `gets the blame, not who comes after it`() {
        var bench = Bench()
        bench.change(effective: -30, blocking: -10, by: Bench.actor(60, "/tmp/x", traits: [.executableInMemory]))
        bench.wait(1)
        bench.change(effective: -1, by: Bench.actor(61, "/usr/sbin/nft"))
        bench.wait(10)
        #expect(bench.alerts.allSatisfy { $0.actor?.executable == "/tmp/x" })
    }
}

@Suite struct `Slow erosion` {
    @Test func `is measured against the most there was, and told once`() {
        var bench = Bench()
        for _ in 0..<60 {
            bench.change(effective: -1, blocking: -1 * (bench.level.blocking > 1 ? 1 : 0))
            bench.wait(3600)
        }
        #expect(bench.alerts.map(\.rule) == [.erosion])
        #expect(bench.alerts.first?.before.effective == 100)
    }

    @Test func `is none where as much comes as goes`() {
        var bench = Bench()
        for _ in 0..<200 {
            bench.change(effective: -2, blocking: -1)
            bench.wait(3600)
            bench.change(effective: 2, blocking: 1, [Operation(.addRule)])
            bench.wait(3600)
        }
        #expect(bench.alerts.isEmpty)
    }
}
