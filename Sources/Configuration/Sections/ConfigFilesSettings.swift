/// `[config_files]`: which files are watched that decide the firewall after the next boot or reload.
public struct ConfigFilesSettings: Hashable, Sendable {
    /// Whether any are.
    public var watch = true
    /// Others beside those that wallwatch knows: absolute paths, with `*` and `?` in names, or `/**` at the end for all
    /// that is in a folder.
    public var paths: [String] = []
    /// Whether the lines that changed are told.
    public var diff = true
}

extension ConfigFilesSettings: ConfigurationSection {
    static var keys: [Key<ConfigFilesSettings>] {
        [
            Key("watch", \.watch, .boolean),
            Key("paths", \.paths, .list(of: .filePattern)),
            Key("diff", \.diff, .boolean),
        ]
    }
}

extension Reader<String> {
    fileprivate static var filePattern: Reader {
        Reader(expected: "an absolute path, where * stands for anything in a name and /** for all in a folder") {
            value in
            guard case .string(let text) = value, text.utf8.first == UInt8(ascii: "/") else { return nil }
            let names = text.split(separator: "/")
            let isPlain = !names.contains("..") && !names.contains(".") && !names.dropLast().contains("**")
            return isPlain && !names.isEmpty && names.first != "**" ? text : nil
        }
    }
}
