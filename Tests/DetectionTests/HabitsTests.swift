import Identity
import Inventory
import Testing

@testable import Detection

@Suite struct `What was never seen before` {
    static let day: UInt64 = 86_400

    static func meet(_ bench: inout Bench, _ actor: Actor) -> [Identity.Trait.Kind] {
        bench.detector.novelties(of: bench.deed(.changed(bench.alteration(effective: -1)), by: actor)).map(\.kind)
    }

    static func admin(_ executable: String = "/usr/sbin/nft", user: String = "alice", shell: String = "/usr/bin/bash")
        -> Actor
    {
        var actor = Bench.actor(50, executable, below: [Program(executable: shell, isGenuine: true)])
        actor.login = Account(id: 1000, name: user)
        actor.chain[0].unit = "session-1.scope"
        return actor
    }

    @Test func `is nothing as long as the host is learnt`() {
        var bench = Bench()
        #expect(Self.meet(&bench, Self.admin()).isEmpty)
        bench.wait(3600)
        #expect(Self.meet(&bench, Self.admin("/usr/sbin/iptables", user: "bob")).isEmpty)
    }

    @Test func `is told once: a program, one above it, a user, a unit`() {
        var bench = Bench()
        _ = Self.meet(&bench, Self.admin())
        bench.wait(90_000)
        #expect(Self.meet(&bench, Self.admin()).isEmpty)
        #expect(Self.meet(&bench, Self.admin("/usr/sbin/iptables")) == [.firstExecutable])
        #expect(Self.meet(&bench, Self.admin("/usr/sbin/iptables")).isEmpty)
        #expect(Self.meet(&bench, Self.admin(shell: "/usr/bin/zsh")) == [.firstAncestor])
        #expect(Self.meet(&bench, Self.admin(user: "bob")) == [.firstUser])
        var other = Self.admin()
        other.chain[0].unit = "cron.service"
        #expect(Self.meet(&bench, other) == [.firstUnit])
        other.chain[0].script = "/opt/x.py"
        #expect(Self.meet(&bench, other) == [.firstExecutable])
    }

    @Test func `is forgotten after a season`() {
        var bench = Bench()
        _ = Self.meet(&bench, Self.admin())
        bench.wait(100 * 86_400)
        #expect(Self.meet(&bench, Self.admin()) == [.firstExecutable, .firstAncestor, .firstUser, .firstUnit])
    }

    @Test func `takes bounded room, and the oldest go first`() {
        var habits = Habits()
        for number in 0..<2000 {
            _ = habits.meet(Self.admin("/opt/\(number)"), at: Int64(number), learning: 0)
        }
        #expect(habits.meet(Self.admin("/opt/1999"), at: 3000, learning: 0).isEmpty)
        #expect(habits.meet(Self.admin("/opt/1"), at: 3000, learning: 0).map(\.kind) == [.firstExecutable])
    }

    @Test func `are hours, once there were weeks of them`() {
        var bench = Bench()
        for _ in 0..<60 {
            _ = Self.meet(&bench, Self.admin())
            bench.wait(43_200)
        }
        #expect(Self.meet(&bench, Self.admin()).isEmpty)
        bench.wait(3 * 3600)
        let traits = bench.detector.novelties(
            of: bench.deed(.changed(bench.alteration(effective: -1)), by: Self.admin()))
        #expect(traits.map(\.kind) == [.unusualHour])
        #expect(traits.first?.evidence.contains("3:00 UTC") == true)
    }

    @Test func `weighs too little to be an alarm by itself`() {
        let tuning = Tuning()
        let news: [Identity.Trait.Kind] = [.firstExecutable, .firstAncestor, .firstUser, .firstUnit, .unusualHour]
        #expect(news.reduce(0) { $0 + (tuning.weights[$1] ?? 0) } < 40)
        var bench = Bench()
        bench.change(effective: -1, by: Bench.actor(traits: news))
        bench.wait(10)
        #expect(bench.alerts.isEmpty)
    }
}

@Suite struct `A detector's memory` {
    @Test func `lets the next one close what this one opened`() throws {
        var bench = Bench()
        bench.change(effective: -100, blocking: -40)
        bench.wait(30)
        let memory = bench.detector.memory(bootID: "a")
        var next = Bench(effective: 0, blocking: 0)
        _ = next.detector.take(.remember(memory.inBoot("a")))
        next.now = bench.now
        next.wait(30)
        next.change(effective: 100, blocking: 40, [Operation(.addRule)])
        let resolved = try #require(next.alerts.first)
        #expect(resolved.state == .resolved && resolved.id == bench.alerts.first?.id)
        #expect(resolved.restoredAfter.map { $0 > 57 * Bench.second } ?? false)
    }

    @Test func `does not tell an erosion twice, nor forget one that goes on`() {
        var bench = Bench()
        for _ in 0..<50 {
            bench.change(effective: -1, blocking: bench.level.blocking > 1 ? -1 : 0)
            bench.wait(3600)
            var next = Bench(effective: bench.level.effective, blocking: bench.level.blocking)
            _ = next.detector.take(.remember(bench.detector.memory(bootID: "a")))
            next.now = bench.now
            next.alerts = bench.alerts
            bench = next
        }
        #expect(bench.alerts.map(\.rule) == [.erosion])
    }

    @Test func `of another boot keeps habits and no incidents`() {
        var bench = Bench()
        bench.change(effective: -100, blocking: -40)
        bench.wait(30)
        let memory = bench.detector.memory(bootID: "a").inBoot("b")
        var next = Bench(effective: 0, blocking: 0)
        _ = next.detector.take(.remember(memory))
        next.change(effective: 100, blocking: 40, [Operation(.addRule)])
        next.wait(30)
        #expect(next.alerts.isEmpty)
    }
}
