import Events
import Inventory
import Testing

@testable import Detection

@Suite struct `A line in every format` {
    static var all: [Sighting] { Sighting.all }

    @Test(arguments: EventFormat.allCases)
    func `of every event and every rule is what its schema says`(format: EventFormat) throws {
        for sighting in Self.all {
            for line in try sighting.lines(format) {
                #expect(SchemaCheck.faults(line, format) == [], "\(sighting.name)")
            }
        }
    }

    @Test(arguments: EventFormat.allCases)
    func `of every event and every rule is what the published schema says`(format: EventFormat) throws {
        #expect(Published.rows("ocsf-1.8.0.tsv").count > 900 && Published.rows("ecs-9.4.0.tsv").count > 400)
        for sighting in Self.all {
            for line in try sighting.lines(format) {
                #expect(Published.faults(line, format) == [], "\(sighting.name)")
            }
        }
    }

    @Test(arguments: EventFormat.allCases)
    func `has every action there is`(format: EventFormat) throws {
        let path = format == .ecs ? "event.action" : "metadata.event_code"
        var told = Set(try Self.all.flatMap { try $0.lines(format) }.compactMap { $0.at(path)?.text })
        told.formUnion(try parsed(changed(operations(5000)), format).compactMap { $0.at(path)?.text })
        let known = SchemaCheck.schemas[format]??.at(
            "properties." + path.split(separator: ".").joined(separator: ".properties.") + ".enum")
        #expect(told == Set(known?.list?.compactMap(\.text) ?? []))
    }

