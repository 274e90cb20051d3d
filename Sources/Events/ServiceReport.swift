package import Services

/// A firewall service that began or ended, where, and on whose behalf.
package struct ServiceReport {
    package var event: ServiceEvent
    package var netns: NetnsReport
    /// nil: nobody asked its author to.
    package var initiator: Askers.Initiator?

    package init(event: ServiceEvent, netns: NetnsReport, initiator: Askers.Initiator?) {
        self.event = event
        self.netns = netns
        self.initiator = initiator
    }
}
