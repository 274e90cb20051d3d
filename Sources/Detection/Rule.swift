/// What an alert is about. The ids are stable: analysts' own rules refer to them.
package enum Rule: String, CaseIterable, Comparable, Sendable, Codable {
    case suddenDrop = "WW001"
    case emptied = "WW002"
    case policyOpened = "WW003"
    case dormant = "WW004"
    case setEmptied = "WW005"
    case shadowed = "WW006"
    case erosion = "WW007"
    case serviceEnded = "WW008"
    case moduleUnloaded = "WW009"
    case configurationWeakened = "WW010"
    case tampered = "WW011"
    case unattributed = "WW012"
    case suspiciousWriter = "WW013"

    /// A short sentence, for people.
    package var name: String {
        switch self {
        case .suddenDrop: "Sudden drop of effective firewall rules"
        case .emptied: "Firewall emptied"
        case .policyOpened: "Firewall policy opened"
        case .dormant: "Firewall table set dormant"
        case .setEmptied: "Set of a blocking rule emptied"
        case .shadowed: "Blocking rules shadowed or replaced"
        case .erosion: "Slow erosion of the firewall"
        case .serviceEnded: "Firewall service stopped or killed"
        case .moduleUnloaded: "Firewall module unloaded"
        case .configurationWeakened: "Firewall configuration weakened"
        case .tampered: "Collector tampered with"
        case .unattributed: "Firewall weakened by nobody that was seen"
        case .suspiciousWriter: "Firewall changed by a suspicious process"
        }
    }

    package static func < (left: Rule, right: Rule) -> Bool { left.rawValue < right.rawValue }
}

/// How bad it is, by the score, and in the numbers of `event.severity` that Elastic's rules use.
package enum Severity: String, CaseIterable, Sendable {
    case low
    case medium
    case high
    case critical

    package init(score: Int) {
        self =
            switch score {
            case ..<40: .low
            case ..<60: .medium
            case ..<80: .high
            default: .critical
            }
    }

    package var number: Int {
        switch self {
        case .low: 21
        case .medium: 47
        case .high: 73
        case .critical: 99
        }
    }
}
