import ArgumentParser
import Baseline
import Collector
import Configuration
import Host
import SystemPackage

struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline",
        abstract: "Save, show and compare the documented state of the firewall.",
        subcommands: [Save.self, Show.self, Diff.self])

    struct Save: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Save what stands as the documented state.")

        @OptionGroup var place: Place
        @OptionGroup var source: Source

        @Option(help: "Where to save it; - for standard output.")
        var output: String?

        func run() throws {
            let baseline = try Exit.onFailure {
                try LiveBaseline.read(netns: source.netns, library: place.loaded().text.library)
            }
            if output == "-" { return Console.write(baseline.text) }
            let path = try output.map { FilePath($0) } ?? place.file()
            try BaselineCommand.onFailure(path) { () throws(TrustedFile.Failure) in
                try TrustedFile.write(baseline.text, to: path)
            }
            let totals = baseline.totals
            Console.say(
                "\(totals.rules) rules, \(totals.effectiveRules) of them effective, saved to \(path)")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the saved state, or what stands.")

        @OptionGroup var place: Place
        @OptionGroup var source: Source

        @Flag(help: "Show what stands, not what was saved.")
        var live = false

        func run() throws {
            let isLive = live || source.netns != nil
            let baseline =
                isLive
                ? try Exit.onFailure {
                    try LiveBaseline.read(netns: source.netns, library: place.loaded().text.library)
                }
                : try BaselineCommand.load(place.file())
            Console.write(baseline.text)
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare what stands with the saved state.",
            discussion: "Ends with 1 if there is a difference, with 66 if nothing was saved.")

        @OptionGroup var place: Place
        @OptionGroup var source: Source

        @Argument(help: "A saved state to compare with, and another to take for what stands.")
        var files: [String] = []

        @Flag(help: "One JSON object, for programs.")
        var json = false

        @Option(help: "auto, always or never.")
        var color = Colour.auto

        func validate() throws {
            if files.count > 2 { throw ValidationError("Two files at most can be compared.") }
        }

        func run() throws {
            let before = try BaselineCommand.load(files.first.map { FilePath($0) } ?? place.file())
            let after =
                files.count == 2
                ? try BaselineCommand.load(FilePath(files[1]))
                : try Exit.onFailure {
                    try LiveBaseline.read(netns: source.netns, library: place.loaded().text.library)
                }
            let difference = BaselineDifference(from: before, to: after)
            if json {
                Console.write(difference.json)
            } else {
                let isColoured = color == .always || color == .auto && Console.isTerminal
                for line in difference.lines(isColoured: isColoured) { Console.say(line) }
            }
            if difference.differs { throw ExitCode(1) }
        }
    }
}

extension BaselineCommand {
    /// Where the saved state lies.
    struct Place: ParsableArguments {
        @Option(help: "Read this configuration and no other.")
        var config: String?

        @Option(help: "The folder of the saved state, if the configuration does not say so.")
        var stateDir: String?

        func loaded() throws -> Configuration {
            return try Configuration(option: config)
        }

        func file() throws -> FilePath {
            try (stateDir.map { FilePath($0) } ?? loaded().state.directory).appending(LiveBaseline.fileName)
        }
    }

    /// What is read as what stands.
    struct Source: ParsableArguments {
        @Option(help: "A network namespace, by its name (ip netns) or path, and not the one of this process.")
        var netns: String?
    }

    enum Colour: String, ExpressibleByArgument, CaseIterable {
        case auto
        case always
        case never
    }

    fileprivate static func load(_ path: FilePath) throws -> Baseline {
        let text = try onFailure(path) { () throws(TrustedFile.Failure) in try TrustedFile.read(path) }
        do throws(Baseline.Malformed) { return try Baseline(text: text) } catch {
            Console.complain("wallwatch: \(path): \(error.description)")
            throw ExitCode(65)  // EX_DATAERR
        }
    }

    fileprivate static func onFailure<Value>(
        _ path: FilePath, _ body: () throws(TrustedFile.Failure) -> Value
    ) throws -> Value {
        do throws(TrustedFile.Failure) { return try body() } catch {
            Console.complain("wallwatch: \(path): \(error.description)")
            switch error {
            case .missing: throw ExitCode(66)  // EX_NOINPUT
            case .untrusted: throw ExitCode(65)
            case .system(let errno) where errno == .permissionDenied: throw ExitCode(77)
            case .system: throw ExitCode(74)  // EX_IOERR
            }
        }
    }
}
