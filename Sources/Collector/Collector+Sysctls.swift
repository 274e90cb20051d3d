internal import Events
internal import Lineage
internal import Records

/// Who turns switches of netfilter in the running kernel.
extension Collector {
    func handle(_ write: Record.SysctlWrite) {
        guard let known = FirewallSwitch(path: write.path) else { return }
        let effect = known.effect(of: write.after, on: write.before)
        guard effect != .none, let namespace = namespace(write.netns, task: write.author.task.thread) else { return }
        let report = SysctlReport(write, known, isWeaker: effect == .weaker, netns: NetnsReport(namespace))
        tell(
            .file(ConfigFileReport(report, author: lineage.process(of: write.author), time: write.author.time)),
            by: write.author)
    }
}
