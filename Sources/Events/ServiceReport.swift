package import Services

/// A firewall service that began or ended, and where.
package struct ServiceReport {
    package var event: ServiceEvent
    package var netns: NetnsReport

    package init(event: ServiceEvent, netns: NetnsReport) {
        self.event = event
        self.netns = netns
    }
}
