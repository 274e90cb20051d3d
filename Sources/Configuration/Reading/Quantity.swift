/// Durations and sizes as people write them: a whole number and a unit, nothing between.
package enum Quantity {
    /// `500ms`, `30s`, `10m`, `1h`, `2d`.
    package static func duration(_ text: String) -> Duration? {
        guard let (number, unit) = split(text) else { return nil }
        let milliseconds: Int? =
            switch unit {
            case "ms": number
            case "s": product(number, 1000)
            case "m": product(number, 60_000)
            case "h": product(number, 3_600_000)
            case "d": product(number, 86_400_000)
            default: nil
            }
        return milliseconds.map { .milliseconds($0) }
    }

    /// `512B`, `256KiB`, `8MiB`, `1GiB`.
    static func bytes(_ text: String) -> Int? {
        guard let (number, unit) = split(text) else { return nil }
        return switch unit {
        case "B": number
        case "KiB": product(number, 1 << 10)
        case "MiB": product(number, 1 << 20)
        case "GiB": product(number, 1 << 30)
        default: nil
        }
    }

    /// The largest unit that leaves a whole number.
    static func spell(bytes: Int) -> String {
        for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] where bytes > 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)"
    }

    /// The largest unit that leaves a whole number.
    static func spell(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        guard attoseconds == 0 else { return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms" }
        for (unit, length) in [("d", 86_400), ("h", 3600), ("m", 60)] where seconds > 0 && seconds % Int64(length) == 0
        {
            return "\(seconds / Int64(length))\(unit)"
        }
        return "\(seconds)s"
    }

    private static func split(_ text: String) -> (number: Int, unit: Substring)? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        return (number, text.dropFirst(digits.count))
    }

    private static func product(_ number: Int, _ factor: Int) -> Int? {
        let (result, overflow) = number.multipliedReportingOverflow(by: factor)
        // Beyond this, Duration's own arithmetic would trap.
        return overflow || result > 1 << 53 ? nil : result
    }
}
