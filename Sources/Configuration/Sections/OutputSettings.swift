public import SystemPackage

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
    /// What stands before each line, within its longest length.
    public var linePrefix = ""
    /// What lines may wait in memory for a slow reader.
    public var queueBytes = 8 << 20
    /// And behind that on disk, in the state directory. 0: none.
    public var spillBytes = 64 << 20
    /// From which size on the file is followed by another. 0: somebody else does it, or nobody.
    public var rotateBytes = 0
    /// How many older ones are kept.
    public var rotateKeep = 5
    /// Where Prometheus' textfile collector finds the collector's figures.
    public var metricsFile: FilePath?
    /// How often they are written.
    public var metricsInterval = Duration.seconds(15)
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
            Key("line_prefix", \.linePrefix, .linePrefix),
            Key("queue_bytes", \.queueBytes, .size(64 << 10...1 << 30)),
            Key("spill_bytes", \.spillBytes, .sizeOrNone(64 << 10...64 << 30)),
            Key("rotate_bytes", \.rotateBytes, .sizeOrNone(64 << 10...1 << 40)),
            Key("rotate_keep", \.rotateKeep, .integer(1...1000)),
            Key("metrics_file", \.metricsFile, .absolutePath),
            Key("metrics_interval", \.metricsInterval, .duration(.seconds(1)...(.seconds(3600)))),
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

extension Reader<String> {
    /// What may stand before a line without making its beginning unclear.
    fileprivate static var linePrefix: Reader {
        Reader(expected: "up to 64 printable ASCII characters other than \"{\"") { value in
            guard case .string(let text) = value, text.utf8.count <= 64,
                text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "{") })
            else { return nil }
            return text
        }
    }
}
