/// Figures in Prometheus' text format: families with their help and type, samples with their labels.
public struct Exposition: Sendable {
    /// What a figure does over time.
    public enum Kind: String, Sendable {
        /// It only grows, until the process begins anew. Its name ends in `_total`.
        case counter
        case gauge
    }

    /// One figure.
    public struct Sample: Sendable {
        var labels: [(String, String)]
        var value: Double

        /// A figure with what it is of.
        public init(_ value: Double, _ labels: [(String, String)] = []) {
            self.value = value
            self.labels = labels
        }
    }

    private var text = ""

    /// No figures.
    public init() {}

    /// The whole, for a file.
    public var bytes: [UInt8] { Array(text.utf8) }

    /// Adds a family; one without samples is left out.
    public mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            text += name
            if !sample.labels.isEmpty {
                let labels = sample.labels.map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
                text += "{\(labels.joined(separator: ","))}"
            }
            text += " \(Self.spelled(sample.value))\n"
        }
    }

    /// Adds a family of one figure.
    public mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        add(name, kind, help, [Sample(value)])
    }

    private static func spelled(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return String(whole) }
        if value.isNaN { return "NaN" }
        return value.isInfinite ? (value < 0 ? "-Inf" : "+Inf") : "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
