/// `[output]`: the lines and where they go.
public struct OutputSettings: Hashable, Sendable {
    /// `-` for standard output, or an absolute path.
    public var path = "-"
    /// The shape of the lines.
    public var format = OutputFormat.ecs
    /// No line is longer.
    public var maxLineBytes = 8000
    /// Whether the operations that do not fit follow in lines of their own.
    public var detail = true
    /// Which lines are written at all.
    public var emit: Set<EventClass> = [.firewall, .firewallProcess, .state]
}

/// The shape of the lines.
public enum OutputFormat: String, CaseIterable, Hashable, Sendable {
    /// Elastic Common Schema.
    case ecs
    /// Open Cybersecurity Schema Framework.
    case ocsf
}

/// Events that are asked for together, by `output.emit` and `--emit`.
public enum EventClass: String, CaseIterable, Hashable, Sendable {
    /// Firewall changes, failures, services, files.
    case firewall
    /// The processes behind firewall changes.
    case firewallProcess = "firewall-process"
    /// Every process event.
    case process
    /// The recorded stream, for `wallwatch replay`.
    case record
    /// The collector's own figures.
    case health
    /// Full counts at intervals.
    case state
}

extension OutputSettings: ConfigurationSection {
    static var keys: [Key<OutputSettings>] {
        [
            Key("path", \.path, .outputPath),
            Key("format", \.format, .choice),
            Key("max_line_bytes", \.maxLineBytes, .size(1024...65_536)),
            Key("detail", \.detail, .boolean),
            Key("emit", \.emit, .set(of: .choice)),
        ]
    }
}

extension Reader<String> {
    /// Standard output or a file.
    fileprivate static var outputPath: Reader {
        Reader(expected: "\"-\" for standard output, or an absolute path") { value in
            guard case .string(let text) = value, text == "-" || text.utf8.first == UInt8(ascii: "/") else {
                return nil
            }
            return text
        }
    }
}
