extension Event {
    /// Its `event.action`.
    package var action: String { Outline(self).action }

    /// That of the lines which tell what of a change found no room in its own.
    package static let detailAction = "firewall-change-detail"
}
