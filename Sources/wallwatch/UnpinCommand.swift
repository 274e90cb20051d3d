import ArgumentParser
import Collector
import Configuration
import Host
import Probes
import SystemPackage

struct UnpinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpin",
        abstract: "End the recording that goes on in the kernel when no wallwatch runs.",
        discussion: "What was recorded and not told yet is lost; the state that was saved is kept.")

    @Option(help: "Read this configuration and no other.")
    var config: String?

    func run() throws {
        let source = config.map { ConfigurationSource.named(FilePath($0)) } ?? .standard
        let path = try Exit.onFailure { try Configuration(loading: source).probes.pinDirectory.string }
        try Exit.onFailure {
            let count = try Unpinning.remove(path)
            Console.say(count == 0 ? "nothing was pinned in \(path)" : "\(count) programs unpinned from \(path)")
        }
    }
}
