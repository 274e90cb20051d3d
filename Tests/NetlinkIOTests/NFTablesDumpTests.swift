import Netlink
import NetlinkIO
import Testing

@Suite(.enabled(if: isRoot, "network namespaces need root")) struct NFTablesDumpTests {
    static let ruleset = """
        table inet filter {
            set allowed { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 192.168.1.1, 192.168.1.7-192.168.1.9 } }
            set pairs { type ipv4_addr . inet_service; flags interval; elements = { 10.1.0.0/16 . 80-90, 10.2.3.4 . 22 } }
            set empty { type ipv4_addr; }
            set soon { type ipv4_addr; flags timeout; elements = { 1.2.3.4 timeout 1h } }
            map ports { type inet_service : verdict; elements = { 22 : jump ssh, 80 : accept, * : drop } }
            chain ssh { ip saddr @allowed counter accept comment "let us in"; ip saddr != @empty reject; }
            chain input {
                type filter hook input priority -5; policy drop;
                ct state established,related accept
                tcp dport vmap @ports
                udp dport { 53, 123, 5353 } limit rate over 10/second log prefix "dns" drop
                add @soon { ip saddr timeout 1m }
                jump ssh
                goto other
            }
            chain other { }
        }
        table netdev edge {
            chain ingress {
                type filter hook ingress device lo priority 0;
                ip protocol icmp drop
            }
        }
        table ip6 sleeping {
            flags dormant
            chain forward {
                type filter hook forward priority 0;
                drop
            }
        }
        """

    @Test func `a snapshot counts what nft counts`() throws {
        let namespace = try TestNamespace()
        try namespace.run("nft -f - <<EOF\n\(NFTablesDumpTests.ruleset)\nEOF")
        let json = try namespace.run("nft -j list ruleset")
        let snapshot = try NFTablesDump(namespace: namespace.descriptor).snapshot(elements: .all)
        #expect(snapshot.isConsistent)
        #expect(snapshot.generation > 0)
        #expect(snapshot.tables.count == json.count(of: #"{"table": {"#))
        #expect(snapshot.chains.count == json.count(of: #"{"chain": {"#))
        #expect(snapshot.rules.count == json.count(of: #"{"rule": {"#))
        let named = snapshot.sets.filter { $0.flags?.contains(.anonymous) != true }
        #expect(named.count == json.count(of: #"{"set": {"family"#) + json.count(of: #"{"map": {"family"#))

        let counts = Dictionary(uniqueKeysWithValues: snapshot.contents.map { ($0.set, $0.count) })
        #expect(counts["allowed"] == 3)
        #expect(counts["pairs"] == 2)
        #expect(counts["empty"] == 0)
        #expect(counts["soon"] == 1)
        #expect(counts["ports"] == 3)
        #expect(counts["__set0"] == 3 || counts["__set1"] == 3)
    }

    @Test func `the kernel's own element counts are those of a full read`() throws {
        let namespace = try TestNamespace()
        try namespace.run("nft -f - <<EOF\n\(NFTablesDumpTests.ruleset)\nEOF")
        let dump = try NFTablesDump(namespace: namespace.descriptor)
        let read = try dump.snapshot(elements: .all).contents.map { "\($0.set) \($0.count)" }
        let told = try dump.snapshot(elements: .counts).contents.map { "\($0.set) \($0.count)" }
        #expect(read == told)
    }

    @Test func `a snapshot tells flags, hooks, policies, verdicts and comments`() throws {
        let namespace = try TestNamespace()
        try namespace.run("nft -f - <<EOF\n\(NFTablesDumpTests.ruleset)\nEOF")
        let snapshot = try NFTablesDump(namespace: namespace.descriptor).snapshot(keepingExpressionBytes: true)
        let sleeping = try #require(snapshot.tables.first { $0.name == "sleeping" })
        #expect(sleeping.flags == .dormant)
        #expect(sleeping.family == .ipv6)

        let input = try #require(snapshot.chains.first { $0.name == "input" })
        #expect(input.hook == NFTHook(number: 1, priority: -5))
        #expect(input.policy == .drop)
        #expect(input.type == "filter")
        let ingress = try #require(snapshot.chains.first { $0.name == "ingress" })
        #expect(ingress.hook?.devices == ["lo"])
        #expect(snapshot.chains.first { $0.name == "ssh" }?.hook == nil)

        let ssh = snapshot.rules.filter { $0.chain == "ssh" }
        #expect(ssh.first?.comment == "let us in")
        #expect(ssh.first?.expressions.last == .immediate(verdict: NFTVerdict(code: .accept)))
        #expect(ssh.first?.expressions.contains(.counter(packets: 0, bytes: 0)) == true)
        #expect(ssh.first?.expressionBytes?.isEmpty == false)
        #expect(
            ssh.last?.expressions.contains(
                .lookup(set: "empty", setID: nil, isInverted: true, isVerdictMap: false)) == true)
        #expect(ssh.last?.expressions.last == .reject)

        let inputRules = snapshot.rules.filter { $0.chain == "input" }
        #expect(
            inputRules.map { $0.expressions.last } == [
                .immediate(verdict: NFTVerdict(code: .accept)),
                .lookup(set: "ports", setID: nil, isInverted: false, isVerdictMap: true),
                .immediate(verdict: NFTVerdict(code: .drop)),
                .dynset(set: "soon", setID: nil),
                .immediate(verdict: NFTVerdict(code: .jump, chain: "ssh")),
                .immediate(verdict: NFTVerdict(code: .goto, chain: "other")),
            ])
        #expect(inputRules[2].expressions.contains(.limit(isInverted: true)))

        let ports = try #require(snapshot.contents.first { $0.set == "ports" })
        #expect(ports.elements.contains { $0.verdict == NFTVerdict(code: .jump, chain: "ssh") })
        #expect(ports.elements.filter(\.isCatchall).map(\.verdict) == [NFTVerdict(code: .drop)])
        let soon = try #require(snapshot.contents.first { $0.set == "soon" })
        #expect(soon.digest != nil)
        #expect(soon.elements.isEmpty)
    }

    @Test func `the digest of a set is of its elements and not of their order`() throws {
        let namespace = try TestNamespace()
        let dump = try NFTablesDump(namespace: namespace.descriptor)
        try namespace.run("nft add table ip t; nft add set ip t s { type ipv4_addr\\; }")
        func digest(after command: String) throws -> UInt64? {
            try namespace.run(command)
            return try dump.snapshot().contents.first?.digest
        }
        let none = try digest(after: "true")
        let both = try digest(after: "nft add element ip t s { 1.1.1.1, 2.2.2.2 }")
        let one = try digest(after: "nft delete element ip t s { 1.1.1.1 }")
        #expect(try digest(after: "nft add element ip t s { 1.1.1.1 }") == both)
        #expect(one != both)
        #expect(try digest(after: "nft flush set ip t s") == none)
    }

    @Test func `an empty namespace has an empty ruleset`() throws {
        let namespace = try TestNamespace()
        let snapshot = try NFTablesDump(namespace: namespace.descriptor).snapshot()
        #expect(snapshot.tables.isEmpty)
        #expect(snapshot.rules.isEmpty)
        #expect(snapshot.isConsistent)
    }

    @Test func `ten thousand rules come whole and in order`() throws {
        let namespace = try TestNamespace()
        try namespace.run(
            """
            (echo "add table ip t"; echo "add chain ip t c"; \
            seq 1 10000 | sed "s/.*/add rule ip t c meta mark & counter accept comment \\"&\\"/") | nft -f -
            """)
        let snapshot = try NFTablesDump(namespace: namespace.descriptor).snapshot()
        #expect(snapshot.isConsistent)
        #expect(snapshot.rules.map(\.comment) == (1...10000).map { "\($0)" })
    }

    @Test func `many chains come in the order of the tables, each with its rules in order`() throws {
        let namespace = try TestNamespace()
        try namespace.run(
            """
            (for t in a b; do echo "add table ip $t"; for c in $(seq 1 40); do echo "add chain ip $t c$c"; \
            seq 1 30 | sed "s/.*/add rule ip $t c$c meta mark & accept comment name-$t-$c-&/"; done; done) | nft -f -
            """)
        let snapshot = try NFTablesDump(namespace: namespace.descriptor).snapshot()
        #expect(snapshot.isConsistent)
        let expected = ["a", "b"].flatMap { table in
            (1...40).flatMap { chain in (1...30).map { "name-\(table)-\(chain)-\($0)" } }
        }
        #expect(snapshot.rules.map { $0.comment ?? "" } == expected)
        #expect(snapshot.rules.allSatisfy { $0.comment?.hasPrefix("name-\($0.table)-") == true })
    }

    @Test func `a consistent snapshot is of one moment`() throws {
        let namespace = try TestNamespace()
        // Each batch takes a hundred rules away and puts a hundred others in their place, all at once.
        try namespace.run(
            """
            batch() { echo "add table ip t"; echo "add chain ip t c"; echo "flush chain ip t c"; \
            seq 1 100 | sed "s/.*/add rule ip t c meta mark & accept comment round$1/"; }
            batch first | nft -f -
            (for i in $(seq 1 60); do batch $i | nft -f - ; sleep 0.03; done) >/dev/null 2>&1 &
            """)
        let dump = try NFTablesDump(namespace: namespace.descriptor)
        var consistent = 0
        var generations: Set<UInt32> = []
        for _ in 0..<200 {
            let snapshot = try dump.snapshot(attempts: 50)
            guard snapshot.isConsistent else { continue }
            consistent += 1
            generations.insert(snapshot.generation)
            #expect(snapshot.rules.count == 100)
            #expect(Set(snapshot.rules.map(\.comment)).count == 1)
        }
        #expect(consistent > 0)
        #expect(generations.count > 1)
    }
}
