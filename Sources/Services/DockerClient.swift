internal import Patterns

/// What docker(1) and docker-compose are told: whether it may have dockerd change a firewall.
enum DockerClient {
    static let programs = NameSet(["docker", "docker-compose"])

    /// Options before the command that take a word of their own.
    private static let worded = Set([
        "-H", "--host", "-c", "--context", "--config", "-l", "--log-level", "--tlscacert", "--tlscert", "--tlskey",
        "-f",
        "--file", "-p", "--project-name", "--project-directory", "--profile", "--env-file",
    ])
    /// Commands that have commands.
    private static let groups = Set([
        "builder", "buildx", "checkpoint", "compose", "config", "container", "context", "image", "manifest", "network",
        "node", "plugin", "secret", "service", "stack", "swarm", "system", "trust", "volume",
    ])
    /// Those that only ask, or that leave networks and containers as they are.
    private static let questions = Set([
        "attach", "commit", "cp", "df", "diff", "events", "export", "help", "history", "images", "import", "info",
        "inspect", "list", "load", "login", "logout", "logs", "ls", "port", "ps", "pull", "push", "rmi", "save",
        "search",
        "stats", "tag", "top", "version", "wait",
    ])

    static func isMeant(program: ArraySlice<UInt8>, _ words: [String]) -> Bool {
        guard programs.contains(program) else { return false }
        var commands: [String] = []
        var rest = words.dropFirst()
        while let word = rest.popFirst(), commands.count < 2 {
            if worded.contains(word) {
                // It speaks to another machine's.
                if let value = rest.popFirst(), value.hasPrefix("ssh://") { return false }
            } else if word.hasPrefix("-") {
                if word.hasPrefix("--host=ssh://") || word.hasPrefix("-Hssh://") || word == "--help"
                    || word == "--version"
                {
                    return false
                }
            } else {
                commands.append(word)
                if !groups.contains(word) { break }
            }
        }
        guard let command = commands.last, !groups.contains(command) else { return false }
        return !questions.contains(command)
    }
}
