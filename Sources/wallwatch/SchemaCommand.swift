import ArgumentParser
import Events
import Host

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of the events.")

    func run() throws { Console.say(EventSchema.text) }
}
