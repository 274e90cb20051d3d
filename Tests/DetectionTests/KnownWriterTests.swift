import Detection
import Identity
import Inventory
import Records
import RuleText
import Testing

@Suite struct `Known writers` {
    /// Its shell's iptables, as fail2ban asks for it.
    static let fail2ban = [
        Program(executable: "/usr/bin/dash", unit: "fail2ban.service", isGenuine: true),
        Program(
            executable: "/usr/bin/python3.11", script: "/usr/bin/fail2ban-server", unit: "fail2ban.service",
            isGenuine: true),
    ]
    static let own = [Operation(.deleteChain, family: "ip", table: "filter", chain: "f2b-sshd")]

    @Test func `take away what is theirs`() {
        var bench = Bench()
        bench.change(effective: -50, blocking: -40, Self.own, by: Bench.actor(below: Self.fail2ban))
        bench.wait(60)
        #expect(bench.alerts.isEmpty)
    }

    @Test func `and nothing else with it`() {
        var bench = Bench()
        let more = Self.own + [Operation(.deleteRule, family: "ip", table: "filter", chain: "INPUT")]
        bench.change(effective: -50, blocking: -40, more, by: Bench.actor(below: Self.fail2ban))
        bench.wait(60)
        #expect(bench.alerts.map(\.rule) == [.suddenDrop])
    }

    @Test func `with the rules elsewhere that lead there`() {
        func rule(_ text: String) -> Inventory.Operation {
            var operation = Operation(.deleteRule, family: "ip", table: "nat", chain: "POSTROUTING", count: 1)
            operation.lines = Aside([RuleLine(before: RuleText(text, .iptables))])
            return operation
        }
        for (text, isTheirs) in [
            ("-A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd", true), ("tcp dport 22 goto f2b-sshd", true),
            ("-A INPUT -j DROP", false), ("-A INPUT -j other", false), ("drop comment \"jump f2b-x\"", false),
        ] {
            var bench = Bench()
            bench.change(effective: -50, blocking: -40, Self.own + [rule(text)], by: Bench.actor(below: Self.fail2ban))
            bench.wait(60)
            #expect(bench.alerts.isEmpty == isTheirs)
        }
    }

    @Test func `may be emptied and filled again, and owe nothing`() {
        var bench = Bench()
        for _ in 0..<2 {
            bench.change(effective: -100, blocking: -40, Self.own, by: Bench.actor(below: Self.fail2ban))
            bench.wait(0.2)
            bench.change(effective: 100, blocking: 40, Self.own, by: Bench.actor(below: Self.fail2ban))
            bench.wait(0.2)
        }
        bench.wait(60)
        #expect(bench.alerts.isEmpty)
    }

    @Test func `asked by somebody to let everything in, are asked why`() {
        let firewalld = [
            Program(
                executable: "/usr/bin/python3.11", script: "/usr/sbin/firewalld", unit: "firewalld.service",
                isGenuine: true)
        ]
        let replaced = [Operation(.replaceRule, family: "inet", table: "firewalld", chain: "filter_INPUT")]
        for isAsked in [false, true] {
            var actor = Bench.actor(below: firewalld)
            if isAsked {
                actor.initiator = Initiator(
                    confidence: "exact", program: Program(executable: "/usr/bin/firewall-cmd", isGenuine: true))
            }
            var bench = Bench()
            bench.change(effective: -3, blocking: -2, rules: 0, replaced, by: actor)
            bench.wait(60)
            #expect(bench.alerts.map(\.rule) == (isAsked ? [.shadowed] : []))
        }
    }

    @Test func `and not all there is`() {
        var bench = Bench()
        bench.change(effective: -100, blocking: -40, Self.own, by: Bench.actor(below: Self.fail2ban))
        bench.wait(60)
        #expect(bench.alerts.map(\.rule) == [.emptied])
    }

    @Test func `excuse nobody who uses their noise`() {
        var bench = Bench()
        bench.change(effective: -20, blocking: -10, Self.own, by: Bench.actor(below: Self.fail2ban))
        bench.change(effective: -40, blocking: -20, by: Bench.actor(61))
        bench.wait(60)
        #expect(bench.alerts.map(\.before) == [Level(rules: 80, effective: 80, blocking: 30)])
        #expect(bench.alerts.first?.actor?.id.pid == 61)
    }

    @Test func `are no others that are called like them`() {
        var fake = Self.fail2ban
        fake[1].isGenuine = false
        var elsewhere = Self.fail2ban
        elsewhere[1].unit = "user@0.service"
        for (below, trust) in [
            (fake, PathTrust.trusted), (elsewhere, .trusted), (Self.fail2ban, .untrusted), (Self.fail2ban, .unknown),
        ] {
            var bench = Bench()
            bench.change(effective: -50, blocking: -40, Self.own, by: Bench.actor(below: below, trust: trust))
            bench.wait(60)
            #expect(bench.alerts.map(\.rule) == [.suddenDrop])
        }
    }

    @Test func `in a container are known by its paths in its own network, and kube-proxy in the host's`() {
        let own = [Operation(.flushChain, family: "ip", table: "nat", chain: "KUBE-SERVICES")]
        let proxy = [Program(executable: "/usr/local/bin/kube-proxy", isGenuine: true)]
        for container in [nil, "3f2a"] {
            var actor = Bench.actor(below: proxy, trust: .unknown)
            actor.container = container
            var bench = Bench()
            bench.change(effective: -50, blocking: -40, own, by: actor)
            bench.wait(60)
            #expect(bench.alerts.isEmpty == (container != nil))
        }
        var tuning = Tuning()
        tuning.otherNamespaces = 100
        var bench = Bench(tuning: tuning)
        bench.netns = Netns(id: 2, isHost: false)
        bench.change(effective: -50, blocking: -40, Self.own, by: Bench.actor(below: Self.fail2ban, trust: .unknown))
        bench.wait(60)
        #expect(bench.alerts.isEmpty)
    }
}
