/// A table of the configuration: its defaults are its initial values, its keys are listed once.
///
/// A new section is one file with such a type, and one line in `Configuration`.
protocol ConfigurationSection {
    /// Every key that may stand in the table.
    static var keys: [Key<Self>] { get }
}

/// A table of which there may be several.
protocol ConfigurationEntry: ConfigurationSection {
    init()
    /// Called when all keys are read. Returns what is wrong with the whole.
    mutating func complete(_ path: String) -> String?
}

/// A key of a table and what its value does to the settings.
struct Key<Section> {
    let name: String
    /// A key that a later version will know.
    var isReserved = false
    let apply: (inout Section, Node, _ path: String, inout Diagnostics) -> Void

    /// A key whose value `reader` understands.
    init<Value>(_ name: String, _ setting: WritableKeyPath<Section, Value>, _ reader: Reader<Value>) {
        self.name = name
        apply = { section, node, path, diagnostics in
            if let value = reader.read(node, path, &diagnostics) { section[keyPath: setting] = value }
        }
    }

    /// The same, of a setting that has no default.
    init<Value>(_ name: String, _ setting: WritableKeyPath<Section, Value?>, _ reader: Reader<Value>) {
        self.name = name
        apply = { section, node, path, diagnostics in
            if let value = reader.read(node, path, &diagnostics) { section[keyPath: setting] = value }
        }
    }

    /// A key whose value is a table. It changes what it names and leaves the rest.
    init<Inner: ConfigurationSection>(_ name: String, _ setting: WritableKeyPath<Section, Inner>) {
        self.name = name
        apply = { section, node, path, diagnostics in
            section[keyPath: setting].apply(node, path, &diagnostics)
        }
    }

    /// A key whose value is an array of tables, each added to what other files say.
    init<Entry: ConfigurationEntry>(entries name: String, _ setting: WritableKeyPath<Section, [Entry]>) {
        self.name = name
        apply = { section, node, path, diagnostics in
            guard case .array(let nodes) = node.value else {
                return diagnostics.report(
                    at: node.place.value, "found \(node.found) for \(path), expected an array of tables, [[\(path)]]")
            }
            for node in nodes {
                var entry = Entry()
                let place = "\(path)[\(section[keyPath: setting].count)]"
                let errors = diagnostics.errors.count
                entry.apply(node, place, &diagnostics)
                guard diagnostics.errors.count == errors else { continue }
                if let wrong = entry.complete(place) {
                    diagnostics.report(at: node.place.key, wrong)
                } else {
                    section[keyPath: setting].append(entry)
                }
            }
        }
    }

    /// A key that is refused until a later version knows it.
    init(reserved name: String) {
        self.name = name
        isReserved = true
        apply = { _, node, path, diagnostics in
            diagnostics.report(at: node.place.key, "found \(path), which this version does not know yet; remove it")
        }
    }
}

extension ConfigurationSection {
    /// Takes over what a table says; reports what it should not.
    mutating func apply(_ node: Node, _ path: String, _ diagnostics: inout Diagnostics) {
        guard case .table(let members) = node.value else {
            return diagnostics.report(at: node.place.value, "found \(node.found) for \(path), expected a table")
        }
        let keys = Self.keys
        for member in members {
            let memberPath = path.isEmpty ? member.key.quotedIfNeeded : path + "." + member.key.quotedIfNeeded
            if let key = keys.first(where: { $0.name == member.key }) {
                key.apply(&self, member.node, memberPath, &diagnostics)
            } else {
                let known = keys.filter { !$0.isReserved }.map(\.name).joined(separator: ", ")
                let place = path.isEmpty ? "" : " in [\(path)]"
                diagnostics.report(
                    at: member.node.place.key,
                    "found the unknown key \(member.key.quotedIfNeeded)\(place), expected one of \(known)")
            }
        }
    }
}

extension String {
    /// As TOML spells a key: bare where it can be.
    var quotedIfNeeded: String {
        let isBare = utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard utf8.count <= 60 else { return String(unicodeScalars.prefix(60)).debugDescription + "…" }
        return isBare && !isEmpty ? self : debugDescription
    }
}
