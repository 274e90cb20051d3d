import Events
import Identity
import Lineage
import Records

@testable import ConfigFiles
@testable import Detection
@testable import Services

/// An event with all that is known of it when it is told.
struct Sighting {
    var name: String
    var event: Event
    var portrait: Portrait?
    var initiator: Askers.Initiator?
    var judgement: Judgement?

    /// Its lines.
    func lines(_ format: EventFormat, max: Int = 8000) throws -> [JSONValue] {
        var encoder = freshEncoder(format, max: max)
        var event = event
        // What an alert tells of its author was written in the same format, with what he did.
        if case .alert(var alert) = event, alert.actor != nil {
            alert.actor?.telling = encoder.telling(of: Self.author, thread: 4712, Self.known, Self.asked)
            event = .alert(alert)
        }
        var lines: [[UInt8]] = []
        encoder.encode(event, portrait, initiator: initiator, judgement: judgement, time: 1_000_000, now: 51_000_000) {
            lines.append($0)
        }
        return try lines.map { try JSONValue(parsing: $0.dropLast()) }
    }
}

extension Sighting {
    static var author: Process {
        process(
            depth: 4, group: "docker-" + String(repeating: "3f2a", count: 16) + ".scope", above: [2: "/usr/sbin/sshd"])
    }

    static var known: Portrait {
        Portrait(
            entry: Entry(of: author), peer: "192.0.2.7",
            script: Script(
                of: process(
                    "/usr/bin/sh",
                    arguments: [
                        Array("sh".utf8), Array("/opt/x.sh".utf8),
                    ])),
            executable: FileFindings(sha256: String(repeating: "0a", count: 32), modified: 0, changed: 0),
            scriptFile: FileFindings(sha256: String(repeating: "0b", count: 32), modified: 0, changed: 0),
            traits: [Trait(.noTool, "it is no tool")])
    }

    static var asked: Askers.Initiator { Askers.Initiator(process: process("/usr/bin/busctl"), confidence: .exact) }

    /// Every event there is, every rule, and every state of an alert.
    static var all: [Sighting] {
        let judgement = Judgement(
            coverage: Coverage(.trust, "deploy", reason: "it rolls out"),
            lowest: Level(rules: 0, effective: 0, blocking: 0))
        return Sample.all.map { Sighting(name: $0.name, event: $0.event) } + alerts + files + [
            Sighting(
                name: "changed, known", event: changed(operations(3), author: author), portrait: known,
                initiator: asked, judgement: judgement),
            Sighting(
                name: "exec, known", event: .process(author, .exec), portrait: known), service(isStart: true),
            service(isStart: false),
            Sighting(name: "record", event: .record(RecordPart(data: #"{"a":[1,"b"]}"#, part: 1, parts: 2))),
        ]
    }

    private static func service(isStart: Bool) -> Sighting {
        let event = ServiceEvent(
            kind: ServiceKind(name: "firewalld", units: ["firewalld"], programs: ["firewalld"], isDaemon: true),
            isStart: isStart, process: process("/usr/sbin/firewalld"), status: isStart ? nil : 9,
            signal: isStart ? nil : ServiceEvent.Signal(number: 9, sender: author, time: 5), time: 5)
        return Sighting(
            name: "service, start \(isStart)",
            event: .service(ServiceReport(event: event, netns: netns, isShuttingDown: !isStart)), portrait: known,
            initiator: asked)
    }

    private static var files: [Sighting] {
        func facts(_ kind: FileFacts.Kind, _ text: String?) -> FileFacts {
            FileFacts(
                kind: kind, size: 7, mode: 0o644, user: 0, group: 0, device: 1, inode: 99,
                modified: 1_767_225_600_000_000_000, hash: text.map { _ in String(repeating: "0c", count: 32) },
                text: text, target: kind == .symlink ? Array("/etc/b".utf8) : nil)
        }
        return ConfigChange.Operation.allCases.flatMap { operation in
            [nil, author].map { author in
                let change = ConfigChange(
                    path: BytePath("/etc/nftables.conf"), kind: .nftables, operation: operation,
                    movedFrom: operation == .moved ? BytePath("/etc/nftables.old") : nil,
                    before: operation == .created ? nil : facts(.file, "a\nb\n"),
                    after: operation == .removed ? nil : facts(author == nil ? .symlink : .file, "a\n"),
                    source: author == nil ? .audit : .kernel, others: [], time: 0)
                return Sighting(
                    name: "file \(operation), author \(author != nil)",
                    event: .file(
                        ConfigFileReport(change, author: author, others: [process()], showsDifference: true)))
            }
        }
    }

    private static var alerts: [Sighting] {
        let scores = [10, 47, 65, 90]
        return Rule.allCases.enumerated().flatMap { index, rule in
            Alert.State.allCases.flatMap { state in
                (state == .open ? [true, false] : [true]).map { isKnown in
                    Sighting(
                        name: "\(rule.rawValue) \(state), author \(isKnown)",
                        event: .alert(alert(rule, state, points: scores[index % 4], isKnown: isKnown)))
                }
            }
        }
    }

    static func alert(_ rule: Rule, _ state: Alert.State, points: Int, isKnown: Bool) -> Alert {
        let actor = Actor(
            id: author.id, root: author.id, chain: [Program(executable: "/usr/sbin/nft", isGenuine: true)],
            traits: [Trait(.noTool, "it is no tool")])
        let other: Rule = rule == .emptied ? .suddenDrop : .emptied
        return Alert(
            id: "g4qejxj3ujid-a1", state: state, rule: rule, rules: [rule, other].sorted(),
            score: Score(
                [Finding(rule: rule, points: points, text: "seen")], Suspicion(of: isKnown ? actor : nil, Tuning()),
                share: 100), netns: Netns(id: 4_026_531_840, isHost: true),
            before: Level(rules: 50, effective: 40, blocking: 9), after: Level(rules: 8, effective: 3, blocking: 0),
            lowest: Level(rules: 0, effective: 0, blocking: 0), actor: isKnown ? actor : nil,
            deeds: (1...20).map { "g4qejxj3ujid-\($0)" }, deedCount: 20, span: 1_500_000_000, time: 9,
            usual: Usual(low: 30, high: 50, largestLoss: 4, days: 12),
            restoredAfter: state == .resolved ? 5_000_000 : nil, restorer: state == .resolved ? actor : nil,
            occurrences: 2)
    }
}
