import ArgumentParser
import Configuration
import Host
import SystemPackage

struct CheckConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check a configuration file: exit 0, or 78 with file, line and column of each error.")

    @Argument(help: "The file.")
    var file: String

    func run() throws {
        _ = try Exit.onFailure { try Configuration(loading: .named(FilePath(file))) }
        Console.complain("\(file): no errors")
    }
}
