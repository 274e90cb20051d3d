import Configuration
import SystemPackage

extension ConfigurationSource {
    /// What `--config` names, and nothing else; without it what the system has.
    init(option file: String?) { self = file.map { .named(FilePath($0)) } ?? .standard }
}

extension Configuration {
    /// The same, read; ends the command if it is wrong.
    init(option file: String?) throws {
        self = try Exit.onFailure { try Configuration(loading: ConfigurationSource(option: file)) }
    }
}
