internal import Configuration
internal import Host
internal import Patterns

/// Which namespaces are watched beside the host's, as the configuration has it.
///
/// What a list names is looked up when a namespace is first seen, and again when something else runs in it: a container
/// gets its control group, and a namespace its name, after it was made.
struct NamespaceSelection {
    /// How long a namespace that was passed over stays so for the same control group, in nanoseconds.
    static let patience: UInt64 = 1_000_000_000

    private struct Sight: Hashable {
        var inode: UInt32
        var controlGroup: UInt64
    }

    private let settings: NetnsSettings
    private var passedOver: [Sight: UInt64] = [:]

    init(_ settings: NetnsSettings) { self.settings = settings }

    /// Whether any but the host's may be watched.
    var isEmpty: Bool { settings.watch == .host || settings.watch == .match && settings.match.isEmpty }

    /// Whether a namespace is to be watched, told by tasks that were seen in it.
    func includes(_ inode: UInt32, tasks: [UInt32]) -> Bool {
        switch settings.watch {
        case .host: false
        case .all: true
        case .match: names(inode) || holdsContainer(tasks)
        }
    }

    /// Whether what runs in a namespace was looked at a moment ago and did not belong to any that are meant.
    mutating func wasPassedOver(_ inode: UInt32, controlGroup: UInt64, at now: UInt64) -> Bool {
        guard settings.watch != .all else { return false }
        let sight = Sight(inode: inode, controlGroup: controlGroup)
        if let since = passedOver[sight], now < since &+ Self.patience { return true }
        if passedOver.count >= 4096 { passedOver.removeAll() }
        passedOver[sight] = now
        return false
    }

    private func names(_ inode: UInt32) -> Bool {
        settings.match.contains { pattern in
            switch pattern {
            case .name(let glob):
                NamespaceFiles.mounted.contains { glob.matches($0.name) && Self.isFile($0.path, of: inode) }
            case .path(let parts): Self.files(parts).contains { Self.isFile($0, of: inode) }
            case .container: false
            }
        }
    }

    private func holdsContainer(_ tasks: [UInt32]) -> Bool {
        let patterns = settings.match.filter { if case .container = $0 { true } else { false } }
        guard !patterns.isEmpty else { return false }
        return tasks.contains { task in
            let groups = ProcFS.controlGroups(of: task)
            return patterns.contains { pattern in groups.contains { pattern.matches(controlGroup: $0) } }
        }
    }

    private static func isFile(_ path: String, of inode: UInt32) -> Bool {
        NamespaceFiles.inode(path) == inode && NamespaceFiles.isNamespace(path)
    }

    /// The files that a pattern of a path stands for.
    static func files(_ parts: [Glob]) -> [String] {
        var found = [""]
        for part in parts {
            found = found.flatMap { folder -> [String] in
                if part.isLiteral { return ["\(folder)/\(part.text)"] }
                let names = TextFile.names(in: folder.isEmpty ? "/" : folder).filter(part.matches)
                return names.map { "\(folder)/\($0)" }
            }
        }
        return found
    }
}
