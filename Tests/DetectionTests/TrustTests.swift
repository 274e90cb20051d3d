import Detection
import Identity
import Inventory
import Patterns
import Records
import Testing

@Suite struct `An operator's trust` {
    static let hash = String(repeating: "ab", count: 32)

    /// A script of root's that calls nft, from a unit.
    static func deploy(_ trust: PathTrust = .trusted) -> Actor {
        var actor = Bench.actor(
            below: [
                Program(
                    executable: "/usr/bin/dash", script: "/opt/deploy/fw.sh", unit: "deploy.service", isGenuine: true)
            ], trust: trust)
        actor.chain[0].unit = "deploy.service"
        actor.isScriptGenuine = true
        actor.scriptSHA256 = Self.hash
        actor.login = Account(id: 1000, name: "alice")
        return actor
    }

    static func entry(_ change: (inout Trust) -> Void = { _ in }) -> Tuning {
        var trust = Trust()
        trust.name = "deploy"
        trust.reason = "it rolls out the rules"
        trust.executables = [Glob("/usr/sbin/nft")]
        trust.scripts = [Glob("/opt/deploy/*.sh")]
        change(&trust)
        var tuning = Tuning()
        tuning.trust = [trust]
        return tuning
    }

    static func rules(_ tuning: Tuning, by actor: Actor, effective: Int = -50, blocking: Int = -20) -> [Rule] {
        var bench = Bench(tuning: tuning)
        bench.change(effective: effective, blocking: blocking, by: actor)
        bench.wait(60)
        return bench.alerts.map(\.rule)
    }

    @Test func `covers who is meant, and says so`() {
        let tuning = Self.entry()
        #expect(Self.rules(tuning, by: Self.deploy()).isEmpty)
        var bench = Bench(tuning: tuning)
        let deed = bench.deed(
            .changed(bench.alteration(effective: -50, blocking: -20)), by: Self.deploy())
        let coverage = bench.detector.coverage(of: deed)
        #expect(coverage?.kind == .trust && coverage?.name == "deploy" && coverage?.reason == "it rolls out the rules")
        #expect(Self.rules(tuning, by: Bench.actor()) == [.suddenDrop])
        bench.wait(1)
    }

    @Test(arguments: ["/opt/deploy/../../root/fw.sh", "/opt/deploy/./fw.sh", "/opt/deploy/..sh/../fw.sh", "fw.sh"])
    func `a path that leads elsewhere is no script of the folder it begins with`(path: String) {
        var actor = Self.deploy()
        for index in actor.chain.indices where actor.chain[index].script != nil { actor.chain[index].script = path }
        #expect(Self.rules(Self.entry(), by: actor) == [.suddenDrop])
    }

