internal import Attribution
internal import Events
internal import Glibc
internal import Host
internal import Inventory
internal import Lineage
internal import Netlink
internal import NetlinkIO
internal import Records
internal import XTables

/// Legacy tables: they are replaced whole, and what was done is what differs.
extension Collector {
    func handle(_ replace: Record.XTablesReplace) {
        _ = namespace(replace.netns, pid: replace.author.task.process.pid)
        settleSets()
        // What an earlier request did must be seen before this one's doing covers it.
        look(at: Clock.boottime, before: replace)
        replaces.append(replace, author: lineage.process(of: replace.author))
    }

    /// Looks at legacy tables that were replaced, or should be by now.
    func look(at now: UInt64) {
        var looked = replaces
        looked.look(at: now) { waiting in see(waiting) }
        replaces = looked
    }

    /// Looks at legacy tables of a namespace before a later change in it is told, so that lines keep the order of
    /// the changes.
    func lookBefore(_ netns: NetnsRef) {
        var looked = replaces
        looked.look(in: netns) { waiting in see(waiting) }
        replaces = looked
    }

    /// Looks for the last time at what is waited for of the table that is about to be replaced again.
    private func look(at now: UInt64, before next: Record.XTablesReplace) {
        var looked = replaces
        let last = looked.remove { $0.netns == next.netns && $0.family == next.family && $0.table == next.table }
        replaces = looked
        for waiting in last { _ = see(waiting) }
    }

    private func see(_ waiting: PendingReplaces.Waiting) -> Bool {
        let replace = waiting.replace
        let name = String(decoding: replace.table, as: UTF8.self)
        guard let family = XTFamily(protocol: replace.family),
            let namespace = namespace(replace.netns, pid: replace.author.task.process.pid)
        else { return true }
        let tables = namespaces.open(namespace) { (descriptor) throws(NetlinkIOError) in
            try reader.legacy(in: descriptor, families: [family])
        }
        guard let tables else { return unread(waiting, family, name, namespace) }
        let id = FirewallState.LegacyID(family: family, name: name)
        guard let table = tables.first(where: { $0.name == name }) else { return waiting.isLast }
        switch waiting.outcome(from: namespace.state.legacy[id], seen: table) {
        case .notYet: return false
        case .refused: notReplaced(waiting, family, name, namespace)
        case .became(let table): became(table, id, waiting, namespace)
        }
        return true
    }

    private func became(
        _ table: XTable, _ id: FirewallState.LegacyID, _ waiting: PendingReplaces.Waiting, _ namespace: WatchedNamespace
    ) {
        var change = namespace.state.replace(legacy: id, with: table)
        // A table that the kernel only made, or that was written anew as it was: told where somebody asked for it.
        guard !change.isEmpty || waiting.replace.isPending else { return }
        change.operations.insert(
            Operation(
                .replaceTable, family: id.family.rawValue, table: id.name, count: table.ruleCount,
                detail: change.isEmpty ? "written as it was, or put back before it could be looked at" : nil), at: 0)
        send(change, of: waiting, id.family, namespace)
    }

    private func notReplaced(
        _ waiting: PendingReplaces.Waiting, _ family: XTFamily, _ name: String, _ namespace: WatchedNamespace
    ) {
        let author = waiting.replace.author
        guard let suppressed = limiter.admit(user: author.task.user, at: author.time) else { return }
        tell(
            .failed(
                FailureReport(
                    backend: family == .arp ? .arptables : .xtablesLegacy, netns: NetnsReport(namespace),
                    author: waiting.author, thread: author.task.thread, errno: 0, reason: "the table was not replaced",
                    operations: [Operation(.replaceTable, family: family.rawValue, table: name)],
                    rules: namespace.state.ruleCount, elements: namespace.state.elementCount, suppressed: suppressed)),
            by: author)
    }

    /// The namespace was gone before its table could be read. What the kernel did is told all the same.
    private func unread(
        _ waiting: PendingReplaces.Waiting, _ family: XTFamily, _ name: String, _ namespace: WatchedNamespace
    ) -> Bool {
        guard waiting.isLast || !waiting.replace.isPending else { return false }
        let state = namespace.state
        let operation = Operation(
            .replaceTable, family: family.rawValue, table: name,
            detail: "the namespace ended before the table could be read")
        let change = Change(
            operations: [operation], rules: Count(before: state.ruleCount, after: state.ruleCount),
            elements: Count(before: state.elementCount, after: state.elementCount))
        send(change, of: waiting, family, namespace)
        return true
    }

    private func send(
        _ change: Change, of waiting: PendingReplaces.Waiting, _ family: XTFamily, _ namespace: WatchedNamespace
    ) {
        let replace = waiting.replace
        notePlayed(replace.author, namespace)
        tell(
            .changed(
                ChangeReport(
                    backend: family == .arp ? .arptables : .xtablesLegacy, netns: NetnsReport(namespace),
                    family: family.rawValue, source: .kernel, change: change,
                    author: waiting.author, thread: replace.author.task.thread,
                    isWhileDown: isWhileDown(replace.author))), by: replace.author)
    }
}

extension XTFamily {
    /// From NFPROTO_*.
    init?(protocol number: UInt32) {
        switch number {
        case 2: self = .ipv4
        case 3: self = .arp
        case 10: self = .ipv6
        default: return nil
        }
    }
}
