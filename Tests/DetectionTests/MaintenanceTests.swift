import Detection
import Identity
import Testing

@Suite struct `Maintenance` {
    static func rules(_ bench: Bench, by actor: Actor? = Bench.actor()) -> [Rule] {
        var bench = bench
        bench.change(effective: -100, blocking: -40, by: actor)
        bench.wait(60)
        return bench.alerts.map(\.rule)
    }

    static func bench(_ time: MaintenanceWindow.Time) -> Bench {
        var tuning = Tuning()
        tuning.windows = [MaintenanceWindow(name: "patching", reason: "CHG-7", time: time)]
        return Bench(tuning: tuning)
    }

    @Test func `covers what is done in it, and nothing before or after`() {
        let now = Bench().wall
        #expect(Self.rules(Self.bench(.once(from: now, to: now + 60))).isEmpty)
        #expect(Self.rules(Self.bench(.once(from: now + 1, to: now + 60))) == [.emptied])
        #expect(Self.rules(Self.bench(.once(from: now - 60, to: now))) == [.emptied])
    }

    @Test func `covers neither a suspicious process nor nobody nor hands laid on the collector`() {
        let now = Bench().wall
        var bench = Self.bench(.once(from: now, to: now + 600))
        #expect(Self.rules(bench, by: nil) == [.emptied])
        #expect(Self.rules(bench, by: Bench.actor(traits: [.executableInMemory])) == [.emptied])
        bench.take(.tampered("a link was detached"))
        bench.wait(10)
        #expect(bench.alerts.map(\.rule) == [.tampered])
    }

    @Test func `that is switched on holds until its end, or until it is switched off`() {
        var bench = Bench()
        _ = bench.detector.take(.pause(Pause(until: bench.wall + 60, reason: "CHG-8")))
        #expect(Self.rules(bench).isEmpty)
        let coverage = bench.detector.coverage(
            of: bench.deed(.service(name: "ufw", isStart: false, isDaemon: false, signal: nil), by: Bench.actor()))
        #expect(coverage?.kind == .maintenance && coverage?.reason == "CHG-8")
        var later = bench
        later.wait(60)
        #expect(Self.rules(later) == [.emptied])
        _ = bench.detector.take(.pause(nil))
        #expect(Self.rules(bench) == [.emptied])
    }

    /// Friday 2026-11-27 00:00 UTC.
    static let friday: Int64 = 1_795_737_600
    static let berlin = ZoneOffsets([
        ZoneOffsets.Change(at: 1_774_746_000, offset: 7200), ZoneOffsets.Change(at: 1_792_890_000, offset: 3600),
    ])

    @Test(arguments: [
        (21 * 3600, false), (21 * 3600 + 1800, true), (25 * 3600 + 1799, true), (25 * 3600 + 1800, false),
        (-1, false), (45 * 3600 + 1800, false),
    ])
    func `of every week is by the clocks of the place, also over midnight`(seconds: Int, isOpen: Bool) {
        let window = MaintenanceWindow(
            name: "", reason: "",
            time: .weekly(days: [4], minute: 22 * 60 + 30, seconds: 4 * 3600, Self.berlin))
        #expect(window.holds(Self.friday + Int64(seconds)) == isOpen)
        // In summer an hour earlier by UTC: Friday 2026-07-03.
        #expect(window.holds(1_783_036_800 + Int64(seconds) - 3600) == isOpen)
    }
}
