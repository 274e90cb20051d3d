internal import Detection
internal import Patterns

/// `[[trust]]`: who may change what without an alert.
struct TrustSettings: Hashable, Sendable {
    var entry = Trust()

    init() {}
}

extension TrustSettings: ConfigurationEntry {
    static var keys: [Key<TrustSettings>] {
        [
            Key("name", \.entry.name, .someText),
            Key("reason", \.entry.reason, .someText),
            Key("expires", \.entry.expires, .moment),
            Key("executable", \.entry.executables, .globs(.path)),
            Key("script", \.entry.scripts, .globs(.path)),
            Key("sha256", \.entry.hashes, .someOf(.sha256)),
            Key("ancestor", \.entry.ancestors, .globs(.path)),
            Key("unit", \.entry.units, .globs(.name)),
            Key("container", \.entry.containers, .globs(.name)),
            Key("user", \.entry.users, .globs(.name)),
            Key("login", \.entry.logins, .globs(.name)),
            Key("backend", \.entry.backends, .globs(.name)),
            Key("table", \.entry.tables, .globs(.name)),
            Key("chain", \.entry.chains, .globs(.name)),
            Key("set", \.entry.sets, .globs(.name)),
            Key("file", \.entry.files, .globs(.path)),
            Key("service", \.entry.services, .globs(.name)),
            Key("may_empty", \.entry.mayEmpty, .boolean),
        ]
    }

    mutating func complete(_ path: String) -> String? {
        if entry.name.isEmpty { entry.name = path }
        if entry.reason.isEmpty {
            return "found no reason in \(path), expected a sentence for whoever reads the events"
        }
        guard entry.isNarrow else {
            return
                "found nobody in \(path), expected at least one of executable, script, sha256, ancestor, unit, container"
        }
        return nil
    }
}

extension Reader<Glob> {
    /// An absolute path, where `*` and `?` stand for what they stand for in names.
    fileprivate static var path: Reader {
        Reader(expected: "an absolute path, where * stands for anything") { value in
            guard case .string(let text) = value, text.utf8.first == UInt8(ascii: "/"), text.utf8.count > 1 else {
                return nil
            }
            // Every program there is would be no condition.
            return text.dropFirst().allSatisfy { $0 == "*" || $0 == "/" } ? nil : Glob(text)
        }
    }

    fileprivate static var name: Reader {
        Reader(expected: "a name, where * stands for anything") { value in
            guard case .string(let text) = value, !text.isEmpty, !text.allSatisfy({ $0 == "*" }) else { return nil }
            return Glob(text)
        }
    }
}

extension Reader<[Glob]> {
    fileprivate static func globs(_ element: Reader<Glob>) -> Reader { .someOf(element) }
}

extension Reader<String> {
    fileprivate static var sha256: Reader {
        Reader(expected: "a SHA-256 as 64 hexadecimal digits") { value in
            guard case .string(let text) = value, text.utf8.count == 64, text.allSatisfy(\.isHexDigit) else {
                return nil
            }
            return text.lowercased()
        }
    }

    static var someText: Reader {
        Reader(expected: "a text") { value in
            guard case .string(let text) = value, !text.isEmpty, text.utf8.count <= 512 else { return nil }
            return text
        }
    }
}
