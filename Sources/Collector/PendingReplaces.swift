internal import Lineage
internal import Records
internal import XTables

/// Requests to replace legacy tables whose outcome is not told yet, and tables whose state is to be checked.
///
/// Where the kernel's answer is seen, it decides: what was refused is refused, and what was done is what was asked
/// for, if all of that was seen; else a look tells. Where only the request is seen, the table is looked at soon, and
/// at growing intervals, until it differs or there is no more hope.
struct PendingReplaces {
    /// After the request, in nanoseconds.
    private static let looks: [UInt64] = [
        200_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000, 300_000_000,
    ]
    /// How long an answer is waited for. Large tables take their time; what got lost is made good otherwise.
    private static let patience: UInt64 = 60_000_000_000
    /// A table is checked when it was let alone this long, and at the latest after so long.
    private static let quiet: UInt64 = 20_000_000
    private static let longest: UInt64 = 1_000_000_000

    /// A table of a namespace.
    struct Key: Hashable {
        var netns: NetnsRef
        var family: UInt32
        /// Empty: not known which of the family.
        var table: [UInt8]

        init(_ replace: Record.XTablesReplace) {
            (netns, family, table) = (replace.netns, replace.family, replace.table)
        }

        /// Whether a request for this one may be one for that table.
        func mayBe(_ other: Key) -> Bool {
            netns == other.netns && family == other.family && (table.isEmpty || table == other.table)
        }
    }

    /// When a table is compared with what is believed.
    struct Check {
        var since: UInt64
        var due: UInt64
        /// It differed before, and nobody was seen at it.
        var isSecond: Bool
    }

    struct Waiting {
        let replace: Record.XTablesReplace
        /// The table as it is to be, where a page held all of the request.
        let asked: XTable?
        /// As he was when he asked: by the time of the look his lineage may be over.
        let author: Process
        /// The kernel's answer is to come.
        let expectsAnswer: Bool
        /// It came: the table was replaced, and only a look tells with what.
        var isAnswered = false
        var look = 0
        /// Another request is about to cover what this one did.
        var isOvertaken = false
        /// Another one did: no look can tell them apart any more.
        var isCovered = false
        /// A later change of another kind in the same namespace is about to be told.
        var isCrossed = false
        /// What differed was told as its doing; what it asked for is not known, so that may have been what came before.
        var isTold = false

        var key: Key { Key(replace) }
        var isLast: Bool { expectsAnswer || isOvertaken || look == PendingReplaces.looks.count - 1 }
        var time: UInt64 {
            if isAnswered { return 0 }
            return replace.author.time &+ (expectsAnswer ? PendingReplaces.patience : PendingReplaces.looks[look])
        }
    }

    /// What an answer made certain.
    enum Told {
        case refused(Waiting, error: Int32)
        case became(Waiting, XTable)
        /// It was done, and something else on top of it before anybody looked.
        case unseen(Waiting)
    }

    private var waiting: [Waiting] = []
    private var checks: [Key: Check] = [:]
    /// Requests that lie in the ring behind the record that is being handled, and were granted.
    private var coming: [Key: Set<UInt64>] = [:]

    /// When the next look is due.
    var deadline: UInt64? { (waiting.map(\.time) + checks.values.map(\.due)).min() }

    mutating func append(_ replace: Record.XTablesReplace, author: Process, expectsAnswer: Bool = false) {
        coming[Key(replace)]?.remove(replace.id)
        waiting.append(
            Waiting(replace: replace, asked: XTable(askedBy: replace), author: author, expectsAnswer: expectsAnswer))
    }

    /// Takes note of what is about to be handled.
    mutating func announce(_ records: ArraySlice<Record>) {
        coming.removeAll()
        var granted: Set<UInt64> = []
        for case .xtablesResult(let id, 0) in records { granted.insert(id) }
        guard !granted.isEmpty else { return }
        for case .xtables(let replace) in records where granted.contains(replace.id) {
            coming[Key(replace), default: []].insert(replace.id)
        }
    }

    /// Takes the kernel's answer. What is not certain by it is to be looked at, at once.
    mutating func answer(_ id: UInt64, error: Int32, at now: UInt64) -> [Told] {
        guard let index = waiting.firstIndex(where: { $0.replace.id == id }) else { return [] }
        var one = waiting.remove(at: index)
        guard error == 0 else { return [.refused(one, error: error)] }
        let covered = waiting.filter { $0.isAnswered && $0.key == one.key }
        waiting.removeAll { $0.isAnswered && $0.key == one.key }
        let before = covered.map(Told.unseen)
        if let asked = one.asked {
            check(one.key, at: now)
            return before + [.became(one, asked)]
        }
        one.isAnswered = true
        waiting.append(one)
        return before
    }

    /// Has a table compared with what is believed, as soon as nobody changes it any more.
    mutating func check(_ key: Key, at now: UInt64, isSecond: Bool = false) {
        let since = checks[key]?.since ?? now
        checks[key] = Check(
            since: since, due: min(now &+ Self.quiet, max(now, since &+ Self.longest)), isSecond: isSecond)
    }

    /// The tables to be checked now.
    mutating func takeChecks(at now: UInt64) -> [(key: Key, isSecond: Bool)] {
        var due: [(key: Key, isSecond: Bool)] = []
        for (key, check) in checks where check.due <= now {
            checks[key] = nil
            if isAwaited(key) { self.check(key, at: now) } else { due.append((key, check.isSecond)) }
        }
        return due
    }

    /// Whether what becomes of a table is still to be told.
    func isAwaited(_ key: Key) -> Bool {
        waiting.contains { $0.key.mayBe(key) } || coming.contains { $0.key.mayBe(key) && !$0.value.isEmpty }
    }

    /// The same of any table of a namespace.
    func isAwaited(in netns: UInt32) -> Bool {
        waiting.contains { $0.replace.netns.inode == netns }
            || coming.contains { $0.key.netns.inode == netns && !$0.value.isEmpty }
    }

    /// Whether a table was seen as another request than this one asked for it, perhaps one of these records.
    func isOther(_ seen: XTable, than this: Waiting, _ records: ArraySlice<Record>) -> Bool {
        let later = records.compactMap { record -> XTable? in
            guard case .xtables(let replace) = record, Key(replace) == this.key else { return nil }
            return XTable(askedBy: replace)
        }
        let waiting = waiting.filter { $0.key == this.key && $0.replace.id != this.replace.id }.compactMap(\.asked)
        return (later + waiting).contains { seen.isKept(of: $0) }
    }

    /// Looks at all of one namespace, due or not, before what came after them is told. Those whose answer is still to
    /// come may not have happened yet.
    mutating func look(in netns: NetnsRef, _ body: (inout Waiting) -> Bool) {
        guard waiting.contains(where: { $0.replace.netns == netns }) else { return }
        waiting = waiting.compactMap { one in
            guard one.replace.netns == netns, one.isAnswered || !one.expectsAnswer else { return one }
            var crossed = one
            crossed.isCrossed = true
            crossed.isCovered = one.isAnswered && coming[one.key]?.isEmpty == false
            if body(&crossed) { return nil }
            var kept = one
            kept.isTold = crossed.isTold
            return kept
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
    mutating func look(at now: UInt64, _ body: (inout Waiting) -> Bool) {
        guard waiting.contains(where: { $0.time <= now }) else { return }
        waiting = waiting.compactMap { one in
            guard one.time <= now else { return one }
            var next = one
            if body(&next) || one.isLast { return nil }
            // Looks that were missed are not made up for.
            while !next.isLast, next.time <= now { next.look += 1 }
            return next
        }
    }
}
