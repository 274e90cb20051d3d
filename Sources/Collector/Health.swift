internal import Output
internal import Probes

/// What was lost so far, and told.
struct Health {
    /// The longest the loop sleeps: a ring that nobody rang for is read after this, in nanoseconds.
    static let backstop: UInt64 = 1_000_000_000

    /// What lost lines are called, by class.
    static let lineKinds: [(String, LineClass)] = [
        ("process_lines", .process), ("firewall_lines", .firewall), ("alert_lines", .alert),
    ]

    var schedule: Schedule
    private(set) var told = Losses()
    private(set) var toldMalformed: UInt64 = 0
    private(set) var toldForged: UInt64 = 0
    private var hasToldExcess = false

    init(every interval: Duration, from now: UInt64) {
        schedule = Schedule(every: interval, from: now)
    }

    /// What was lost since the last time this was asked; nil for nothing.
    mutating func news(
        _ losses: Losses, malformed: UInt64, forged: UInt64, lines: LineLosses, unreadable: UInt64 = 0, torn: UInt64 = 0
    ) -> News? {
        let news = News(
            lineage: losses.lineage &- told.lineage, firewall: losses.firewall &- told.firewall,
            other: losses.other &- told.other, refused: losses.refused &- told.refused,
            foreign: losses.foreign &- told.foreign,
            unread: losses.unread &- told.unread,
            malformed: malformed &- toldMalformed, forged: forged &- toldForged, lines: lines,
            unreadable: unreadable, torn: torn)
        told = losses
        toldMalformed = malformed
        toldForged = forged
        return news.isEmpty ? nil : news
    }

    /// Whether it is news that some namespaces have no room.
    mutating func isExcessNews(_ hasExcess: Bool) -> Bool {
        defer { hasToldExcess = hasExcess }
        return hasExcess && !hasToldExcess
    }

    struct News {
        /// What was lost beyond what was told, by a kernel half that has no collector any more; nil for nothing.
        init?(_ losses: Losses, beyond told: [UInt64]) {
            func beyond(_ count: UInt64, _ index: Int) -> UInt64 {
                let known = index < told.count ? told[index] : 0
                return count > known ? count - known : 0
            }
            lineage = beyond(losses.lineage, 0)
            firewall = beyond(losses.firewall, 1)
            other = beyond(losses.other, 2)
            refused = beyond(losses.refused, 3)
            unread = beyond(losses.unread, 4)
            foreign = beyond(losses.foreign, 5)
            guard !isEmpty else { return nil }
        }

        init(
            lineage: UInt64 = 0, firewall: UInt64 = 0, other: UInt64 = 0, refused: UInt64 = 0, foreign: UInt64 = 0,
            unread: UInt64 = 0,
            malformed: UInt64 = 0, forged: UInt64 = 0, lines: LineLosses = .none, unreadable: UInt64 = 0,
            torn: UInt64 = 0
        ) {
            self.lineage = lineage
            self.firewall = firewall
            self.other = other
            self.refused = refused
            self.foreign = foreign
            self.unread = unread
            self.malformed = malformed
            self.forged = forged
            self.lines = lines
            self.unreadable = unreadable
            self.torn = torn
        }

        var lineage: UInt64
        var firewall: UInt64
        var other: UInt64
        var refused: UInt64
        var foreign: UInt64
        var unread: UInt64
        var malformed: UInt64 = 0
        var forged: UInt64 = 0
        var lines = LineLosses.none
        /// Bytes of the spill file that could not be read back, and of a line that an earlier collector left torn.
        var unreadable: UInt64 = 0
        var torn: UInt64 = 0

        /// By the names that `lost` and the metrics have for them.
        var counts: [(kind: String, count: UInt64)] {
            [
                ("lineage", lineage), ("firewall", firewall), ("other", other), ("refused_attempts", refused),
                ("user_namespaces", foreign), ("unread", unread), ("malformed", malformed),
                ("forged_notifications", forged),
            ]
                + Health.lineKinds.map { ($0.0, lines[$0.1]) }
                + [
                    ("spill_bytes", unreadable), ("torn_bytes", torn),
                ]
        }

        var isEmpty: Bool { counts.allSatisfy { $0.count == 0 } }
    }
}
