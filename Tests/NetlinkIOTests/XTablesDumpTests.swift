import NetlinkIO
import Testing
import XTables

@Suite(
    .enabled(if: isRoot, "network namespaces need root"),
    .enabled(if: KernelSubsystem.ipTables.isLoaded, "this kernel has no legacy tables"))
struct XTablesDumpTests {
    /// Rules of every kind, also in two user chains, one of them empty.
    static let rules = """
        iptables-legacy -N guests
        iptables-legacy -N empty
        iptables-legacy -A INPUT -i lo -j ACCEPT
        iptables-legacy -A INPUT -p tcp --dport 22 -m comment --comment here -j guests
        iptables-legacy -A INPUT -s 10.0.0.0/8 -g guests
        iptables-legacy -A INPUT -p icmp
        iptables-legacy -A INPUT -j REJECT
        iptables-legacy -A guests -s 192.0.2.1 -j DROP
        iptables-legacy -A guests -j RETURN
        iptables-legacy -A OUTPUT -m comment --comment all -j ACCEPT
        iptables-legacy -P FORWARD DROP
        iptables-legacy -t nat -A POSTROUTING -o eth0 -j MASQUERADE
        ip6tables-legacy -A INPUT -p udp --dport 53 -j DROP
        ip6tables-legacy -A FORWARD -j LOG
        """

    @Test func `a dump counts what iptables-save lists`() throws {
        let namespace = try TestNamespace()
        try namespace.run("set -e\n\(XTablesDumpTests.rules)")
        let tables = try XTablesDump.tables(namespace: namespace.descriptor)
        for (family, command) in [(XTFamily.ipv4, "iptables-legacy-save"), (.ipv6, "ip6tables-legacy-save")] {
            let saved = try namespace.run(command)
            let mine = tables.filter { $0.family == family }
            #expect(mine.count == saved.lines(from: "*"))
            #expect(mine.reduce(0) { $0 + $1.chains.count } == saved.lines(from: ":"))
            #expect(mine.reduce(0) { $0 + $1.ruleCount } == saved.lines(from: "-A"))
            for table in mine {
                #expect(!table.isMalformed)
                #expect(saved.contains("*\(table.name)\n"))
                for chain in table.chains where !chain.isBuiltIn {
                    #expect(saved.contains("\n:\(chain.name) - ["))
                }
            }
        }
    }

    @Test func `a dump tells policies, targets and conditions`() throws {
        let namespace = try TestNamespace()
        try namespace.run("set -e\n\(XTablesDumpTests.rules)")
        let tables = try XTablesDump.tables(namespace: namespace.descriptor)
        let filter = try #require(tables.first { $0.name == "filter" && $0.family == .ipv4 })
        let chains = Dictionary(uniqueKeysWithValues: filter.chains.map { ($0.name, $0) })
        #expect(chains["INPUT"]?.policy == .accept)
        #expect(chains["FORWARD"]?.policy == .drop)
        #expect(chains["guests"]?.policy == nil)
        #expect(chains["empty"]?.rules == [])
        #expect(
            chains["INPUT"]?.rules.map(\.target)
                == [.accept, .jump("guests"), .goto("guests"), .continue, .target("REJECT")])
        #expect(chains["INPUT"]?.rules.map(\.condition) == [.sometimes, .sometimes, .sometimes, .sometimes, .always])
        #expect(chains["INPUT"]?.rules[1].matches == ["tcp", "comment"])
        #expect(chains["guests"]?.rules.map(\.target) == [.drop, .return])
        #expect(chains["OUTPUT"]?.rules.map(\.condition) == [.always])

        let nat = try #require(tables.first { $0.name == "nat" })
        #expect(nat.chains.first { $0.name == "POSTROUTING" }?.rules.first?.target == .target("MASQUERADE"))
    }

    @Test func `the hash of a rule outlives counters and other rules`() throws {
        let namespace = try TestNamespace()
        func hash() throws -> [UInt64] {
            let filter = try XTablesDump.tables(namespace: namespace.descriptor).first { $0.family == .ipv4 }
            let input = filter?.chains.first { $0.name == "INPUT" }
            return input?.rules.suffix(2).map(\.hash) ?? []
        }
        try namespace.run("iptables-legacy -N u; iptables-legacy -A INPUT -i lo -j u; iptables-legacy -A INPUT -j DROP")
        let before = try hash()
        #expect(before.count == 2 && before[0] != before[1])
        try namespace.run(
            """
            ip link set lo up; ping -c1 -W1 127.0.0.1 >/dev/null
            iptables-legacy -I INPUT -p tcp -m limit --limit 3/s -j ACCEPT; iptables-legacy -N another
            """)
        #expect(try hash() == before)
        try namespace.run("iptables-legacy -D INPUT -i lo -j u; iptables-legacy -A INPUT -i lo -j another")
        #expect(try hash() != before)
    }

    @Test func `looking makes no table`() throws {
        let namespace = try TestNamespace()
        #expect(try XTablesDump.tables(namespace: namespace.descriptor) == [])
        #expect(try namespace.run("cat /proc/net/ip_tables_names") == "")
    }
}
