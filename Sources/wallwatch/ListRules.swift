import ArgumentParser
import Listing

/// The process that the collector asks what rules say; it is not for people.
struct ListRules: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list-rules", abstract: "Serve a collector on standard input.", shouldDisplay: false)

    func run() { ListerService.run() }
}
