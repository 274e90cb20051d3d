public import SystemPackage

/// Which files make up the configuration.
public struct ConfigurationSource: Hashable, Sendable {
    /// The main file.
    public let file: FilePath
    /// Whether it must be there.
    public let isRequired: Bool
    /// A directory whose `*.toml` files follow in the order of their names, if there are any.
    public let dropIns: FilePath?

    /// Any combination.
    public init(file: FilePath, isRequired: Bool, dropIns: FilePath?) {
        self.file = file
        self.isRequired = isRequired
        self.dropIns = dropIns
    }

    /// `/etc/wallwatch/wallwatch.toml` and `/etc/wallwatch/conf.d/*.toml`, each of them optional.
    public static var standard: ConfigurationSource {
        ConfigurationSource(
            file: "/etc/wallwatch/wallwatch.toml", isRequired: false, dropIns: "/etc/wallwatch/conf.d")
    }

    /// One file that somebody named, and nothing that happens to lie beside it.
    public static func named(_ file: FilePath) -> ConfigurationSource {
        ConfigurationSource(file: file, isRequired: true, dropIns: nil)
    }
}

extension Configuration {
    /// Reads the files one after another; a later one overrides an earlier one key by key.
    ///
    /// All files are read whatever is wrong with one of them, so that all errors are known at once.
    public init(loading source: ConfigurationSource = .standard) throws(ConfigurationErrors) {
        self.init()
        var errors = load(source.file, isRequired: source.isRequired)
        if let directory = source.dropIns {
            do throws(Errno) {
                let names = try FileAccess.names(in: directory).filter { $0.hasSuffix(".toml") && !$0.hasPrefix(".") }
                // By bytes, so that the order is the same whatever the locale and Unicode version.
                for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
                    errors += load(directory.appending(name), isRequired: true)
                }
            } catch  where error != .noSuchFileOrDirectory {
                errors.append(.unreadable(directory, error))
            } catch {}
        }
        guard errors.isEmpty else { throw ConfigurationErrors(errors: errors) }
    }

    private mutating func load(_ file: FilePath, isRequired: Bool) -> [ConfigurationError] {
        do throws(Errno) {
            // One byte more than is allowed tells what is too long.
            let text = try FileAccess.read(file, atMost: Document.maximumBytes + 1)
            return apply(text, file: file.string)
        } catch  where error == .noSuchFileOrDirectory && !isRequired {
            return []
        } catch {
            return [.unreadable(file, error)]
        }
    }
}

extension ConfigurationError {
    fileprivate static func unreadable(_ path: FilePath, _ error: Errno) -> ConfigurationError {
        let reason = error == .invalidArgument ? "is not a regular file" : "cannot be read: \(error)"
        return ConfigurationError(file: path.string, line: 0, column: 0, message: "\(reason); expected a TOML file")
    }
}
