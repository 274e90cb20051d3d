/// `[netns]`: which network namespaces are watched.
public struct NetnsSettings: Hashable, Sendable {
    /// Which.
    public var watch = WatchedNamespaces.all
    /// How many at most. What lies beyond is reported as not covered.
    public var max = 1024
}

/// Which network namespaces are watched.
public enum WatchedNamespaces: String, CaseIterable, Hashable, Sendable {
    /// The one the daemon was started in.
    case host
    /// Every one there is and will be.
    case all
}

extension NetnsSettings: ConfigurationSection {
    static var keys: [Key<NetnsSettings>] {
        [
            Key("watch", \.watch, .choice),
            Key("max", \.max, .integer(1...65_536)),
        ]
    }
}
