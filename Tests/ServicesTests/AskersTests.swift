import Lineage
import Records
import Services
import Testing

@Suite struct `Who asked` {
    static func told(_ initiator: Askers.Initiator?) -> String {
        initiator.map { "\($0.confidence.rawValue) \($0.process.map { "\($0.id.pid)" } ?? "nobody")" } ?? "-"
    }

    /// firewalld is stopped by systemd.
    static func stopped(_ world: inout World) -> ServiceEvent? {
        _ = `Firewall services`.firewalld(&world)
        world.signal(15, to: 10, from: 1)
        return world.exit(10, status: 0)
    }

    @Test(arguments: [
        (["systemctl", "stop", "firewalld"], "probable 30"),
        (["systemctl", "mask", "--now", "firewalld.service"], "probable 30"),
        (["systemctl", "start", "firewalld"], "unknown nobody"),
        (["systemctl", "stop", "nginx"], "unknown nobody"),
        (["systemctl", "stop", "firewalld-like"], "unknown nobody"),
        (
            ["busctl", "call", "org.freedesktop.systemd1", "/", "x", "StopUnit", "ss", "firewalld.service"],
            "probable 30"
        ),
        (["cat", "systemctl", "firewalld"], "unknown nobody"),
    ])
    func `systemd to stop a service is the client that names it`(line: [String], expected: String) throws {
        var world = World()
        _ = world.exec(30, parent: 2, "/usr/bin/\(line[0])", line)
        let stopped = Self.stopped(&world)
        let event = try #require(stopped)
        #expect(Self.told(world.askers.initiator(of: event)) == expected)
    }

