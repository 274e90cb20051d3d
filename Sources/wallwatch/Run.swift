public import ArgumentParser
import Collector
public import Configuration
import Host
import SystemPackage

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Watch, and write events until a signal comes.")

    @Option(help: "Read this configuration and no other.")
    var config: String?

    @Option(help: "By whose names lines are written: ecs or ocsf.")
    var format: OutputFormat?

    @Option(help: "- for standard output, or a file or named pipe to append to, which SIGUSR1 opens anew.")
    var output: String?

    @Option(
        help: "Classes of events, separated by commas: \(EventClass.allCases.map(\.rawValue).joined(separator: ", ")).")
    var emit: EventClasses?

    @Option(help: "Use this tier of hooks and no other: auto, full, kprobe or restricted.")
    var tier: ProbeTier?

    @Option(help: "Stop after this many seconds.")
    var duration: Double?

    @Option(help: "Keep state in this folder.")
    var stateDir: String?

    @Flag(help: "Leave nothing in the kernel that goes on recording when this process is dead.")
    var noPin = false

    func validate() throws {
        if let duration, !(duration > 0 && duration < 1e9) {
            throw ValidationError("--duration takes seconds, more than 0.")
        }
    }

    func run() throws {
        let source = ConfigurationSource(option: config)
        let configuration = try Exit.onFailure {
            var configuration = try Configuration(loading: source)
            override(&configuration)
            return configuration
        }
        let options = CollectorOptions(
            configuration: configuration, source: source, overrides: override,
            duration: duration.map { UInt64($0 * 1e9) }, version: version, manager: ServiceManager())
        try Exit.onFailure {
            let collector = try Collector(options)
            try collector.run()
            guard let path = collector.pinnedPath else { return }
            Console.complain(
                "wallwatch: the kernel half stays pinned in \(path) and goes on recording; `wallwatch unpin` ends that")
        }
    }

    /// What the command line says goes before the files.
    private func override(_ configuration: inout Configuration) {
        if let format { configuration.output.format = format }
        if let output { configuration.output.path = output }
        if let emit { configuration.output.emit = emit.classes }
        if let tier { configuration.probes.tier = tier }
        if noPin { configuration.probes.pin = false }
        if let stateDir { configuration.state.directory = FilePath(stateDir) }
    }
}

/// A list of classes, as the command line takes it.
struct EventClasses: ExpressibleByArgument {
    var classes: Set<EventClass>

    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false)
        let known = names.compactMap { EventClass(rawValue: String($0)) }
        guard !known.isEmpty, known.count == names.count else { return nil }
        classes = Set(known)
    }
}

extension OutputFormat: ExpressibleByArgument {}
extension ProbeTier: ExpressibleByArgument {}
