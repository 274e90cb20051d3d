public import Patterns

/// `[netns]`: which network namespaces are watched.
public struct NetnsSettings: Hashable, Sendable {
    /// Which.
    public var watch = WatchedNamespaces.all
    /// How many at most. What lies beyond is reported as not covered.
    public var max = 1024
    /// Which, where `watch` says that a list tells.
    public var match: [NetnsPattern] = []
}

/// Which network namespaces are watched. The one the daemon was started in always is.
public enum WatchedNamespaces: String, CaseIterable, Hashable, Sendable {
    /// No other.
    case host
    /// Every one there is and will be.
    case all
    /// Those that `match` names.
    case match
}

extension NetnsSettings: ConfigurationSection {
    static var keys: [Key<NetnsSettings>] {
        [
            Key("watch", \.watch, .choice),
            Key("max", \.max, .integer(1...65_536)),
            Key("match", \.match, .list(of: .namespacePattern)),
        ]
    }
}

/// Namespaces that are named by what leads to them.
public enum NetnsPattern: Hashable, Sendable {
    /// The name under which it is mounted by `ip netns` or Docker.
    case name(Glob)
    /// A file that is one, by its absolute path, part by part.
    case path([Glob])
    /// A container with a process in it: a part of its control group's path, or the end of one.
    case container(Glob)

    /// Reads `NAME`, `/PATH` or `container:ID`; nil for what names nothing.
    public init?(_ text: String) {
        let container = "container:"
        if text.hasPrefix(container) {
            guard text.count > container.count, !text.utf8.contains(UInt8(ascii: "/")) else { return nil }
            self = .container(Glob(String(text.dropFirst(container.count))))
        } else if text.utf8.first == UInt8(ascii: "/") {
            let parts = text.split(separator: "/")
            guard !parts.isEmpty, !parts.contains(".."), !parts.contains(".") else { return nil }
            self = .path(parts.map { Glob(String($0)) })
        } else {
            guard !text.isEmpty, !text.utf8.contains(UInt8(ascii: "/")) else { return nil }
            self = .name(Glob(text))
        }
    }

    /// Whether it names a container by the path of a control group.
    ///
    /// The runtimes wrap the id (`docker-ID.scope`, `cri-containerd-ID.scope`, `lxc.payload.NAME`): of each part of
    /// the path, what follows a `-`, `.` or `:` counts as well, with and without the unit's ending.
    public func matches(controlGroup path: String) -> Bool {
        guard case .container(let glob) = self else { return false }
        return path.split(separator: "/").contains { part in
            var names = [part]
            for ending in [".scope", ".service", ".slice"] where part.hasSuffix(ending) {
                names.append(part.dropLast(ending.count))
            }
            return names.contains { name in
                glob.matches(name)
                    || name.indices.contains { "-.:".contains(name[$0]) && glob.matches(name[$0...].dropFirst()) }
            }
        }
    }
}

extension Reader<NetnsPattern> {
    fileprivate static var namespacePattern: Reader {
        let expected = "a name, an absolute path or \"container:ID\", where * stands for anything"
        return Reader(expected: expected) { value in
            if case .string(let text) = value { NetnsPattern(text) } else { nil }
        }
    }
}
