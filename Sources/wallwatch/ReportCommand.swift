import ArgumentParser
import Configuration
import Host
import JSON
import Report
import SystemPackage

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make one HTML page of recorded events: what happened to the firewall, and who did it.",
        discussion:
            "The page is one file and asks no network for anything. It needs no root, only to read the lines. Lines that are no events are counted, and told on the page."
    )

    @Argument(help: "Files of event lines as `run` writes them; - is standard input.")
    var files: [String]

    @Option(
        help:
            "From then on: a moment as 2026-11-30T22:00:00Z, a day as 2026-11-30 (UTC), or so long before now, as 12h or 7d.",
        transform: Self.moment)
    var since: Int64?

    @Option(help: "Up to then, spelled in the same way.", transform: Self.moment)
    var until: Int64?

    @Option(name: .shortAndLong, help: "The page; - is standard output. It is made readable for its owner only.")
    var output = "-"

    func run() throws {
        var report = Report(since: since.map { Int($0) * 1_000_000 }, until: until.map { Int($0) * 1_000_000 })
        for file in files {
            report.begin(file)
            try Recordings.forEachLine(of: file) { report.take($0) }
        }
        for input in report.inputs where input.bad + input.foreign > 0 {
            Console.complain(
                "wallwatch: \(input.name): of \(input.lines) lines \(input.bad) are no JSON and \(input.foreign) no event of wallwatch in ECS"
            )
        }
        guard report.taken > 0 else {
            let outside = report.outside > 0 ? "; \(report.outside) are of another time" : ""
            Console.complain("wallwatch: no event to report\(outside)")
            throw ExitCode(65)
        }
        try write(report.page(version: version, at: Self.now))
    }

    private func write(_ page: [UInt8]) throws {
        guard output != "-" else { return Console.write(page) }
        do {
            // Not through a link: the folder may be one in which others make files.
            let file = try FileDescriptor.open(
                FilePath(output), .writeOnly, options: [.create, .truncate, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll(page) }
        } catch let error as Errno {
            Console.complain("wallwatch: could not write \(output): \(error)")
            throw ExitCode(73)
        }
    }

    private static var now: Timestamp { Timestamp(since1970: Int64(clamping: Clock.realtime)) }

    private static func moment(_ text: String) throws -> Int64 {
        if let duration = Quantity.duration(text) { return now.seconds - duration.components.seconds }
        if let seconds = Moment.seconds(text) ?? Moment.seconds("\(text)T00:00:00Z") { return seconds }
        throw ValidationError("\(text) is neither a moment (2026-11-30T22:00:00Z), a day nor a duration (12h)")
    }
}
