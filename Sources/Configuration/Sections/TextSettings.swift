public import SystemPackage

/// `[text]`: what rules say, in the words of nft or iptables.
public struct TextSettings: Hashable, Sendable {
    /// In a namespace with more rules, summaries take their place. 0: nowhere any words.
    public var maxRules = 20_000
    /// The part of the time that may go into listing rules, in percent.
    public var budget = 5
    /// Another libnftables than the one that the system finds.
    public var library: FilePath?
}

extension TextSettings: ConfigurationSection {
    static var keys: [Key<TextSettings>] {
        [
            Key("max_rules", \.maxRules, .integer(0...1_000_000)),
            Key("budget", \.budget, .integer(1...100)),
            Key("library", \.library, .some(.absolutePath)),
        ]
    }
}

extension Reader {
    /// For a setting that need not be there.
    fileprivate static func some<Wrapped>(_ reader: Reader<Wrapped>) -> Reader where Value == Wrapped? {
        Reader(expected: reader.expected) { (node, path, diagnostics) -> Value? in
            reader.read(node, path, &diagnostics).map { .some($0) }
        }
    }
}
