package import Detection

/// What the daemon is told to do. A new value holds the defaults.
public struct Configuration: Hashable, Sendable {
    /// `[output]`
    public var output = OutputSettings()
    /// `[state]`
    public var state = StateSettings()
    /// `[probes]`
    public var probes = ProbeSettings()
    /// `[netns]`
    public var netns = NetnsSettings()
    /// `[text]`
    public var text = TextSettings()
    /// `[config_files]`
    public var configFiles = ConfigFilesSettings()
    /// `[services]`
    public var services = ServicesSettings()
    /// `[detection]`
    public var detection = DetectionSettings()
    /// `[[trust]]`
    var trust: [TrustSettings] = []
    /// `[[maintenance]]`
    var maintenance: [MaintenanceSettings] = []

    /// The defaults.
    public init() {}
}

extension Configuration {
    /// What the detector goes by: `[detection]`, `[[trust]]` and `[[maintenance]]`.
    package var tuning: Tuning {
        var tuning = detection.tuning
        tuning.trust = trust.map(\.entry)
        tuning.windows = maintenance.compactMap(\.window)
        return tuning
    }
}

extension Configuration: ConfigurationSection {
    static var keys: [Key<Configuration>] {
        [
            Key("output", \.output),
            Key("state", \.state),
            Key("probes", \.probes),
            Key("netns", \.netns),
            Key("config_files", \.configFiles),
            Key("text", \.text),
            Key("services", \.services),
            Key("detection", \.detection),
            Key(entries: "trust", \.trust),
            Key(entries: "maintenance", \.maintenance),
        ]
    }
}

extension Configuration {
    /// Takes over what the text of one file says, key by key. Returns what is wrong with it.
    mutating func apply(_ text: [UInt8], file: String) -> [ConfigurationError] {
        var diagnostics = Diagnostics(file: file, text: text)
        if let root = Document.parse(text, &diagnostics) { apply(root, "", &diagnostics) }
        return diagnostics.finished()
    }

    /// A duration as the keys have it: `500ms`, `30s`, `10m`, `1h`, `2d`; nil: it is none.
    package static func duration(_ text: String) -> Duration? { Quantity.duration(text) }

    /// Reads one text, for instance of a test.
    public init(parsing text: String, file: String = "wallwatch.toml") throws(ConfigurationErrors) {
        self.init()
        let errors = apply(Array(text.utf8), file: file)
        guard errors.isEmpty else { throw ConfigurationErrors(errors: errors) }
    }
}
