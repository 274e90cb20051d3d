internal import Lineage
internal import Records

/// Legacy tables that are about to be replaced, to be looked at until they are.
///
/// Where only the request is seen (cgroup/setsockopt runs before the kernel acts), the table is looked at
/// soon, and at growing intervals, until it differs or there is no more hope.
struct PendingReplaces {
    /// After the request, in nanoseconds.
    private static let looks: [UInt64] = [
        200_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000, 300_000_000,
    ]

    struct Waiting {
        let replace: Record.XTablesReplace
        /// As he was when he asked: by the time of the look his lineage may be over.
        let author: Process
        var look = 0
        /// Another request is about to cover what this one did.
        var isOvertaken = false
        var isLast: Bool { isOvertaken || look == PendingReplaces.looks.count - 1 }
        var time: UInt64 { replace.author.time &+ PendingReplaces.looks[look] }
    }

    private var waiting: [Waiting] = []

    /// When the next look is due.
    var deadline: UInt64? { waiting.lazy.map(\.time).min() }

    mutating func append(_ replace: Record.XTablesReplace, author: Process) {
        waiting.append(Waiting(replace: replace, author: author))
    }

    /// Takes out those that `isOvertaken`, oldest first.
    mutating func remove(_ isOvertaken: (Record.XTablesReplace) -> Bool) -> [Waiting] {
        var taken = waiting.filter { isOvertaken($0.replace) }
        if !taken.isEmpty { waiting.removeAll { isOvertaken($0.replace) } }
        for index in taken.indices { taken[index].isOvertaken = true }
        return taken
    }

    /// Looks at all that are due, oldest first. `body` returns whether it saw what it waited for.
    mutating func look(at now: UInt64, _ body: (Waiting) -> Bool) {
        guard deadline.map({ $0 <= now }) ?? false else { return }
        waiting = waiting.compactMap { one in
            guard one.time <= now else { return one }
            if body(one) || one.isLast { return nil }
            var next = one
            // Looks that were missed are not made up for.
            while !next.isLast, next.time <= now { next.look += 1 }
            return next
        }
    }
}
