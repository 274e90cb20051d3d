internal import Host
internal import Output
internal import Probes

/// What the service manager is told: that the collector is ready, that it is alive, what it is about.
extension Collector {
    /// Every change from now on is told, and the line that says so is out.
    func tellReady() {
        guard let manager = options.manager else { return }
        _ = output.writer.drain(within: .seconds(1))
        manager.note(standing)
        manager.ready()
    }

    /// A sign of life, when the kernel half has just shown its own: a loop that turns and sees nothing is not alive.
    func tellAlive() {
        options.manager?.note(standing)
        if blinded.isEmpty { options.manager?.alive() }
    }

    func tellReloading() { options.manager?.reloading() }
    func tellStopping() { options.manager?.stopping() }

    private var standing: String {
        let count = namespaces.all.count
        var words = ["Watching \(count) network namespace\(count == 1 ? "" : "s")"]
        if !blinded.isEmpty { words.append("blind: \(blinded.map(\.rawValue).sorted().joined(separator: ", "))") }
        if isRefused { words.append("the new configuration was refused, the old one stays") }
        return words.joined(separator: "; ")
    }
}
