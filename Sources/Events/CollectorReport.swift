package import Lineage

/// What the collector says of itself.
package struct CollectorReport {
    package enum Action: String, Sendable, CaseIterable {
        case started = "collector-started"
        case stopped = "collector-stopped"
        case health = "collector-health"
        case eventsLost = "collector-events-lost"
        case coverageChanged = "collector-coverage-changed"
        case tampered = "collector-tampered"
        case configReloaded = "collector-config-reloaded"
        case configRefused = "collector-config-refused"
        case maintenanceStarted = "collector-maintenance-started"
        case maintenanceEnded = "collector-maintenance-ended"
    }

    /// One value under `wallwatch.collector`.
    package enum Value: Sendable {
        case text(String)
        case number(Int)
        case flag(Bool)
        case list([String])
        indirect case group([(String, Value)])
    }

    package var action: Action
    package var reason: String?
    package var isFailure: Bool
    package var details: [(String, Value)]
    /// Who did it, for what others do to the collector.
    package var author: Process?

    package init(
        _ action: Action, reason: String? = nil, isFailure: Bool = false, details: [(String, Value)] = [],
        author: Process? = nil
    ) {
        self.action = action
        self.reason = reason
        self.isFailure = isFailure
        self.details = details
        self.author = author
    }
}
