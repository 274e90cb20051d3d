public import SystemPackage

/// `[state]`: what is kept over a restart, and how often the whole is looked at.
public struct StateSettings: Hashable, Sendable {
    /// Sequence number, last state, lock.
    public var directory: FilePath = "/var/lib/wallwatch"
    /// How often `firewall-state` lines are written.
    public var interval = Duration.seconds(3600)
    /// How often the model is compared with a dump.
    public var auditInterval = Duration.seconds(600)
}

extension StateSettings: ConfigurationSection {
    static var keys: [Key<StateSettings>] {
        [
            Key("directory", \.directory, .absolutePath),
            Key("interval", \.interval, .duration(.seconds(1)...(.seconds(30 * 86_400)))),
            Key("audit_interval", \.auditInterval, .duration(.seconds(1)...(.seconds(30 * 86_400)))),
        ]
    }
}

extension Reader<FilePath> {
    /// A path from the root.
    static var absolutePath: Reader {
        Reader(expected: "an absolute path") { value in
            guard case .string(let text) = value, text.utf8.first == UInt8(ascii: "/") else { return nil }
            return FilePath(text)
        }
    }
}
