internal import Lineage
internal import Records
internal import XTables

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
        /// The table as it is to be, where a page held all of the request.
        let asked: XTable?
        /// As he was when he asked: by the time of the look his lineage may be over.
        let author: Process
        var look = 0
        /// Another request is about to cover what this one did.
        var isOvertaken = false
        /// A later change of another kind in the same namespace is about to be told.
        var isCrossed = false
        var isLast: Bool { isOvertaken || look == PendingReplaces.looks.count - 1 }
        var time: UInt64 { replace.author.time &+ PendingReplaces.looks[look] }
    }

    private var waiting: [Waiting] = []

    /// When the next look is due.
    var deadline: UInt64? { waiting.lazy.map(\.time).min() }

    mutating func append(_ replace: Record.XTablesReplace, author: Process) {
        waiting.append(Waiting(replace: replace, asked: XTable(askedBy: replace), author: author))
    }

    /// Looks at all of one namespace, due or not, before what came after them is told.
    mutating func look(in netns: NetnsRef, _ body: (Waiting) -> Bool) {
        guard waiting.contains(where: { $0.replace.netns == netns }) else { return }
        waiting = waiting.filter { one in
            guard one.replace.netns == netns else { return true }
            var crossed = one
            crossed.isCrossed = true
            return !body(crossed)
        }
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

/// What became of a request to replace a legacy table.
enum ReplaceOutcome {
    case notYet
    case refused
    /// The table as this request left it, whatever others made of it since.
    case became(XTable)
}

extension PendingReplaces.Waiting {
    /// Judges by the table as it was believed to be, as it is seen now, and as it was asked to be.
    func outcome(from believed: XTable?, seen: XTable) -> ReplaceOutcome {
        guard replace.isPending else { return .became(seen) }
        guard let asked else {
            // Too large to be shown: what differs is its doing, or that of who asked after it.
            return seen != believed || isLast ? .became(seen) : .notYet
        }
        if seen == asked { return .became(asked) }
        // The kernel may keep other bytes of a match than it was given: then the shape tells.
        if seen != believed, seen.hasShape(of: asked) { return .became(seen) }
        // Another replace came on top of this one already.
        if isCrossed, seen != believed { return .became(asked) }
        guard isLast else { return .notYet }
        // Another request covers what this one did; what that did is what differs from here.
        if isOvertaken { return .became(asked) }
        return seen == believed ? .refused : .became(seen)
    }
}

extension XTable {
    /// The table that a request asks for, if its bytes are all there.
    fileprivate init?(askedBy replace: Record.XTablesReplace) {
        guard !replace.request.isEmpty, let family = XTFamily(protocol: replace.family),
            let request = XTReplace(replace.request.span.bytes, family: family), !request.table.isMalformed
        else { return nil }
        self = request.table
    }

    /// The same chains with as many rules and the same policies.
    fileprivate func hasShape(of other: XTable) -> Bool {
        let shape = { (chain: XTChain) in XTChain(name: chain.name, isBuiltIn: chain.isBuiltIn, policy: chain.policy) }
        return chains.map(shape) == other.chains.map(shape)
            && chains.map(\.rules.count) == other.chains.map(\.rules.count)
    }
}