    @Test(arguments: EventFormat.allCases)
    func `has nothing that is null or empty, and no number that a reader rounds`(format: EventFormat) throws {
        for value in try Self.all.flatMap({ try $0.lines(format) }).flatMap(\.all) {
            #expect(value != .null && value.list?.isEmpty != true && value.keys?.isEmpty != true)
            if let number = value.number { #expect(abs(number) <= 1 << 53) }
        }
    }

    @Test(arguments: EventFormat.allCases)
    func `marks bytes that are no text`(format: EventFormat) throws {
        let author = process("/tmp/\u{7}", arguments: [[0xff, 0xfe], Array(#"a\x"#.utf8), [0x22, 0x0a]])
        let line = try #require(try parsed(changed([], author: author), format).first)
        #expect(line.at("\(format.own).escaped")?.flag == true)
        let arguments = line.at(format == .ecs ? "process.args" : "unmapped.process.args")
        #expect(arguments?.list?.compactMap(\.text) == [#"\xff\xfe"#, #"a\x5cx"#, #""\x0a"#])
    }
}

@Suite struct `A line by OCSF's names` {
    static func line(_ name: String) throws -> JSONValue {
        let sighting = try #require(Sighting.all.first { $0.name == name })
        return try #require(try sighting.lines(.ocsf).first)
    }

    @Test func `begins with its time, and has what the format has no name for under unmapped`() throws {
        let line = try Self.line("changed, known")
        #expect(line.keys?.prefix(2) == ["time", "time_dt"] && line.keys?.last == "metadata")
        #expect(line["time"]?.number == 1_767_225_600_001)
        #expect(line["time_dt"]?.text == "2026-01-01T00:00:00.001000000Z")
        #expect(line.at("metadata.logged_time")?.number == 1_767_225_600_051)
    }

    /// What `wallwatch` has in both is the same, but for what has a name in OCSF.
    @Test func `loses nothing of what ECS tells`() throws {
        for sighting in Sighting.all {
            for (ecs, ocsf) in zip(try sighting.lines(.ecs), try sighting.lines(.ocsf)) {
                guard var own = ecs["wallwatch"] else { continue }
                own = own.without(["start", "executable", "name", "command_line"], in: "ancestry")
                own = own.without(["changes", "changes_count"], in: "alert")
                #expect(ocsf.at("unmapped.wallwatch") == own, "\(sighting.name)")
            }
        }
    }

    @Test func `tells whose process did it, its parent, the chain, the container and how it was let in`() throws {
        let line = try Self.line("changed, known")
        let process = try #require(line.at("actor.process"))
        let other = try #require(try Sighting.all.first { $0.name == "changed, known" }?.lines(.ecs).first?["process"])
        #expect(process["uid"] == other["entity_id"] && process["cmd_line"] == other["command_line"])
        #expect(process.at("parent_process.uid") == other.at("parent.entity_id"))
        #expect(process.at("file.path")?.text == "/usr/sbin/nft" && process["auid"]?.number == 1000)
        #expect(process.at("file.hashes.0.value") == other.at("hash.sha256"))
        #expect(process.at("container.uid")?.text?.count == 64 && process.at("container.runtime")?.text == "docker")
        #expect(process["ancestry"]?.list?.map { $0["pid"]?.number } == [4, 3, 2, 1])
        #expect(line.at("unmapped.process.entry_leader") == other["entry_leader"] && other["entry_leader"] != nil)
        #expect(line.at("unmapped.process.args") == other["args"])
    }

    @Test func `of a program that began or ended names who started it`() throws {
        let began = try Self.line("exec, known")
        #expect(began.at("actor.process.uid") == began.at("process.parent_process.uid"))
        #expect(began["launch_type_id"]?.number == 3)
        let ended = try Self.line("end")
        #expect(ended.at("actor.process.uid") == ended.at("process.uid") && ended["exit_code"]?.number == 137)
    }

    @Test func `says of the host's firewall whether it stands`() throws {
        func line(_ before: Int, _ after: Int, isHost: Bool = true) throws -> JSONValue {
            try #require(try parsed(effective(before, after, isHost: isHost), .ocsf).first)
        }
        let off = try line(9, 0)
        #expect(off["state_id"]?.number == 1 && off.at("security_states.0.state_id")?.number == 4)
        #expect(off["prev_security_states"] == nil)
        let on = try line(0, 9)
        #expect(on["state_id"]?.number == 2 && on["security_states"] == nil)
        #expect(on.at("prev_security_states.0.state_id")?.number == 4)
        #expect(try line(9, 0, isHost: false)["state_id"] == nil)
    }

    @Test func `of a file that was moved tells both names`() throws {
        let line = try Self.line("file moved, author true")
        #expect(line.at("file.name")?.text == "nftables.old" && line.at("file_result.name")?.text == "nftables.conf")
    }

    @Test(arguments: Rule.allCases)
    func `of an alert is a finding`(rule: Rule) throws {
        let line = try Self.line("\(rule.rawValue) resolved, author true")
        #expect(line["type_uid"]?.number == 200_403 && line["status_id"]?.number == 4)
        #expect(line.at("finding_info.analytic.uid")?.text == rule.rawValue)
        #expect(line.at("finding_info.related_analytics")?.list?.count == 1)
        #expect(line.at("finding_info.attacks.0.technique.uid")?.text == "T1686")
        #expect(line.at("finding_info.related_events")?.list?.count == 16)
        #expect(line.at("evidences.0.actor.process.pid")?.number == 4711)
        #expect(line.at("unmapped.process.args") != nil && line.at("unmapped.wallwatch.initiator") != nil)
    }

    /// No class and no activity is listed that nothing is told as.
    @Test func `uses every type that the schema lists`() throws {
        let told = Set(try Sighting.all.flatMap { try $0.lines(.ocsf) }.compactMap { $0["type_uid"]?.number })
        let known = SchemaCheck.schemas[.ocsf]??.at("properties.type_uid.enum")?.list?.compactMap(\.number)
        #expect(told == Set(known ?? []))
    }
}

@Suite struct `The check against published schemas` {
    @Test func `sees what is wrong`() throws {
        func faults(_ text: String, _ format: EventFormat) throws -> [String] {
            Published.faults(try JSONValue(parsing: Array(text.utf8)), format).sorted()
        }
        let ocsf = try faults(
            #"{"class_uid":5019,"category_uid":6,"activity_id":7,"type_uid":501901,"time":"1","is_alert":true,"#
                + #""device":{"os":{"name":"Linux","type_id":200}},"metadata":{"version":"1.8.0","product":{}},"more":1}"#,
            .ocsf)
        #expect(
            ocsf == [
                ".activity_id: 7 is none of [\"1\", \"2\", \"0\", \"99\"]", ".category_uid: 6 is none of [\"5\"]",
                ".device.type_id: missing from device", ".device: device has none of [\"name\", \"uid\"]",
                ".device: of the profile host, which is not named",
                ".is_alert: of the profile security_control, which is not named",
                ".metadata.product: product has none of [\"name\", \"uid\"]",
                ".more: not in device_config_state_change",
                ".severity_id: missing from device_config_state_change", ".time: text(\"1\") is no long_t",
                "category_uid is not 5", "type_uid is not class_uid * 100 + activity_id",
            ])
        let ecs = try faults(
            #"{"event":{"kind":"odd","category":["file"],"type":["start"],"severity":"4"},"process":{"args":"a","x":1}}"#,
            .ecs)
        #expect(ecs.count == 5, "\(ecs)")
    }
}

private func effective(_ before: Int, _ after: Int, isHost: Bool) -> Event {
    guard case .changed(var report) = changed([], netns: NetnsReport(id: 7, isHost: isHost)) else {
        return Sample.state
    }
    report.change.effective = Count(before: before, after: after)
    return .changed(report)
}

extension JSONValue {
    /// Without some members of the object, or of the objects in the list, that a member is.
    fileprivate func without(_ keys: [String], in name: String) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(
            members.map { $0.key == name ? Member(key: name, value: $0.value.without(keys)) : $0 })
    }

    private func without(_ keys: [String]) -> JSONValue {
        switch self {
        case .list(let items): .list(items.map { $0.without(keys) })
        case .object(let members): .object(members.filter { !keys.contains($0.key) })
        default: self
        }
    }
}
