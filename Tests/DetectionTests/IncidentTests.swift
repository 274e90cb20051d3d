import Detection
import Identity
import Inventory
import Records
import TestSupport
import Testing

@Suite struct `An incident` {
    @Test func `is made good by whoever brings it back`() throws {
        var bench = Bench()
        bench.change(effective: -100, blocking: -40)
        bench.wait(30)
        bench.change(effective: 60, blocking: 20, [Operation(.addRule)], by: Bench.actor(70, "/usr/bin/mend"))
        bench.wait(30)
        #expect(bench.alerts.count == 1)
        bench.change(effective: 40, blocking: 20, [Operation(.addRule)], by: Bench.actor(70, "/usr/bin/mend"))
        let resolved = try #require(bench.alerts.last)
        #expect(resolved.state == .resolved && resolved.restorer?.executable == "/usr/bin/mend")
        #expect(resolved.restoredAfter.map { $0 > 57 * Bench.second } ?? false)
    }

    @Test func `that comes again is the same, counted`() {
        var bench = Bench()
        for _ in 0..<5 {
            bench.change(effective: -100, blocking: -40)
            bench.wait(30)
            bench.change(effective: 100, blocking: 40, [Operation(.addRule)])
            bench.wait(30)
        }
        #expect(Set(bench.alerts.map(\.id)).count == 1 && bench.alerts.last?.occurrences == 5)
        #expect(
            bench.alerts.map(\.state) == [.open, .resolved] + Array(repeating: [.update, .resolved], count: 4).joined())
    }

    @Test func `that may not be told so soon again is told when the collector ends`() {
        var bench = Bench()
        let shell = Bench.actor(60, "/tmp/x", traits: [.executableInMemory])
        bench.change(effective: -50, blocking: -20, by: shell)
        bench.wait(0.1)
        #expect(bench.change(effective: -50, blocking: -20, by: shell).isEmpty)
        #expect(bench.detector.finish(at: bench.now).map(\.rule) == [.emptied])
        #expect(bench.detector.finish(at: bench.now).isEmpty)
    }

    @Test func `of several who are suspicious names who did it, not the most suspicious`() {
        var bench = Bench()
        let loader = Bench.actor(
            60, "/tmp/x", traits: [.executableInMemory, .executableInTemporaryPlace, .inputFromPipe])
        let flusher = Bench.actor(61, "/tmp/y", traits: [.executableInTemporaryPlace])
        bench.change(effective: 1, [Operation(.addRule)], by: loader)
        #expect(bench.alerts.last?.actor?.id.pid == 60)
        bench.wait(1)
        bench.change(effective: -101, blocking: -40, by: flusher)
        bench.wait(2)
        #expect(bench.alerts.last?.rule == .emptied && bench.alerts.last?.actor?.id.pid == 61)
    }

    @Test func `names who did it, where another is suspicious who took nothing`() {
        var bench = Bench()
        let noise = Bench.actor(
            60, "/tmp/x", traits: [.executableInMemory, .executableInTemporaryPlace, .inputFromPipe])
        let flusher = Bench.actor(61, "/usr/sbin/nft")
        bench.change(effective: 1, [Operation(.addRule)], by: noise)
        bench.change(effective: -101, blocking: -40, by: flusher)
        bench.change(effective: 1, [Operation(.addRule)], by: noise)
        bench.wait(3)
        #expect(bench.alerts.last?.rule == .emptied && bench.alerts.last?.actor?.id.pid == 61)
    }

    @Test func `is told once a second at most`() {
        var bench = Bench()
        let shell = Bench.actor(60, "/tmp/x", traits: [.executableInMemory])
        for _ in 0..<1000 {
            bench.change(effective: -100, blocking: -40, by: shell)
            bench.wait(0.005)
            bench.change(effective: 100, blocking: 40, [Operation(.addRule)], by: shell)
            bench.wait(0.005)
        }
        bench.wait(5)
        #expect(bench.alerts.count <= 13 && bench.alerts.last?.state == .resolved)
        #expect(Set(bench.alerts.map(\.id)).count == 1)
    }

    @Test func `takes in what the same tree does later, and tells it again`() throws {
        var bench = Bench(dropping: [.input])
        bench.take(.service(name: "firewalld", isStart: false, isDaemon: true, signal: 9))
        bench.wait(30)
        bench.change(effective: 100, blocking: 40, [Operation(.addRule)])
        bench.wait(30)
        bench.change(effective: -120, blocking: -60)
        bench.wait(30)
        try #require(bench.alerts.count == 2)
        #expect(bench.alerts.map(\.state) == [.open, .update] && Set(bench.alerts.map(\.id)).count == 1)
        #expect(bench.alerts[1].rules == [.suddenDrop, .serviceEnded] && bench.alerts[1].before.effective == 200)
        bench.change(effective: -1)
        bench.wait(30)
        #expect(bench.alerts.count == 2)
    }

    @Test func `that goes on and on is counted, and told every ten seconds`() {
        var bench = Bench()
        for _ in 0..<60 {
            bench.change(effective: 1, [Operation(.addRule)], by: Bench.actor(traits: [.shellBelowService]))
            bench.wait(3)
        }
        #expect((10...22).contains(bench.alerts.count) && Set(bench.alerts.map(\.id)).count == 1)
        #expect(bench.alerts.last.map { $0.occurrences > 50 } ?? false)
    }

    @Test func `is made good although the collector was laid hands on, and that alone is never`() {
        var bench = Bench()
        bench.change(effective: -100, blocking: -40)
        bench.wait(30)
        bench.take(.tampered("it was killed"))
        bench.wait(30)
        bench.change(effective: 100, blocking: 40, [Operation(.addRule)])
        bench.wait(30)
        #expect(bench.alerts.map(\.state) == [.open, .update, .resolved])
        bench = Bench()
        bench.take(.tampered("it was killed"))
        bench.wait(30)
        bench.change(effective: 1, [Operation(.addRule)])
        bench.wait(30)
        #expect(bench.alerts.map(\.state) == [.open])
    }

    @Test func `names who did what is gravest, and not who did something else in the same burst`() throws {
        var bench = Bench()
        bench.take(.tampered("a signal was sent to it"), by: Bench.actor(70, "/usr/bin/dash", traits: [.inputFromPipe]))
        bench.change(effective: -1, blocking: -1, by: Bench.actor(71))
        for _ in 0..<3 { bench.change(effective: -33, blocking: -13, by: Bench.actor(72)) }
        bench.wait(10)
        #expect(bench.alerts.last?.rule == .emptied && bench.alerts.last?.actor?.id.pid == 72)
        #expect(bench.alerts.last?.rules == [.emptied, .tampered])
        bench = Bench(dropping: [.input])
        bench.change(effective: -1, by: Bench.actor(71))
        bench.change([.policy("input", "drop", "accept")], by: Bench.actor(72))
        bench.change(effective: -1, by: Bench.actor(73))
        bench.wait(10)
        #expect(bench.alerts.last?.rule == .policyOpened && bench.alerts.last?.actor?.id.pid == 72)
    }

    @Test func `that grows by another deed of the same tree names who did that`() {
        var bench = Bench(dropping: [.input])
        bench.change(effective: -60, blocking: -30, by: Bench.actor(50))
        bench.wait(30)
        var other = Bench.actor(51, "/usr/sbin/iptables")
        other.root = Bench.actor(50).root
        bench.change(effective: -40, blocking: -10, by: other)
        bench.wait(30)
        #expect(bench.alerts.map(\.actor?.id.pid) == [50, 51] && Set(bench.alerts.map(\.id)).count == 1)
        bench.change(effective: 50, blocking: 20, [Operation(.addRule)], by: other)
        bench.wait(30)
        var third = Bench.actor(52)
        third.root = other.root
        bench.change([.policy("input", "drop", "accept")], by: third)
        bench.wait(30)
        #expect(bench.alerts.last?.actor?.id.pid == 52 && bench.alerts.last?.rules.contains(.policyOpened) == true)
    }

    @Test func `names who is suspicious, also where another took more`() {
        var bench = Bench()
        bench.change(effective: -60, blocking: -30, by: Bench.actor(71))
        bench.change(effective: -1, by: Bench.actor(72, "/tmp/x", traits: [.executableInTemporaryPlace]))
        bench.wait(10)
        #expect(bench.alerts.last?.actor?.id.pid == 72 && bench.alerts.last?.rules == [.suddenDrop, .suspiciousWriter])
    }

    @Test func `of another tree, later, is another`() {
        var bench = Bench()
        bench.change(effective: -40, blocking: -16)
        bench.wait(700)
        bench.change(effective: -40, blocking: -16, by: Bench.actor(61))
        bench.wait(10)
        #expect(bench.alerts.map(\.state) == [.open, .open] && Set(bench.alerts.map(\.id)).count == 2)
    }

    @Test func `in a namespace beside counts less, and in one of a user's own nothing`() {
        var bench = Bench()
        bench.netns = Netns(id: 2, isHost: false)
        bench.change(effective: -100, blocking: -40)
        bench.wait(10)
        #expect(bench.alerts.isEmpty)
        bench.change(effective: 100, blocking: 40)
        bench.wait(10)
        bench.change(effective: -100, blocking: -40, by: Bench.actor(traits: [.executableInMemory]))
        #expect(bench.alerts.map(\.score.value) == [30])
        bench = Bench()
        bench.netns = Netns(id: 3, isHost: false, isUserOwned: true)
        bench.change(effective: -100, blocking: -40, by: Bench.actor(traits: [.executableInMemory]))
        bench.wait(10)
        #expect(bench.alerts.isEmpty)
    }

    @Test func `is not told of a rule that is off, nor of anything where all is`() {
        var tuning = Tuning()
        tuning.off = [.emptied]
        var bench = Bench(tuning: tuning)
        bench.change(effective: -100, blocking: -40)
        bench.wait(10)
        tuning.isOn = false
        bench.detector.tuning = tuning
        bench.take(.tampered("x"))
        bench.wait(10)
        #expect(bench.alerts.isEmpty)
    }

    @Test(arguments: 0..<200) func `has a score that its reasons add up to`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var bench = Bench(dropping: [.input])
        for _ in 0..<40 {
            let traits = Trait.Kind.allCases.filter { _ in random.next() % 12 == 0 }
            let actor = random.next() % 8 == 0 ? nil : Bench.actor(UInt32(50 + random.next() % 4), traits: traits)
            let blocking = -min(bench.level.blocking, Int(random.next() % 30)) + (random.next() % 2 == 0 ? 25 : 0)
            let effective = max(-bench.level.effective, blocking * 2)
            let kinds: [Inventory.Operation.Kind] = [.deleteRule, .flushSet, .addRule, .tableDormant, .flushRuleset]
            let kind = kinds[Int(random.next() % 5)]
            bench.change(
                effective: effective, blocking: blocking, rules: random.next() % 2 == 0 ? 0 : nil,
                [Operation(kind, family: "inet", table: "t", set: "s")], by: actor)
            bench.wait(Double(random.next() % 5000) / 1000)
        }
        bench.wait(60)
        for alert in bench.alerts {
            #expect(alert.score.reasons.reduce(0) { $0 + $1.weight } == alert.score.value)
            #expect((20...100).contains(alert.score.value) && alert.rules.contains(alert.rule))
        }
        #expect(bench.detector.deadline == nil)
    }
}
