import ArgumentParser
import Events
import Host

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of the events.")

    @Option(help: "Of the lines that `run --format` writes: ecs or ocsf.")
    var format = EventFormat.ecs

    func run() throws { Console.say(format.schema) }
}

extension EventFormat: ExpressibleByArgument {}
