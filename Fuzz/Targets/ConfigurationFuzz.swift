@testable import Configuration

/// The reading of a configuration file: the walk that comes first, TOMLKit and toml++ behind it, and the sections.
enum ConfigurationFuzz: FuzzTarget {
    static let isText = true

    static func take(_ bytes: RawSpan) throws -> Bool {
        let text = bytes.array
        var configuration = Configuration()
        let errors = configuration.apply(text, file: "f")
        let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
        for error in errors {
            try demand(
                error.line >= 1 && error.line <= lines.count && error.column >= 1
                    && error.column <= lines[error.line - 1].count + 1,
                "\(error) has a place in the text")
        }
        _ = configuration.tuning
        guard errors.isEmpty else { return false }
        var again = Configuration()
        try demand(again.apply(text, file: "f").isEmpty && again == configuration, "the same text means the same")
        return !text.isEmpty
    }
}
