import ArgumentParser
import Configuration
import Detection
import Host
import Recording
import SystemPackage

struct SuggestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suggest",
        abstract: "Propose [[trust]] entries from a recording of a time in which all was well.",
        discussion:
            "What is proposed is as narrow as what was seen; read it before you take it over. What is covered already, and what weakens nothing, needs none."
    )

    @Argument(help: "A file of event lines with a recording in it, or - for standard input.")
    var file: String

    @Option(help: "Judge by this configuration and no other.")
    var config: String?

    func run() throws {
        let tuning = try Configuration(option: config).tuning
        var replay = Replay(tuning, keepsDeeds: true)
        var suggestions = Suggestions(tuning)
        try Recordings.forEachLine(of: file) { bytes in
            guard let line = RecordedLine(bytes) else { return }
            _ = replay.take(line)
            if let deed = replay.lastDeed, replay.lastCoverage == nil { suggestions.take(deed) }
        }
        try Recordings.demand(replay, in: file)
        let all = suggestions.all
        for suggestion in all { Console.say(SuggestionText(suggestion, file: file).text) }
        for (refusal, found) in suggestions.refused.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let example = found.example.isEmpty ? "" : ", as: \(found.example.oneLine)"
            Console.say(
                "# Nothing proposed for \(found.count) change\(found.count == 1 ? "" : "s"): \(refusal.rawValue)\(example)"
            )
        }
        if all.isEmpty, suggestions.refused.isEmpty {
            Console.say("# Nothing to propose: nothing weakened that is not covered.")
        }
    }
}
