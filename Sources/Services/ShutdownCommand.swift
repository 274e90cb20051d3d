internal import Patterns

/// What the tools that shut a machine down are told, by systemctl(1), shutdown(8), halt(8) and telinit(8).
enum ShutdownCommand {
    /// The targets that end everything (systemd.special(7)).
    static let targets = Set(
        ["poweroff", "reboot", "halt", "kexec", "soft-reboot", "shutdown", "exit", "ctrl-alt-del"].map {
            $0 + ".target"
        })

    private static let programs = NameSet([
        "systemctl", "shutdown", "halt", "poweroff", "reboot", "telinit", "init",
    ])

    /// Whether the machine is to go down now. What is to be done later, taken back, or only said, is not meant; nor is
    /// what is to be done silently: of that the bus and the signals tell.
    static func isMeant(program: ArraySlice<UInt8>, _ words: @autoclosure () -> [String]) -> Bool {
        guard programs.contains(program) else { return false }
        let words = words()
        guard let first = words.first else { return false }
        let options = words.dropFirst().filter { $0.hasPrefix("-") }
        let others = words.dropFirst().filter { !$0.hasPrefix("-") }
        let spoken = options.contains { option in
            ["--no-wall", "--help", "--version", "--show", "--when", "--dry-run", "--wtmp-only"].contains {
                option.hasPrefix($0)
            }
        }
        guard !spoken else { return false }
        switch first.split(separator: "/").last ?? "" {
        case "systemctl": return systemctl(options, others)
        case "shutdown": return !has(options, "ck") && ["now", "+0"].contains(others.first)
        case "halt", "poweroff", "reboot": return !has(options, "w")
        case "telinit", "init": return ["0", "6"].contains(others.first)
        default: return false
        }
    }

    private static func systemctl(_ options: [String], _ others: [String]) -> Bool {
        // Of another machine, of a folder, of a user's own manager.
        let elsewhere = ["--host", "--machine", "--root", "--image", "--user", "--global"]
        guard !has(options, "HMh"), !options.contains(where: { option in elsewhere.contains(where: option.hasPrefix) })
        else { return false }
        switch others.first {
        case "poweroff", "reboot", "halt", "kexec", "soft-reboot", "exit": return true
        case "isolate": return others.dropFirst().contains { targets.contains($0) || targets.contains($0 + ".target") }
        case "start": return others.dropFirst().contains { targets.contains($0) }
        default: return false
        }
    }

    /// Whether one of these letters is an option by itself, or among several behind one dash.
    private static func has(_ options: [String], _ letters: String) -> Bool {
        options.contains { !$0.hasPrefix("--") && $0.contains(where: letters.contains) }
    }
}
