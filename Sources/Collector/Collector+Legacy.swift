internal import Attribution
internal import Events
internal import Glibc
internal import Host
internal import Inventory
internal import Lineage
internal import Netlink
internal import NetlinkIO
internal import Probes
internal import Records
internal import XTables

/// Legacy tables: they are replaced whole, and what was done is what differs.
extension Collector {
    func handle(_ replace: Record.XTablesReplace) {
        namespace(replace.netns, task: replace.author.task.thread)?.note(task: replace.author.task.thread)
        settleBefore(replace.netns)
        let seesAnswers = probes.coverage.contains {
            $0.family == .xtables && ($0.tier == .full || $0.tier == .kprobe)
        }
        // What an earlier request did must be seen before this one's doing covers it.
        if !seesAnswers { look(before: replace) }
        replaces.append(replace, author: lineage.process(of: replace.author), expectsAnswer: seesAnswers)
    }

    /// The kernel answered a request.
    func handle(answer id: UInt64, error: Int32) {
        for told in replaces.answer(id, error: error, at: Clock.boottime) {
            switch told {
            case .refused(let waiting, let error): refused(waiting, error)
            case .became(let waiting, let table): became(table, waiting)
            case .unseen(let waiting): unseen(waiting, "replaced again before it could be looked at")
            }
        }
    }

    /// Looks at legacy tables that were replaced, or should be by now.
    func look(at now: UInt64) {
        var looked = replaces
        looked.look(at: now) { see(&$0) }
        replaces = looked
        for due in replaces.takeChecks(at: now) { check(due.key, at: now, isSecond: due.isSecond) }
    }

    /// Looks at legacy tables of a namespace before a later change in it is told, so that lines keep the order of
    /// the changes.
    func lookBefore(_ netns: NetnsRef) {
        var looked = replaces
        looked.look(in: netns) { see(&$0) }
        replaces = looked
    }

    /// Looks for the last time at what is waited for of the table that is about to be replaced again.
    private func look(before next: Record.XTablesReplace) {
        // A request that lay in the ring for long was acted on long ago.
        let isPast = next.author.time &+ 300_000_000 < Clock.boottime
        for var waiting in replaces.remove({ PendingReplaces.Key($0) == PendingReplaces.Key(next) }) {
            waiting.isCovered = isPast && waiting.asked == nil
            // From here on what differs may be the next one's doing.
            if !waiting.isTold { _ = see(&waiting) }
        }
    }

    private func see(_ waiting: inout PendingReplaces.Waiting) -> Bool {
        if waiting.isCovered {
            unseen(waiting, "replaced again before it could be looked at")
            return true
        }
        let name = waiting.name
        guard let family = waiting.family, let namespace = namespace(of: waiting) else { return true }
        guard let tables = tables(of: family, named: name, in: namespace) else {
            guard waiting.isLast || waiting.isAnswered else { return false }
            if waiting.isTold { return true }
            unseen(waiting, "the namespace ended before the table could be read")
            return true
        }
        if waiting.isAnswered { return seeAnswered(waiting, tables, namespace) }
        let id = FirewallState.LegacyID(family: family, name: name)
        guard let table = tables.first(where: { $0.name == name }) else { return waiting.isLast }
        switch waiting.outcome(from: namespace.state.legacy[id], seen: table) {
        case .notYet: return false
        case .unknown: return true
        case .refused:
            refused(waiting, 0)
            return true
        case .became(let table):
            if waiting.isTold {
                // Whoever came after this one is in the ring by now.
                probes.drain()
                if Self.isComing(waiting.key, inbox.waiting) { return true }
            }
            became(table, waiting)
        }
        // Where only the request is seen, and not all of it, the kernel may not have done it yet: then what was seen is what
        // another left unseen, and its own doing is still to come.
        waiting.isTold = true
        return waiting.asked != nil || waiting.isLast
    }

    /// The kernel replaced a table, and with what was not to be seen.
    private func seeAnswered(
        _ waiting: PendingReplaces.Waiting, _ tables: [XTable], _ namespace: WatchedNamespace
    ) -> Bool {
        // Whoever replaced it while it was read is in the ring by now; his turn comes after this one.
        probes.drain()
        var isTold = false
        for table in tables {
            let id = FirewallState.LegacyID(family: table.family, name: table.name)
            if table.name == waiting.name {
                isTold = true
                if replaces.isOther(table, than: waiting, inbox.waiting) {
                    unseen(waiting, "replaced again before it could be looked at")
                } else {
                    became(table, waiting)
                }
            } else if waiting.name.isEmpty, namespace.state.legacy[id] ?? XTable(untouched: table) != table {
                isTold = true
                became(table, waiting)
            } else if !isAwaited(table, like: waiting) {
                // A page does not hold the request: when the kernel read it again it may have been another.
                tell(
                    id.family.backend, namespace, namespace.state.replace(legacy: id, with: table),
                    "it is not as it was when another table was replaced")
            }
        }
        if !isTold { unseen(waiting, "written as it was, or gone before it could be looked at") }
        return true
    }

