import ArgumentParser
import Configuration
import Detection
import Events
import Host
import Recording
import Records
import SystemPackage

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Put a recording through the detector, faster than time.",
        discussion:
            "A recording is what `run --emit …,record` wrote; other lines in the file are passed over. Alerts go to standard output as when it was made and in its format, but for event.id, event.sequence and event.created; what was done in between to standard error."
    )

    @Argument(help: "A file of event lines, or - for standard input.")
    var file: String

    @Option(help: "Judge by this configuration and no other.")
    var config: String?

    @Option(help: "Tell how the alert with this id (wallwatch.alert.id), or with this number, came about.")
    var explain: String?

    func run() throws {
        let configuration = try Configuration(option: config)
        var replay = Replay(configuration.tuning, keepsDeeds: explain != nil)
        var encoder: EventEncoder?
        var sequence: UInt64 = 0
        var explained: [Alert] = []
        var count = 0
        let began = Clock.boottime
        try Recordings.forEachLine(of: file) { bytes in
            guard let line = RecordedLine(bytes), let (alerts, offset) = replay.take(line) else { return }
            if encoder == nil || encoder?.facts.ephemeralID != line.agent.ephemeralID {
                encoder = EventEncoder(line, configuration.output) {
                    sequence += 1
                    return sequence
                }
            }
            encoder?.offset = offset
            for alert in alerts {
                count += 1
                if let explain, explain == alert.id || explain == String(count) { explained.append(alert) }
                guard explain == nil else { continue }
                encoder?.encode(.alert(alert), time: alert.time, now: alert.time) { Console.write($0) }
            }
        }
        if let explain {
            guard !explained.isEmpty else {
                Console.complain("wallwatch: no alert \(explain) comes of this recording; it has \(count)")
                throw ExitCode(1)
            }
            for alert in explained { Console.say(Explanation(alert, replay.deeds, configuration.tuning).text) }
            return
        }
        let span = replay.began.map { replay.ended &- $0 } ?? 0
        let taken = Clock.boottime &- began
        Console.complain(
            "\(replay.inputs) records over \(Recordings.seconds(span)) in \(Recordings.seconds(taken)): \(count) alert\(count == 1 ? "" : "s")"
        )
        if replay.unreadable > 0 {
            Console.complain(
                "wallwatch: \(replay.unreadable) records could not be read: made by another version, or cut")
            throw ExitCode(65)
        }
        try Recordings.demand(replay, in: file)
    }
}

/// Files of event lines.
enum Recordings {
    /// No prefix is longer.
    private static let prefixLimit = 512

    /// Hands over each line from its first brace on: what stands before is `output.line_prefix`, or what a shipper put there.
    static func forEachLine(of file: String, _ body: ([UInt8]) throws -> Void) throws {
        do {
            try LineFile.forEachLine(of: file == "-" ? nil : FilePath(file)) { line in
                let start = line.prefix(prefixLimit).firstIndex(of: UInt8(ascii: "{")) ?? 0
                try body(start == 0 ? line : Array(line[start...]))
            }
        } catch let error as Errno {
            Console.complain("wallwatch: could not read \(file): \(error)")
            throw ExitCode(66)
        }
    }

    /// Ends the command if there was nothing to replay.
    static func demand(_ replay: Replay, in file: String) throws {
        guard replay.inputs == 0 else { return }
        Console.complain("wallwatch: \(file) has no recording in it: `run --emit firewall,state,record` makes one")
        throw ExitCode(65)
    }

    static func seconds(_ nanoseconds: UInt64) -> String {
        let milliseconds = nanoseconds / 1_000_000
        return milliseconds < 10_000 ? "\(milliseconds) ms" : "\(milliseconds / 1000) s"
    }
}

extension EventEncoder {
    /// The one that would have written a recording's alerts.
    init(_ line: RecordedLine, _ settings: OutputSettings, nextSequence: @escaping () -> UInt64) {
        self.init(
            facts: Facts(
                hostID: line.host.id, hostname: line.host.hostname, bootID: line.host.bootID,
                kernel: line.host.kernel, version: line.agent.version, agentID: line.agent.id,
                ephemeralID: line.agent.ephemeralID),
            // What is told of processes was written when it was recorded, by the names of that format.
            names: Names(user: { _ in nil }, group: { _ in nil }), format: line.isOCSF ? .ocsf : .ecs,
            maxLineBytes: settings.maxLineBytes, detail: settings.detail, nextSequence: nextSequence)
    }
}
