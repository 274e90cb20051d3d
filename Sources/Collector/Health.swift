internal import Output
internal import Probes

/// What was lost so far, and told.
struct Health {
    /// The longest the loop sleeps: a ring that nobody rang for is read after this, in nanoseconds.
    static let backstop: UInt64 = 1_000_000_000

    var schedule: Schedule
    private(set) var told = Losses()
    private(set) var toldMalformed: UInt64 = 0
    private(set) var toldForged: UInt64 = 0

    init(every interval: Duration, from now: UInt64) {
        schedule = Schedule(every: interval, from: now)
    }

    /// What was lost since the last time this was asked; nil for nothing.
    mutating func news(_ losses: Losses, malformed: UInt64, forged: UInt64, lines: LineLosses) -> News? {
        let news = News(
            lineage: losses.lineage &- told.lineage, firewall: losses.firewall &- told.firewall,
            other: losses.other &- told.other, refused: losses.refused &- told.refused,
            unread: losses.unread &- told.unread,
            malformed: malformed &- toldMalformed, forged: forged &- toldForged, lines: lines)
        told = losses
        toldMalformed = malformed
        toldForged = forged
        return news.isEmpty ? nil : news
    }

    struct News {
        var lineage: UInt64
        var firewall: UInt64
        var other: UInt64
        var refused: UInt64
        var unread: UInt64
        var malformed: UInt64
        var forged: UInt64
        var lines: LineLosses

        var isEmpty: Bool { lineage + firewall + other + refused + unread + malformed + forged + lines.total == 0 }
    }
}
