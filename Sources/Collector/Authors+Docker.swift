internal import Host
internal import Lineage
internal import Records
internal import Services

/// Who speaks to dockerd when it is about to change a firewall.
extension Authors {
    /// How often it is looked at most, and how long after the change it is too late, in nanoseconds: who asked waits for an
    /// answer, and dockerd for several runs of iptables; but he who had his may be gone, and another be taken for him.
    private static let pause: UInt64 = 50_000_000
    private static let patience: UInt64 = 5_000_000

    func lookForDockerClients(above process: Process, at time: UInt64) {
        guard let dockerd = process.chain.prefix(4).first(where: \.isDockerd) else { return }
        let isRecent = lastLook.map { $0.dockerd == dockerd.id && $0.at &+ Self.pause > Clock.boottime } ?? false
        guard !isRecent, Clock.boottime <= time &+ Self.patience else { return }
        let clients = SocketClients.of(dockerd.id.pid, path: "/docker.sock")
        guard Clock.boottime <= time &+ Self.patience else { return }
        askers.connected(clients.compactMap(findProcess), to: dockerd.id, at: time)
        lastLook = (dockerd.id, Clock.boottime)
    }
}