    private func isAwaited(_ table: XTable, like waiting: PendingReplaces.Waiting) -> Bool {
        var key = waiting.key
        key.table = Array(table.name.utf8)
        return replaces.isAwaited(key) || Self.isComing(key, inbox.waiting)
    }

    private static func isComing(_ key: PendingReplaces.Key, _ records: ArraySlice<Record>) -> Bool {
        records.contains { if case .xtables(let one) = $0 { PendingReplaces.Key(one).mayBe(key) } else { false } }
    }

    /// Compares a table with what was asked for, when it was let alone for a while.
    private func check(_ key: PendingReplaces.Key, at now: UInt64, isSecond: Bool) {
        let name = String(decoding: key.table, as: UTF8.self)
        guard let family = XTFamily(protocol: key.family), let namespace = namespaces[key.netns.inode],
            namespace.isSame(as: key.netns), let tables = tables(of: family, named: name, in: namespace)
        else { return }
        probes.drain()
        // Somebody is at it again.
        guard !Self.isComing(key, inbox.waiting) else { return replaces.check(key, at: now) }
        let id = FirewallState.LegacyID(family: family, name: name)
        let believed = namespace.state.legacy[id]
        let seen = tables.first { $0.name == name }
        guard seen != believed else { return }
        let isKept = if let seen, let believed { seen.isKept(of: believed) } else { false }
        // The replace of a 32-bit program is seen when its call returns: it may be at it.
        guard isKept || isSecond else { return replaces.check(key, at: now, isSecond: true) }
        let change = namespace.state.replace(legacy: id, with: seen)
        guard !isKept else { return }
        tell(family.backend, namespace, change, "the table is not what the requests to replace it asked for")
    }
}

/// From outcomes to lines.
extension Collector {
    private func became(_ table: XTable, _ waiting: PendingReplaces.Waiting) {
        guard let namespace = namespace(of: waiting) else { return }
        let id = FirewallState.LegacyID(family: table.family, name: table.name)
        var change = namespace.state.replace(legacy: id, with: table)
        let isCertain = waiting.expectsAnswer && waiting.asked != nil
        let same = isCertain ? "written as it was" : "written as it was, or put back before it could be looked at"
        change.operations.insert(
            Operation(
                .replaceTable, family: id.family.rawValue, table: id.name, count: table.ruleCount,
                detail: change.isEmpty ? same : nil), at: 0)
        send(change, of: waiting, namespace)
    }

    /// The kernel did it, and what it was cannot be told any more.
    private func unseen(_ waiting: PendingReplaces.Waiting, _ reason: String) {
        guard let family = waiting.family, let namespace = namespace(of: waiting) else { return }
        let state = namespace.state
        let operation = Operation(
            .replaceTable, family: family.rawValue, table: waiting.name.isEmpty ? nil : waiting.name, detail: reason)
        let change = Change(operations: [operation], from: state.totals, to: state.totals)
        send(change, of: waiting, namespace)
    }

    private func refused(_ waiting: PendingReplaces.Waiting, _ error: Int32) {
        let author = waiting.replace.author
        guard let family = waiting.family, let namespace = namespace(of: waiting),
            let suppressed = limiter.admit(user: author.task.user, at: author.time)
        else { return }
        tell(
            .failed(
                FailureReport(
                    backend: family.backend, netns: NetnsReport(namespace), author: waiting.author,
                    thread: author.task.thread, errno: error,
                    reason: error == 0 ? "the table was not replaced" : Self.reason(of: error),
                    operations: [
                        Operation(
                            .replaceTable, family: family.rawValue, table: waiting.name.isEmpty ? nil : waiting.name)
                    ],
                    standing: namespace.state.totals, suppressed: suppressed)),
            by: author)
    }

    private func send(_ change: Change, of waiting: PendingReplaces.Waiting, _ namespace: WatchedNamespace) {
        let replace = waiting.replace
        notePlayed(replace.author, namespace)
        let change = worded(change, waiting.family?.backend ?? .xtablesLegacy, namespace)
        tellPredecessor(of: namespace)
        tell(
            .changed(
                ChangeReport(
                    backend: waiting.family?.backend ?? .xtablesLegacy, netns: NetnsReport(namespace),
                    family: waiting.family?.rawValue, source: .kernel, change: change,
                    author: waiting.author, thread: replace.author.task.thread,
                    request: replace.total == 0
                        ? nil : RequestSize(bytes: replace.total, isTruncated: waiting.asked == nil),
                    isWhileDown: isWhileDown(replace.author))), by: replace.author)
    }

    private func namespace(of waiting: PendingReplaces.Waiting) -> WatchedNamespace? {
        namespace(waiting.replace.netns, task: waiting.replace.author.task.thread)
    }
}
