import Detection
import Identity
import Testing

@Suite struct `A machine that shuts down` {
    static func stop(_ bench: inout Bench, by actor: Actor = systemd, isShuttingDown: Bool = true) {
        for what: Deed.What in [
            .service(name: "ufw", isStart: false, isDaemon: false, signal: nil),
            .changed(bench.alteration(effective: -100, blocking: -40)),
        ] {
            var deed = bench.deed(what, by: actor)
            deed.isShuttingDown = isShuttingDown
            bench.alerts += bench.detector.take(deed)
        }
    }

    static let systemd: Actor = {
        var actor = Bench.actor()
        actor.chain[0].unit = "ufw.service"
        return actor
    }()

    @Test func `loses its firewall without an alarm`() {
        var bench = Bench()
        Self.stop(&bench)
        bench.wait(60)
        #expect(bench.alerts.isEmpty && bench.detector.finish(at: bench.now).isEmpty)
    }

    @Test func `and did not, if it still runs after two minutes`() {
        var bench = Bench()
        Self.stop(&bench)
        bench.wait(121)
        #expect(bench.alerts.map(\.rule) == [.emptied])
    }

    @Test func `excuses nobody who comes by a login, is suspicious, or does more besides`() {
        var login = Bench.actor()
        login.chain[0].unit = "session-1.scope"
        for actor in [login, Bench.actor(traits: [.executableInMemory])] {
            var bench = Bench()
            bench.level.effective = 100
            var deed = bench.deed(.changed(bench.alteration(effective: -100, blocking: -40)), by: actor)
            deed.isShuttingDown = true
            bench.alerts += bench.detector.take(deed)
            bench.wait(3)
            #expect(bench.alerts.map(\.rule) == [.emptied])
        }
        var bench = Bench()
        Self.stop(&bench)
        bench.wait(1)
        bench.level = Level(rules: 0, effective: 0, blocking: 0)
        bench.change([.policy("input", "accept", "accept")], by: login)
        bench.wait(10)
        #expect(bench.alerts.map(\.rule) == [.emptied])
    }
}
