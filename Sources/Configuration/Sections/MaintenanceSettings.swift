internal import Detection

/// `[[maintenance]]`: when changes are expected.
struct MaintenanceSettings: Hashable, Sendable {
    var name = ""
    var reason = ""
    // Once.
    var from: Int64?
    var to: Int64?
    // Every week.
    var days: Set<Weekday> = []
    var at: Int?
    var length: Duration?
    var zone = Zone(name: "UTC", offsets: .utc)

    init() {}

    /// What it says, once ``complete(_:)`` has found nothing wrong.
    var window: MaintenanceWindow? {
        if let from, let to {
            return MaintenanceWindow(name: name, reason: reason, time: .once(from: from, to: to))
        }
        guard let at, let length else { return nil }
        let days = Set((days.isEmpty ? Set(Weekday.allCases) : days).map(\.number))
        return MaintenanceWindow(
            name: name, reason: reason,
            time: .weekly(days: days, minute: at, seconds: length.components.seconds, zone.offsets))
    }

    /// A place of the time zone database.
    struct Zone: Hashable, Sendable {
        var name: String
        var offsets: ZoneOffsets
    }
}

enum Weekday: String, CaseIterable, Hashable, Sendable {
    case monday
    case tuesday
    case wednesday
    case thursday
    case friday
    case saturday
    case sunday

    /// 0: Monday.
    var number: Int { Weekday.allCases.firstIndex(of: self) ?? 0 }
}

extension MaintenanceSettings: ConfigurationEntry {
    static var keys: [Key<MaintenanceSettings>] {
        [
            Key("name", \.name, .someText),
            Key("reason", \.reason, .someText),
            Key("from", \.from, .moment),
            Key("to", \.to, .moment),
            Key("days", \.days, .set(of: .choice)),
            Key("at", \.at, .timeOfDay),
            Key("for", \.length, .duration(.seconds(60)...(.seconds(7 * 86_400)))),
            Key("timezone", \.zone, .timeZone),
        ]
    }

    mutating func complete(_ path: String) -> String? {
        if name.isEmpty { name = path }
        if reason.isEmpty { return "found no reason in \(path), expected a sentence for whoever reads the events" }
        switch (from, to, at, length) {
        case (let from?, let to?, nil, nil):
            guard days.isEmpty else { return "found days beside from and to in \(path), expected at and for with them" }
            return from < to ? nil : "found a window that ends before it begins in \(path)"
        case (nil, nil, _?, _?): return nil
        default: return "found no whole window in \(path), expected from and to, or at and for"
        }
    }
}

extension Reader<Int> {
    /// `22:30`, in minutes from midnight.
    fileprivate static var timeOfDay: Reader {
        Reader(expected: "a time of the day as \"22:30\"") { value in
            guard case .string(let text) = value else { return nil }
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.allSatisfy(\.isWholeNumber) }),
                let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
            else { return nil }
            return hour * 60 + minute
        }
    }
}

extension Reader<MaintenanceSettings.Zone> {
    fileprivate static var timeZone: Reader {
        Reader(expected: "a time zone as \"Europe/Berlin\"") { value in
            guard case .string(let text) = value, let offsets = ZoneOffsets(named: text) else { return nil }
            return MaintenanceSettings.Zone(name: text, offsets: offsets)
        }
    }
}
