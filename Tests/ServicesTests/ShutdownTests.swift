import Lineage
import Records
import Testing

@testable import Services

@Suite struct `That a machine shuts down` {
    static let second: UInt64 = 1_000_000_000

    /// Whether something is taken for a shutdown, of what ended at once in a pid namespace.
    static func isTold(in namespace: UInt32 = 1, after: UInt64 = 0, _ deed: (inout World) -> Void) -> Bool {
        var world = World()
        deed(&world)
        let service = world.process(90, parent: 1, "/usr/sbin/nft", ["nft"]) { $0.pidns = namespace }
        return world.shutdowns.isUnderWay(around: service, at: 100 * second + after)
    }

    static func runs(_ path: String, _ words: [String], change: (inout TaskIdentity) -> Void = { _ in }) -> Bool {
        isTold { world in
            let process = world.process(20, parent: 1, path, words, change: change)
            world.shutdowns.exec(process, at: 100 * second)
        }
    }

    @Test(arguments: [
        "systemctl poweroff", "systemctl reboot -f", "systemctl -f halt", "systemctl start poweroff.target",
        "systemctl isolate reboot", "systemctl isolate halt.target", "systemctl kexec", "systemctl soft-reboot",
        "systemctl --force --force reboot", "/sbin/poweroff", "poweroff -f", "reboot", "halt -p", "shutdown now",
        "shutdown -h now", "shutdown -r +0", "/usr/sbin/shutdown -P now text", "telinit 6", "init 0",
    ])
    func `is told by who asks for it`(line: String) {
        #expect(Self.runs("/usr/bin/systemctl", line.split(separator: " ").map(String.init)))
    }

    @Test(arguments: [
        "shutdown", "shutdown +5", "shutdown +60", "shutdown -h 23:00", "shutdown -c", "shutdown -k now",
        "shutdown -rk now", "shutdown --no-wall now", "shutdown --show", "shutdown --help now",
        "systemctl stop nftables",
        "systemctl start poweroff", "systemctl status poweroff.target", "systemctl stop poweroff.target",
        "systemctl -M box poweroff", "systemctl --machine=box poweroff", "systemctl -H root@host reboot",
        "systemctl --user exit", "systemctl --root=/mnt reboot", "systemctl --when=+5min poweroff",
        "systemctl --no-wall poweroff", "systemctl cat reboot", "systemctl", "systemctl suspend", "reboot -w",
        "reboot --help", "init q", "telinit 3", "runlevel 0",
    ])
    func `is not told by who asks for something else, or for later`(line: String) {
        #expect(!Self.runs("/usr/bin/systemctl", line.split(separator: " ").map(String.init)))
    }

    @Test func `is told by root's own tools alone`() {
        let words = ["systemctl", "poweroff"]
        #expect(Self.runs("/usr/bin/systemctl", words) && Self.runs("/sbin/shutdown", ["shutdown", "now"]))
        #expect(!Self.runs("/tmp/systemctl", words) && !Self.runs("/usr/bin/echo", words))
        #expect(!Self.runs("/usr/bin/systemctl", words) { $0.effectiveUser = 1000 })
        #expect(!Self.runs("/usr/bin/systemctl", words) { $0.executable.owner = 1000 })
        #expect(!Self.runs("/usr/bin/systemctl", words) { $0.executable.mode = 0o100_775 })
        #expect(!Self.runs("/usr/bin/systemctl", words) { $0.executable.links = 0 })
        #expect(!Self.runs("/usr/bin/systemctl", words) { $0.executable.isMemFD = true })
    }

    @Test(arguments: [2, 37, 38, 39, 40, 41, 47, 48, 49, 50, 51])
    func `is told by a signal to its manager`(number: Int32) {
        #expect(Self.isTold { $0.shutdowns.signal(number, to: $0.first, at: 100 * Self.second) })
    }

