import ArgumentParser

/// The version of this build.
let version = "0.1.0"

@main
struct Wallwatch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wallwatch",
        abstract: "Tells who weakened this host's firewall, how, and how much protection is left.",
        discussion:
            "Events go to standard output, one JSON object a line; everything for people goes to standard error.",
        version: version,
        subcommands: [
            Run.self, DoctorCommand.self, DemoCommand.self, CheckConfig.self, SchemaCommand.self, UnpinCommand.self,
            BaselineCommand.self, MaintenanceCommand.self, ReplayCommand.self, SuggestCommand.self, TailCommand.self,
            ReportCommand.self,
            ListRules.self,
        ])
}
