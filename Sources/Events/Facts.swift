/// What every event says of where it comes from.
package struct Facts: Sendable {
    package var hostID: String
    package var hostname: String
    package var bootID: String
    package var kernel: String
    package var version: String
    /// Of this installation, and of this run of it.
    package var agentID: String
    package var ephemeralID: String

    package init(
        hostID: String, hostname: String, bootID: String, kernel: String, version: String, agentID: String,
        ephemeralID: String
    ) {
        self.hostID = hostID
        self.hostname = hostname
        self.bootID = bootID
        self.kernel = kernel
        self.version = version
        self.agentID = agentID
        self.ephemeralID = ephemeralID
    }
}

/// Names for numbers, looked up by whoever has the files.
package struct Names {
    package var user: (UInt32) -> String?
    package var group: (UInt32) -> String?

    package init(user: @escaping (UInt32) -> String?, group: @escaping (UInt32) -> String?) {
        self.user = user
        self.group = group
    }
}
