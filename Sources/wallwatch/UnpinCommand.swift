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

    @Option(help: "Where the state is kept, if the configuration does not say so.")
    var stateDir: String?

    func run() throws {
        let configuration = try Configuration(option: config)
        let path = configuration.probes.pinDirectory.string
        let state = stateDir.map { FilePath($0) } ?? configuration.state.directory
        try Exit.onFailure {
            let count = try Unpinning.remove(path, state: state)
            Console.say(count == 0 ? "nothing was pinned in \(path)" : "\(count) programs unpinned from \(path)")
        }
    }
}