    @Test func `is given by all conditions, and taken by any`() {
        let conditions: [(inout Trust) -> Void] = [
            { $0.executables = [Glob("/usr/sbin/iptables")] }, { $0.scripts = [Glob("/opt/*/other.sh")] },
            { $0.hashes = ["cd"] }, { $0.units = [Glob("other.service")] },
            { $0.ancestors = [Glob("/usr/bin/puppet")] },
            { $0.users = [Glob("bob")] }, { $0.logins = [Glob("bob")] }, { $0.containers = [Glob("*a")] },
            { $0.backends = [Glob("ipset")] }, { $0.tables = [Glob("other")] }, { $0.chains = [Glob("other")] },
            { $0.sets = [Glob("s")] }, { $0.files = [Glob("/etc/*")] }, { $0.expires = 1000 },
        ]
        for condition in conditions {
            #expect(Self.rules(Self.entry(condition), by: Self.deploy()) == [.suddenDrop])
        }
        let holding: [(inout Trust) -> Void] = [
            { $0.hashes = ["cd", Self.hash] }, { $0.units = [Glob("deploy.*")] },
            { $0.ancestors = [Glob("/usr/bin/d*")] },
            { $0.users = [Glob("0")] }, { $0.logins = [Glob("alice")] }, { $0.logins = [Glob("1000")] },
            { $0.backends = [Glob("nftables")] }, { $0.tables = [Glob("t")] }, { $0.chains = [Glob("c")] },
            { $0.expires = 2_000_000_000 },
        ]
        for condition in holding { #expect(Self.rules(Self.entry(condition), by: Self.deploy()).isEmpty) }
    }

    @Test func `covers no forged identity`() {
        #expect(Self.rules(Self.entry(), by: Self.deploy(.untrusted)) == [.suddenDrop])
        #expect(Self.rules(Self.entry(), by: Self.deploy(.unknown)) == [.suddenDrop])
        var actor = Self.deploy()
        actor.chain[0].isGenuine = false
        #expect(Self.rules(Self.entry(), by: actor) == [.suddenDrop])
        actor = Self.deploy()
        actor.isScriptGenuine = false
        #expect(Self.rules(Self.entry(), by: actor) == [.suddenDrop])
        #expect(Self.rules(Self.entry { $0.hashes = [Self.hash] }, by: actor).isEmpty)
        actor.chain[1].isInjected = true
        #expect(Self.rules(Self.entry { $0.hashes = [Self.hash] }, by: actor) == [.suddenDrop])
        actor.chain[1].isInjected = false
        actor.chain[1].isGenuine = false
        #expect(
            Self.rules(Self.entry { $0.ancestors = [Glob("/usr/bin/dash")] }, by: actor) == [.suddenDrop])
    }

    @Test func `leaves a drop to nothing to those who may`() {
        #expect(Self.rules(Self.entry(), by: Self.deploy(), effective: -100, blocking: -40) == [.emptied])
        #expect(
            Self.rules(Self.entry { $0.mayEmpty = true }, by: Self.deploy(), effective: -100, blocking: -40).isEmpty)
    }

    @Test func `of whom another acts for is by him`() {
        var actor = Bench.actor(50, "/usr/bin/python3.11")
        actor.initiator = Initiator(
            confidence: "exact", program: Program(executable: "/usr/bin/firewall-cmd", isGenuine: true),
            user: Account(id: 0, name: "root"), login: Account(id: 1000, name: "alice"))
        let tuning = Self.entry {
            $0.scripts = []
            $0.executables = [Glob("/usr/bin/python3*")]
            $0.logins = [Glob("alice")]
        }
        #expect(Self.rules(tuning, by: actor).isEmpty)
        actor.initiator?.login = Account(id: 1001, name: "bob")
        #expect(Self.rules(tuning, by: actor) == [.suddenDrop])
    }

    @Test func `of services and files covers those`() {
        var tuning = Self.entry {
            $0.services = [Glob("nftables")]
            $0.files = [Glob("/etc/nftables*")]
        }
        for what: Deed.What in [.service(name: "nftables", isStart: false, isDaemon: true, signal: 9)] {
            var bench = Bench(tuning: tuning)
            bench.take(what, by: Self.deploy())
            bench.wait(60)
            #expect(bench.alerts.isEmpty)
            tuning.trust = []
            bench = Bench(tuning: tuning)
            bench.take(what, by: Self.deploy())
            bench.wait(60)
            #expect(bench.alerts.map(\.rule) == [.serviceEnded])
        }
    }

    @Test func `is no part of what another loses`() {
        var bench = Bench(tuning: Self.entry())
        bench.change(effective: -40, blocking: -16, by: Self.deploy())
        bench.change(effective: -30, blocking: -12, by: Bench.actor(61))
        bench.wait(60)
        #expect(bench.alerts.map(\.before.effective) == [60] && bench.alerts.first?.actor?.id.pid == 61)
    }

    @Test func `needs more than a user`() {
        var trust = Trust()
        trust.users = [Glob("root")]
        trust.logins = [Glob("alice")]
        trust.tables = [Glob("t")]
        #expect(!trust.isNarrow)
        trust.hashes = [Self.hash]
        #expect(trust.isNarrow)
    }
}
