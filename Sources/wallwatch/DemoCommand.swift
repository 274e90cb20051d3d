import ArgumentParser
import Collector

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show what it is for: a small firewall in its own network namespace, weakened in three ways.")

    func run() throws {
        try Exit.onFailure { try Demo.run(version: version) }
    }
}
