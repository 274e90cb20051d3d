import Events
import Inventory
import Testing

@Suite struct `An event line` {
    static let names = Sample.all.map(\.name)

    static func line(_ name: String) throws -> JSONValue {
        let event = try #require(Sample.all.first { $0.name == name }?.event)
        return try #require(try parsed(event).first)
    }

    @Test(arguments: names)
    func `is what the schema says`(name: String) throws {
        #expect(SchemaCheck.faults(try Self.line(name)) == [])
    }

    @Test(arguments: names)
    func `has its time first and its own part last`(name: String) throws {
        let keys = try #require(try Self.line(name).keys)
        let order = ["@timestamp", "ecs", "event", "host", "agent", "process", "file", "wallwatch"]
        #expect(keys == order.filter(keys.contains))
    }

    @Test(arguments: names)
    func `holds nothing null, nothing empty and no number beyond 2^53`(name: String) throws {
        for value in try Self.line(name).all {
            #expect(value != .null && value != .list([]) && value != .object([]))
            if case .number(let digits) = value { #expect(try #require(Int(digits)).magnitude <= 1 << 53) }
        }
    }

    @Test(arguments: names)
    func `ends in its only newline`(name: String) throws {
        let event = try #require(Sample.all.first { $0.name == name }?.event)
        for line in lines(event) { #expect(line.last == 10 && line.count { $0 == 10 } == 1) }
    }

    @Test func `tells when it happened and when it was written`() throws {
        let line = try Self.line("changed")
        #expect(line.at("@timestamp")?.text == "2026-01-01T00:00:00.000001000Z")
        #expect(line.at("event.created")?.text == "2026-01-01T00:00:00.000051000Z")
        #expect(line.at("wallwatch.change.latency_us")?.number == 50)
    }

    @Test func `has an id of its run and its number`() throws {
        let line = try Self.line("changed")
        #expect(line.at("event.id")?.text == "1718e5f6c3d4a1b2-1" && line.at("event.sequence")?.number == 1)
    }

    @Test func `has its ids as text`() throws {
        let line = try Self.line("changed")
        for path in [
            "process.user.id", "process.real_user.id", "process.group.id", "wallwatch.login.uid",
            "wallwatch.process.cgroup",
            "wallwatch.process.exe.inode", "wallwatch.process.namespaces.net", "wallwatch.change.netns.id",
            "wallwatch.ancestry.0.user.id", "wallwatch.change.operations.3.handle",
        ] {
            #expect(line.at(path)?.text?.wholeMatch(of: /[0-9]+/) != nil, "\(path)")
        }
    }

    @Test func `has counts before, after and between`() throws {
        let line = try Self.line("changed")
        #expect(line.at("wallwatch.change.rules.before")?.number == 12)
        #expect(line.at("wallwatch.change.rules.after")?.number == 1)
        #expect(line.at("wallwatch.change.rules.delta")?.number == -11)
        #expect(line.at("wallwatch.change.operations_count")?.number == 6)
    }

    @Test func `names policies apart`() throws {
        let policies = try #require(try Self.line("changed").at("wallwatch.change.policies")?.list)
        #expect(policies.map { $0["after"]?.text } == ["accept"])
    }

    @Test func `of what only a notification tells is not attributed`() throws {
        let line = try Self.line("claimed")
        #expect(line.at("wallwatch.change.attributed")?.flag == false && line["process"] == nil)
        #expect(line.at("wallwatch.change.claimed.comm")?.text == "nft")
    }

    @Test func `of a failure has a positive errno and the reason`() throws {
        let line = try Self.line("failed")
        #expect(line.at("wallwatch.change.errno")?.number == 1 && line.at("event.outcome")?.text == "failure")
        #expect(line.at("event.reason")?.text == "Operation not permitted")
        #expect(try Self.line("dropped").at("wallwatch.change.errno") == nil)
    }

    @Test(arguments: [(Int32(0), 0), (256, 1), (0xff00, 255), (9, 137), (0x8b, 139)])
    func `of an end has the exit code of a shell`(status: Int32, code: Int) throws {
        let line = try parsed(.process(process(), .end(status: status))).first
        #expect(line?.at("process.exit_code")?.number == code)
    }

    @Test func `names the same process by the same id, and another by another`() throws {
        let one = try Self.line("exec").at("process.entity_id")
        #expect(try Self.line("end").at("process.entity_id") == one)
        #expect(try Self.line("exec").at("process.parent.entity_id") != one)
    }

    @Test func `tells the chain nearest first`() throws {
        let line = try #require(try parsed(changed([], author: process(depth: 4))).first)
        let ancestry = try #require(line.at("wallwatch.ancestry")?.list)
        #expect(ancestry.compactMap { $0["pid"]?.number } == [4, 3, 2, 1])
        #expect(line.at("process.parent.pid")?.number == 4)
    }

    @Test func `marks bytes that are no text`() throws {
        let author = process("/tmp/\u{7}", arguments: [[0xff, 0xfe], Array(#"a\x"#.utf8), [0x22, 0x0a]])
        let line = try #require(try parsed(changed([], author: author)).first)
        #expect(line.at("wallwatch.escaped")?.flag == true)
        #expect(line.at("process.args")?.list?.compactMap(\.text) == [#"\xff\xfe"#, #"a\x5cx"#, #""\x0a"#])
        #expect(SchemaCheck.faults(line) == [])
    }
}

@Suite struct `The schema` {
    @Test func `is JSON, and asks for what every line has`() throws {
        let schema = try #require(SchemaCheck.schema)
        #expect(schema["required"]?.list?.compactMap(\.text) == ["@timestamp", "ecs", "event", "host", "agent"])
    }

    @Test func `knows every operation`() throws {
        let known = SchemaCheck.schema?.at(
            "properties.wallwatch.properties.change.properties.operations.items.properties.op.enum")
        #expect(known?.list?.compactMap(\.text) == Operation.Kind.allCases.map(\.rawValue))
    }

    @Test func `of a switch says what it was, what it is now, whose it is, and why that matters`() throws {
        let line = try #require(try parsed(Sample.sysctl()).first)
        #expect(line["event"]?["action"]?.text == "firewall-sysctl-changed")
        #expect(line["event"]?["category"]?.list?.compactMap(\.text) == ["configuration"])
        #expect(line["event"]?["reason"]?.text == "bridged IPv4 packets no longer meet the rules of IPv4")
        let sysctl = line["wallwatch"]?["sysctl"]
        #expect(sysctl?["name"]?.text == "net.bridge.bridge-nf-call-iptables")
        #expect(sysctl?["before"]?.text == "1" && sysctl?["after"]?.text == "0" && sysctl?["weaker"] != nil)
        #expect(line["wallwatch"]?["netns"]?["id"]?.text == "4026531840" && line["wallwatch"]?["config_file"] == nil)
        #expect(line["file"]?["path"]?.text == "/proc/sys/net/bridge/bridge-nf-call-iptables")
    }

    @Test func `of a switch cut, empty or blank leaves out what it does not know`() throws {
        for (before, after) in [("", nil), (" \n", ""), ("\n", "  ")] as [(String, String?)] {
            let line = try #require(
                try parsed(Sample.sysctl("net/netfilter/nf_conntrack_tcp_loose", before, after)).first)
            #expect(line["wallwatch"]?["sysctl"]?["name"]?.text == "net.netfilter.nf_conntrack_tcp_loose")
            #expect(line["wallwatch"]?["sysctl"]?["weaker"] == nil)
        }
    }

    @Test func `refuses what it does not know`() throws {
        let line = try JSONValue(parsing: Array(#"{"@timestamp":"2026","more":1}"#.utf8))
        #expect(SchemaCheck.faults(line).contains(".more: not in the schema"))
        #expect(SchemaCheck.faults(line).contains(".event: missing"))
    }
}
