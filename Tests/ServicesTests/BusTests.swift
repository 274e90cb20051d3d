import Lineage
import Records
import Services
import Testing

@Suite struct `A request on the bus` {
    static func subject(_ path: String, _ interface: String, _ member: String, _ argument: String = "") -> BusCall
        .Subject?
    {
        BusCall.Subject(path: path, interface: interface, member: member, argument: argument)
    }

    @Test func `to firewalld changes something, or only asks`() {
        let path = "/org/fedoraproject/FirewallD1"
        for member in ["addPort", "enablePanicMode", "reload", "removeService", "passthrough", "setDefaultZone", "Set"]
        {
            #expect(Self.subject(path, "org.fedoraproject.FirewallD1.zone", member) == .firewalld)
        }
        for member in ["getZones", "listServices", "queryPort", "Get", "GetAll", "Introspect"] {
            #expect(Self.subject(path + "/config", "org.fedoraproject.FirewallD1", member) == nil)
        }
        #expect(Self.subject(path, "org.freedesktop.DBus.Peer", "Ping") == nil)
    }

    @Test func `to systemd names a unit, by its argument or its path`() {
        let manager = "org.freedesktop.systemd1.Manager"
        let path = "/org/freedesktop/systemd1"
        #expect(Self.subject(path, manager, "StopUnit", "firewalld.service") == .unit("firewalld.service"))
        #expect(Self.subject(path, manager, "ReloadOrRestartUnit", "a.service") == .unit("a.service", isAnew: true))
        #expect(Self.subject(path, manager, "GetUnit", "a.service") == nil)
        #expect(Self.subject(path, manager, "Subscribe") == nil)
        let unit = path + "/unit/crowdsec_2dfirewall_2dbouncer_2eservice"
        #expect(
            Self.subject(unit, "org.freedesktop.systemd1.Unit", "Stop") == .unit("crowdsec-firewall-bouncer.service"))
        #expect(Self.subject(unit, "org.freedesktop.DBus.Properties", "GetAll") == nil)
        #expect(Self.subject("/org/freedesktop/login1", manager, "StopUnit", "x") == .unit("x"))
    }

    /// A world with firewalld and two callers, and who is told for a moment.
    static func world() throws -> (World, Process) {
        var world = World()
        _ = `Firewall services`.firewalld(&world)
        _ = world.process(30, parent: 2, "/usr/bin/client", ["client"])
        _ = world.process(31, parent: 2, "/usr/bin/client", ["client"])
        return (world, try #require(world.lineage.process(ProcessID(pid: 10, start: 10))))
    }

    static func call(_ world: inout World, _ pid: UInt32, at time: UInt64, _ subject: BusCall.Subject = .firewalld) {
        guard let process = world.lineage.process(ProcessID(pid: pid, start: UInt64(pid))) else { return }
        world.askers.called(
            BusCall(name: ":1.\(pid)", cookie: time, pid: pid, subject: subject, time: time), by: process)
    }

    @Test func `is the reason of what is done until it is answered, the first before the second`() throws {
        var (world, firewalld) = try Self.world()
        func asked(at time: UInt64) -> String { `Who asked`.told(world.askers.initiator(of: firewalld, at: time)) }
        Self.call(&world, 30, at: 100)
        Self.call(&world, 31, at: 110)
        #expect(asked(at: 99) == "unknown nobody" && asked(at: 109) == "exact 30" && asked(at: 120) == "probable 30")
        world.askers.answered(":1.30", 100, at: 130)
        #expect(asked(at: 125) == "probable 30" && asked(at: 140) == "exact 31")
        world.askers.answered(":1.31", 110, at: 150)
        #expect(asked(at: 500_000_150) == "exact 31" && asked(at: 500_000_151) == "unknown nobody")
    }

    @Test func `that was refused is the reason of nothing that is done after`() throws {
        var (world, firewalld) = try Self.world()
        func asked(at time: UInt64) -> String { `Who asked`.told(world.askers.initiator(of: firewalld, at: time)) }
        Self.call(&world, 30, at: 100)
        Self.call(&world, 31, at: 110)
        world.askers.answered(":1.30", 100, isRefused: true, at: 115)
        #expect(asked(at: 105) == "exact 30" && asked(at: 120) == "exact 31")
        world.askers.answered(":1.31", 110, isRefused: true, at: 130)
        #expect(asked(at: 129) == "exact 31" && asked(at: 131) == "unknown nobody")
    }

    @Test func `of one caller twice is his`() throws {
        var (world, firewalld) = try Self.world()
        Self.call(&world, 30, at: 100)
        Self.call(&world, 30, at: 110)
        #expect(`Who asked`.told(world.askers.initiator(of: firewalld, at: 120)) == "exact 30")
    }

    @Test func `that was never answered is no reason for ever`() throws {
        var (world, firewalld) = try Self.world()
        Self.call(&world, 30, at: 100)
        #expect(`Who asked`.told(world.askers.initiator(of: firewalld, at: 30_000_000_100)) == "exact 30")
        #expect(`Who asked`.told(world.askers.initiator(of: firewalld, at: 30_000_000_101)) == "unknown nobody")
    }

    @Test func `to stop a unit is the reason of its end, and of what went with it`() throws {
        var (world, firewalld) = try Self.world()
        Self.call(&world, 30, at: 50, .unit("other.service"))
        Self.call(&world, 31, at: 60, .unit("firewalld.service"))
        world.signal(15, to: 10, from: 1)
        let signal = world.services.signal(to: firewalld, at: 70)
        #expect(`Who asked`.told(world.askers.initiator(of: firewalld, at: 70, signal: signal)) == "exact 31")
        let ended = world.exit(10)
        #expect(`Who asked`.told(world.askers.initiator(of: try #require(ended))) == "exact 31")
    }

    @Test func `to stop a unit may be heard a moment after it has stopped`() throws {
        var (world, _) = try Self.world()
        world.signal(15, to: 10, from: 1)
        let ended = world.exit(10)
        let end = try #require(ended)
        Self.call(&world, 30, at: end.time + 20_000_000 + 1, .unit("firewalld.service"))
        #expect(`Who asked`.told(world.askers.initiator(of: end)) != "exact 30")
        Self.call(&world, 31, at: end.time + 20_000_000, .unit("firewalld.service"))
        #expect(`Who asked`.told(world.askers.initiator(of: end)) == "exact 31")
        world.askers.close(end)
        var later = end
        later.time += 5_000_000_000
        #expect(`Who asked`.told(world.askers.initiator(of: later)) == "exact 30")
    }

    @Test func `to stop a unit is done with when it has stopped, to restart it when it has begun anew`() throws {
        var (world, _) = try Self.world()
        Self.call(&world, 30, at: 60, .unit("firewalld.service"))
        Self.call(&world, 31, at: 61, .unit("firewalld.service", isAnew: true))
        world.signal(15, to: 10, from: 1)
        let ended = world.exit(10)
        let end = try #require(ended)
        #expect(`Who asked`.told(world.askers.initiator(of: end)) == "probable 30")
        world.askers.close(end)
        var later = end
        later.time = end.time + 20_000_000_000
        #expect(`Who asked`.told(world.askers.initiator(of: later)) == "exact 31")
        later.isStart = true
        world.askers.close(later)
        later.time += 5_000_000_000
        later.isStart = false
        #expect(`Who asked`.told(world.askers.initiator(of: later)) == "unknown nobody")
    }

    @Test func `is not kept without end`() throws {
        var (world, firewalld) = try Self.world()
        for time in UInt64(100)..<2000 { Self.call(&world, 30, at: time) }
        Self.call(&world, 31, at: 2000)
        for time in UInt64(1000)..<2000 { world.askers.answered(":1.30", time, at: 2001) }
        #expect(`Who asked`.told(world.askers.initiator(of: firewalld, at: 3000)) == "exact 31")
    }
}