    @Test func `is not told by another signal, or one to another program`() {
        for number in [Int32](1...64) where !Shutdowns.signals.contains(number) {
            #expect(!Self.isTold { $0.shutdowns.signal(number, to: $0.first, at: 100 * Self.second) })
        }
        #expect(
            !Self.isTold { world in
                let other = world.process(20, parent: 1, "/usr/sbin/nginx", ["nginx"])
                world.shutdowns.signal(38, to: other, at: 100 * Self.second)
                world.shutdowns.signal(38, to: nil, at: 100 * Self.second)
            })
    }

    @Test func `is told by the login manager, and taken back by it`() {
        #expect(Self.isTold { $0.shutdowns.announced(true, by: $0.first, at: 100 * Self.second) })
        #expect(
            !Self.isTold { world in
                world.shutdowns.announced(true, by: world.first, at: 100 * Self.second)
                world.shutdowns.announced(false, by: world.first, at: 100 * Self.second)
            })
    }

    static func asks(_ user: UInt32 = 0, _ subject: BusCall.Subject = .shutdown, isRefused: Bool = false) -> Bool {
        isTold { world in
            let process = world.process(20, parent: 1, "/usr/bin/python3", ["python3"]) { $0.effectiveUser = user }
            world.shutdowns.called(
                BusCall(name: ":1.5", cookie: 7, pid: 20, subject: subject, time: 100 * second), by: process)
            world.shutdowns.refused(":1.5", isRefused ? 7 : 8)
        }
    }

    @Test func `is told by root's request over the bus, if it is not refused`() {
        #expect(Self.asks() && !Self.asks(isRefused: true))
        #expect(!Self.asks(1000) && !Self.asks(0, .unit("poweroff.target")) && !Self.asks(0, .firewalld))
    }

    @Test func `holds a minute and a half, and a second before`() {
        let announce: (inout World) -> Void = { $0.shutdowns.announced(true, by: $0.first, at: 100 * Self.second) }
        #expect(Self.isTold(after: 90 * Self.second, announce) && !Self.isTold(after: 90 * Self.second + 1, announce))
        var world = World()
        announce(&world)
        let manager = world.first
        #expect(world.shutdowns.isUnderWay(around: manager, at: 99 * Self.second))
        #expect(!world.shutdowns.isUnderWay(around: manager, at: 99 * Self.second - 1))
    }

    @Test func `goes for what is in the container, and of the machine for all`() {
        let container: (inout World) -> Void = { world in
            let manager = world.process(20, parent: 1, "/usr/lib/systemd/systemd", ["systemd"]) { $0.pidns = 5 }
            world.shutdowns.signal(38, to: manager, at: 100 * Self.second)
        }
        #expect(Self.isTold(in: 5, container) && !Self.isTold(in: 1, container) && !Self.isTold(in: 6, container))
        #expect(Self.isTold(in: 5) { $0.shutdowns.signal(38, to: $0.first, at: 100 * Self.second) })
    }

    @Test func `is not told of a container by what was said of another whose number it has`() {
        var world = World()
        let old = world.process(20, parent: 1, "/usr/lib/systemd/systemd", ["systemd"]) { $0.pidns = 5 }
        world.shutdowns.signal(38, to: old, at: 21)
        func isTold(_ pid: UInt32) -> Bool {
            let manager = world.process(pid, parent: 1, "/usr/lib/systemd/systemd", ["systemd"]) { $0.pidns = 5 }
            let service = world.process(pid + 1, parent: pid, "/usr/sbin/nft", ["nft"]) { $0.pidns = 5 }
            return world.shutdowns.isUnderWay(around: manager, at: 50)
                || world.shutdowns.isUnderWay(around: service, at: 50)
        }
        #expect(world.shutdowns.isUnderWay(around: old, at: 50) && !isTold(22) && isTold(19))
    }

    @Test func `is read from requests by method and by target`() {
        let (path, manager) = ("/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager")
        func subject(_ member: String, _ argument: String = "") -> BusCall.Subject? {
            BusCall.Subject(path: path, interface: manager, member: member, argument: argument)
        }
        for member in ["PowerOff", "Reboot", "Halt", "KExec", "SoftReboot"] { #expect(subject(member) == .shutdown) }
        for target in ["poweroff", "reboot", "halt", "kexec", "soft-reboot", "shutdown"] {
            #expect(subject("StartUnit", target + ".target") == .shutdown)
            #expect(subject("StopUnit", target + ".target") == .unit(target + ".target"))
        }
        #expect(subject("StartUnit", "poweroff.service") == .unit("poweroff.service"))
        #expect(
            BusCall.Subject(
                path: path + "/unit/reboot_2etarget", interface: "org.freedesktop.systemd1.Unit", member: "Start",
                argument: "") == .shutdown)
    }
}
