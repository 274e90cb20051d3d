import ArgumentParser
import Host
import Sentences
import SystemPackage

struct TailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Events for people: a sentence each.",
        discussion: "Lines that are no events are passed over. Colours are for a terminal only.")

    @Argument(help: "A file of event lines, or - for standard input.")
    var file = "-"

    @Flag(name: .shortAndLong, help: "Tell alerts and what the collector says of itself, and nothing else.")
    var quiet = false

    @Flag(help: "Tell of processes that began and ended too.")
    var processes = false

    func run() throws {
        let isColoured = Console.isTerminal
        var isForeign = false
        var isEvent = false
        try Recordings.forEachLine(of: file) { line in
            guard let sentence = EventSentence(line) else {
                if !isForeign, EventSentence.isOCSF(line) {
                    isForeign = true
                    Console.complain(
                        "wallwatch: \(file) has lines by OCSF's names (`run --format ocsf`); tail tells those of `--format ecs` and no others"
                    )
                }
                return
            }
            isEvent = true
            guard !quiet || sentence.tone == .alarm,
                processes || !sentence.isOfProcess
            else { return }
            let text = "\(sentence.time)  \(sentence.text)"
            Console.say(isColoured ? "\(sentence.tone.colour)\(text)\u{1b}[0m" : text)
        }
        if isForeign, !isEvent { throw ExitCode(65) }
    }
}

extension EventSentence.Tone {
    /// As ECMA-48 has it (SGR).
    fileprivate var colour: String {
        switch self {
        case .plain: "\u{1b}[0m"
        case .gain: "\u{1b}[32m"
        case .loss: "\u{1b}[33m"
        case .warning: "\u{1b}[36m"
        case .alarm: "\u{1b}[1;31m"
        }
    }
}
