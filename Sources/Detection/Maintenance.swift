/// When changes are expected: `[[maintenance]]` of the configuration.
package struct MaintenanceWindow: Hashable, Sendable {
    package enum Time: Hashable, Sendable {
        /// From then until before then, in seconds since 1970.
        case once(from: Int64, to: Int64)
        /// On these days (0: Monday) at that minute of the day, for so many seconds, by the clocks of a place.
        case weekly(days: Set<Int>, minute: Int, seconds: Int64, ZoneOffsets)
    }

    package var name: String
    package var reason: String
    package var time: Time

    package init(name: String, reason: String, time: Time) {
        self.name = name
        self.reason = reason
        self.time = time
    }

    /// Whether it is open, in seconds since 1970.
    package func holds(_ now: Int64) -> Bool {
        switch time {
        case .once(let from, let to): return from <= now && now < to
        case .weekly(let days, let minute, let seconds, let zone):
            let local = now + zone.offset(at: now)
            let today = Self.day(local)
            return (Int64(0)...7).contains { back in
                let day = today - back
                let start = day * 86_400 + Int64(minute) * 60
                return days.contains(Self.weekday(day)) && start <= local && local < start + seconds
            }
        }
    }

    private static func day(_ seconds: Int64) -> Int64 {
        seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    }

    /// 0: Monday. The first of January 1970 was a Thursday.
    private static func weekday(_ day: Int64) -> Int { Int(((day + 3) % 7 + 7) % 7) }
}

/// By how much the clocks of a place are ahead of UTC.
package struct ZoneOffsets: Hashable, Sendable {
    package struct Change: Hashable, Sendable {
        /// In seconds since 1970.
        package var at: Int64
        package var offset: Int64

        package init(at: Int64, offset: Int64) {
            self.at = at
            self.offset = offset
        }
    }

    /// Oldest first; the first holds before it too.
    private let changes: [Change]

    package init(_ changes: [Change]) { self.changes = changes }

    package static let utc = ZoneOffsets([])

    func offset(at now: Int64) -> Int64 { (changes.last { $0.at <= now } ?? changes.first)?.offset ?? 0 }
}

/// Maintenance that was switched on by hand: `wallwatch maintenance start`.
package struct Pause: Hashable, Sendable, Codable {
    /// In seconds since 1970.
    package var until: Int64
    package var reason: String

    package init(until: Int64, reason: String) {
        self.until = until
        self.reason = reason
    }
}
