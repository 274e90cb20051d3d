/// One thing that is wrong with a configuration file.
public struct ConfigurationError: Error, Hashable, Sendable {
    /// The file, as it was named.
    public let file: String
    /// The line, from 1; 0 when the file as a whole is meant (it cannot be read, say).
    public let line: Int
    /// The column, from 1, counted in Unicode scalars; 0 as for the line.
    public let column: Int
    /// What was found and what was expected.
    public let message: String
}

extension ConfigurationError: CustomStringConvertible {
    /// `file:line:column: message`
    public var description: String {
        line > 0 ? "\(file):\(line):\(column): \(message)" : "\(file): \(message)"
    }
}

/// Everything that is wrong with a configuration: at least one error, in the order of the files and lines.
public struct ConfigurationErrors: Error, Hashable, Sendable {
    /// The errors.
    public let errors: [ConfigurationError]
}

extension ConfigurationErrors: CustomStringConvertible {
    /// One error a line.
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}
