public import ArgumentParser
import Collector
import Configuration
import Host
import SystemPackage

struct MaintenanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintenance",
        abstract: "Say that changes are expected for a while: they raise no alert, and are told as covered.",
        discussion:
            "Switching it on and off is told too. It covers no suspicious process, and nobody that was not seen.",
        subcommands: [Start.self, Stop.self, Status.self])

    struct Place: ParsableArguments {
        @Option(help: "Read this configuration and no other.")
        var config: String?

        @Option(help: "Where the state is kept, if the configuration does not say so.")
        var stateDir: String?

        func folder() throws -> FilePath {
            if let stateDir { return FilePath(stateDir) }
            return try Configuration(option: config).state.directory
        }
    }

    struct Start: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Begin, or go on for longer.")

        @OptionGroup var place: Place
        @Option(name: .customLong("for"), help: "How long, as 30m or 2h; a day at most.")
        var length: Duration
        @Option(help: "Why, for whoever reads the events.")
        var reason: String

        func validate() throws {
            guard length.components.seconds >= 1, length.components.seconds <= MaintenanceSwitch.longest else {
                throw ValidationError("--for takes from 1s to 24h.")
            }
            guard !reason.isEmpty, reason.utf8.count <= 512 else {
                throw ValidationError("--reason takes a sentence of up to 512 bytes.")
            }
        }

        func run() throws {
            let until = Int64(Clock.realtime / 1_000_000_000) + length.components.seconds
            let folder = try place.folder()
            try Exit.onFailure {
                let isHeard = try Maintenance.start(
                    MaintenanceSwitch(until: until, reason: reason, pid: Maintenance.ownPID), in: folder)
                Console.say(
                    isHeard
                        ? "maintenance for \(length.components.seconds) s"
                        : "no wallwatch runs on \(folder): it will hold for one that starts within \(length.components.seconds) s"
                )
            }
        }
    }

    struct Stop: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End it.")

        @OptionGroup var place: Place

        func run() throws {
            let folder = try place.folder()
            try Exit.onFailure {
                Console.say(try Maintenance.stop(in: folder) ? "maintenance is over" : "there was none")
            }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether it is on; exits 1 if not.")

        @OptionGroup var place: Place

        func run() throws {
            let folder = try place.folder()
            let left = try Exit.onFailure { try Maintenance.left(in: folder) }
            guard let left else {
                Console.say("no maintenance")
                throw ExitCode(1)
            }
            Console.say("maintenance for another \(left.seconds) s: \(left.reason)")
        }
    }
}

extension Duration: @retroactive ExpressibleByArgument {
    /// As the configuration has them.
    public init?(argument: String) {
        guard let length = Configuration.duration(argument) else { return nil }
        self = length
    }
}
