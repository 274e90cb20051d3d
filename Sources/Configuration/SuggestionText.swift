package import Detection

/// A proposal as a `[[trust]]` entry, with comments for whoever has to decide.
package struct SuggestionText {
    package let text: String

    package init(_ suggestion: Suggestion, file: String) {
        let who = suggestion.who
        let (tables, chains, sets) = suggestion.places
        var lines = [
            "# \(suggestion.count) changes from \(Moment.text(suggestion.first)) to \(Moment.text(suggestion.last)),",
            "# the first by: \(suggestion.example.oneLine)",
        ]
        if suggestion.emptied {
            lines.append("# Some left no effective rule at all: remove may_empty unless that is meant.")
        }
        let name = (who.script ?? who.unit ?? who.executable).split(separator: "/").last.map(String.init) ?? ""
        lines += ["[[trust]]", "name = \(Self.quoted(name))"]
        lines.append("reason = \(Self.quoted("suggested from \(file): to be confirmed"))")
        func add(_ key: String, _ value: String?) {
            if let value { lines.append("\(key) = \(Self.quoted(Self.literal(value)))") }
        }
        func add(_ key: String, _ values: [String]) {
            guard !values.isEmpty else { return }
            lines.append("\(key) = [\(values.map { Self.quoted(Self.literal($0)) }.joined(separator: ", "))]")
        }
        add("executable", who.executable)
        add("script", who.script)
        add("sha256", who.sha256)
        add("unit", who.unit)
        add("container", who.container)
        add("user", who.user)
        add("login", who.login)
        add("backend", suggestion.backends.sorted())
        add("table", tables)
        add("chain", chains)
        add("set", sets)
        add("file", suggestion.files.sorted())
        add("service", suggestion.services.sorted())
        if suggestion.emptied { lines.append("may_empty = true") }
        text = lines.joined(separator: "\n") + "\n"
    }

    /// What stands for itself in a pattern stands for one character in another's name: a star in a path is rare.
    private static func literal(_ text: String) -> String { text.replacing("*", with: "?") }

    /// A TOML basic string.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension String {
    /// Without what would end a comment.
    package var oneLine: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "?" : $0 }))
    }
}