    @Test func `is nobody where somebody killed it, or it ended by itself`() throws {
        var world = World()
        _ = world.exec(30, parent: 2, "/usr/bin/systemctl", ["systemctl", "status", "firewalld"])
        _ = `Firewall services`.firewalld(&world)
        world.signal(9, to: 10, from: 50)
        let killed = world.exit(10, status: 9)
        _ = `Firewall services`.firewalld(&world, pid: 20)
        let ended = world.exit(20, status: 0)
        _ = world.exec(31, parent: 2, "/usr/bin/systemctl", ["systemctl", "stop", "fail2ban"])
        let words = ["python3", "/usr/bin/fail2ban-server", "-xf", "start"]
        _ = world.exec(40, parent: 1, `Firewall services`.python, words)
        let told = world.exit(40)
        #expect(Self.told(world.askers.initiator(of: try #require(told))) == "probable 31")
        for event in [killed, ended] { #expect(Self.told(world.askers.initiator(of: try #require(event))) == "-") }
    }

    @Test func `firewalld is its client, alive before ended, and not long after`() {
        var world = World()
        _ = `Firewall services`.firewalld(&world)
        let firewalld = world.lineage.process(ProcessID(pid: 10, start: 10))
        func asked(at time: UInt64) -> String {
            Self.told(firewalld.flatMap { world.askers.initiator(of: $0, at: time) })
        }
        #expect(asked(at: 100) == "unknown nobody")
        _ = world.exec(29, parent: 2, `Firewall services`.python, ["python3", "/usr/bin/firewall-cmd", "--list-all"])
        #expect(asked(at: 100) == "unknown nobody")
        let words = ["python3", "/usr/bin/firewall-cmd", "--panic-off"]
        _ = world.exec(30, parent: 2, `Firewall services`.python, words)
        _ = world.exec(31, parent: 2, `Firewall services`.python, words)
        world.askers.exit(ProcessID(pid: 31, start: 31), at: 200)
        #expect(asked(at: 150) == "probable 31" && asked(at: 300) == "probable 30")
        world.askers.exit(ProcessID(pid: 30, start: 30), at: 400)
        #expect(asked(at: 500) == "probable 31")
        #expect(asked(at: 1_000_000_500) == "unknown nobody")
    }

    @Test func `firewalld to end is not its last client`() throws {
        var world = World()
        _ = `Firewall services`.firewalld(&world)
        _ = world.exec(30, parent: 2, `Firewall services`.python, ["python3", "/usr/bin/firewall-cmd", "--reload"])
        _ = world.exec(31, parent: 2, "/usr/bin/systemctl", ["systemctl", "restart", "firewalld"])
        let firewalld = try #require(world.lineage.process(ProcessID(pid: 10, start: 10)))
        func asked() -> String {
            Self.told(
                world.askers.initiator(of: firewalld, at: 100, signal: world.services.signal(to: firewalld, at: 100)))
        }
        #expect(asked() == "probable 30")
        world.signal(15, to: 10, from: 1)
        #expect(asked() == "probable 31")
        world.signal(15, to: 10, from: 50)
        #expect(asked() == "exact 50")
        #expect(world.services.signal(to: firewalld, at: 10_000_000_001) == nil)
    }

    @Test func `firewalld that was just started is who had it started`() throws {
        var world = World()
        _ = world.exec(5, parent: 2, "/usr/bin/systemctl", ["systemctl", "start", "firewalld.service"])
        _ = `Firewall services`.firewalld(&world)
        let firewalld = try #require(world.lineage.process(ProcessID(pid: 10, start: 10)))
        #expect(Self.told(world.askers.initiator(of: firewalld, at: 100)) == "probable 5")
        world.askers.exit(ProcessID(pid: 5, start: 5), at: 50)
        #expect(Self.told(world.askers.initiator(of: firewalld, at: 15_000_000_010)) == "probable 5")
        #expect(Self.told(world.askers.initiator(of: firewalld, at: 15_000_000_011)) == "unknown nobody")
        // A client that ended before it began spoke to the one before it.
        _ = world.exec(6, parent: 2, `Firewall services`.python, ["python3", "/usr/bin/firewall-cmd", "--reload"])
        world.askers.exit(ProcessID(pid: 6, start: 6), at: 9)
        #expect(Self.told(world.askers.initiator(of: firewalld, at: 100)) == "probable 5")
    }

    static func asksDocker(_ line: String, path: String = "/usr/bin/docker") -> String {
        var world = World()
        let docker = world.process(10, parent: 1, "/usr/sbin/dockerd", ["dockerd"], group: "docker.service")
        _ = world.exec(30, parent: 2, path, line.split(separator: " ").map(String.init))
        return told(world.askers.initiator(of: docker, at: 100))
    }

    @Test(arguments: [
        "docker network create n", "docker run -d --rm nginx", "docker -H unix:///run/docker.sock stop web",
        "docker rm -f a",
        "docker --context default container start a", "docker compose -f a.yml up", "docker -l debug network rm ps",
        "docker swarm init", "docker compose --profile ls down",
    ])
    func `dockerd is its client that runs`(line: String) { #expect(Self.asksDocker(line) == "probable 30") }

    @Test(arguments: [
        "docker", "docker ps", "docker network ls", "docker logs run", "docker --version",
        "docker -H ssh://host run nginx",
        "docker --host=ssh://host rm a", "docker system df", "docker network", "docker inspect create",
        "docker compose ps",
        "docker help run", "docker pull nginx",
    ])
    func `dockerd is no client that only asks`(line: String) { #expect(Self.asksDocker(line) == "unknown nobody") }

    @Test func `dockerd to begin or end is who had systemd do it`() {
        #expect(Self.asksDocker("systemctl restart docker", path: "/usr/bin/systemctl") == "probable 30")
        #expect(Self.asksDocker("systemctl stop docker.service", path: "/usr/bin/systemctl") == "probable 30")
        #expect(Self.asksDocker("systemctl restart nginx", path: "/usr/bin/systemctl") == "unknown nobody")
        #expect(Self.asksDocker("docker-compose up", path: "/usr/bin/docker-compose") == "probable 30")
        #expect(Self.asksDocker("docker network create n", path: "/usr/bin/cat") == "unknown nobody")
    }

    @Test func `dockerd that has begun acts no more for who had it begin`() {
        var world = World()
        let docker = world.process(10, parent: 1, "/usr/sbin/dockerd", ["dockerd"], group: "docker.service")
        _ = world.exec(30, parent: 2, "/usr/bin/systemctl", ["systemctl", "start", "docker"])
        _ = world.exec(31, parent: 2, "/usr/bin/systemctl", ["systemctl", "--no-block", "restart", "docker"])
        world.askers.exit(ProcessID(pid: 31, start: 31), at: 40)
        #expect(Self.told(world.askers.initiator(of: docker, at: 50)) == "probable 30")
        world.askers.exit(ProcessID(pid: 30, start: 30), at: 60)
        #expect(Self.told(world.askers.initiator(of: docker, at: 60)) == "probable 30")
        #expect(Self.told(world.askers.initiator(of: docker, at: 61)) == "probable 31")
        #expect(Self.told(world.askers.initiator(of: docker, at: 1_000_000_041)) == "unknown nobody")
    }

    @Test func `dockerd is the only one that is connected to it, whatever it is called`() throws {
        var world = World()
        let docker = world.process(10, parent: 1, "/usr/sbin/dockerd", ["dockerd"], group: "docker.service")
        let curl = world.process(30, parent: 2, "/usr/bin/curl", ["curl", "--unix-socket", "/run/docker.sock"])
        let events = world.process(31, parent: 2, "/usr/bin/docker", ["docker", "events"])
        let python = world.process(32, parent: 2, "/usr/bin/python3", ["python3"])
        _ = world.exec(33, parent: 2, "/usr/bin/docker", ["docker", "-H", "unix:///elsewhere", "rm", "a"])
        func asked(_ connected: [Process], at time: UInt64 = 100) -> String {
            world.askers.connected(connected, to: docker.id, at: 150)
            return Self.told(world.askers.initiator(of: docker, at: time))
        }
        #expect(asked([curl]) == "probable 30" && asked([events, curl]) == "probable 30")
        // With none, or with several, it is who was called for it.
        #expect(
            asked([]) == "probable 33" && asked([events]) == "probable 33" && asked([curl, python]) == "probable 33")
        #expect(asked([curl], at: 1_000_000_150) == "probable 30" && asked([curl], at: 1_000_000_151) == "probable 33")
        world.askers.connected([curl], to: python.id, at: 150)
        #expect(Self.told(world.askers.initiator(of: docker, at: 100)) == "probable 33")
    }

    @Test func `dockerd is rather a client in its own pid namespace than one elsewhere`() {
        var world = World()
        let docker = world.process(10, parent: 1, "/usr/sbin/dockerd", ["dockerd"], group: "docker.service")
        let words = ["docker", "network", "create", "n"]
        func run(_ pid: UInt32, in namespace: UInt32) {
            let client = world.process(pid, parent: 2, "/usr/bin/docker", words) { $0.pidns = namespace }
            world.askers.exec(client, at: UInt64(pid))
        }
        run(31, in: 7)
        #expect(Self.told(world.askers.initiator(of: docker, at: 100)) == "probable 31")
        run(30, in: 1)
        #expect(Self.told(world.askers.initiator(of: docker, at: 100)) == "probable 30")
    }

    @Test func `dockerd without a client is not known, and a unit's own work is who asked for the unit`() {
        var world = World()
        let docker = world.process(10, parent: 1, "/usr/bin/dockerd", ["dockerd"], group: "docker.service")
        let tool = world.process(11, parent: 10, "/usr/sbin/iptables", ["iptables"], group: "docker.service")
        #expect(Self.told(world.askers.initiator(of: docker, at: 100)) == "unknown nobody")
        #expect(Self.told(world.askers.initiator(of: tool, at: 100)) == "unknown nobody")
        let rules = world.process(20, parent: 1, "/usr/sbin/nft", ["nft", "-f", "x"], group: "rules.service")
        #expect(world.askers.initiator(of: rules, at: 100) == nil)
        _ = world.exec(30, parent: 2, "/usr/bin/systemctl", ["systemctl", "start", "rules"])
        #expect(Self.told(world.askers.initiator(of: rules, at: 100)) == "probable 30")
    }

    @Test func `is nobody of those who act for themselves`() {
        var world = World()
        let process = world.process(40, parent: 2, "/usr/sbin/nft", ["nft", "flush", "ruleset"])
        #expect(world.askers.initiator(of: process, at: 100) == nil)
    }
}
