package import Services

/// A firewall service that began or ended, and where.
package struct ServiceReport {
    package var event: ServiceEvent
    package var netns: NetnsReport
    /// It ended because the machine, or its container, shuts down.
    package var isShuttingDown: Bool

    package init(event: ServiceEvent, netns: NetnsReport, isShuttingDown: Bool = false) {
        self.event = event
        self.netns = netns
        self.isShuttingDown = isShuttingDown
    }
}
