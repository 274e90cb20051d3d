/// What every event says of where it comes from.
public struct Facts: Sendable {
    public var hostID: String
    public var hostname: String
    public var bootID: String
    public var kernel: String
    public var version: String
    /// Of this installation, and of this run of it.
    public var agentID: String
    public var ephemeralID: String

    public init(
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
public struct Names {
    public var user: (UInt32) -> String?
    public var group: (UInt32) -> String?

    public init(user: @escaping (UInt32) -> String?, group: @escaping (UInt32) -> String?) {
        self.user = user
        self.group = group
    }
}
