import Lineage
import Records
import Testing
import XTables

@testable import Collector

private let millisecond: UInt64 = 1_000_000

@Suite struct `A schedule` {
    @Test func `is due at its very nanosecond, and again an interval later`() {
        var schedule = Schedule(every: .seconds(2), from: 100)
        #expect(schedule.next == 2_000_000_100)
        let due = [2_000_000_099, 2_000_000_100, 2_000_000_100].map { schedule.isDue(at: $0) }
        #expect(due == [false, true, false])
        #expect(schedule.next == 4_000_000_100)
    }

    @Test func `makes up for nothing that was missed`() {
        var schedule = Schedule(every: .seconds(1), from: 0)
        let due = [10_500_000_000, 11_000_000_000].map { schedule.isDue(at: $0) }
        #expect(due == [true, false])
        #expect(schedule.next == 11_500_000_000)
    }

    @Test(arguments: [
        (Duration.milliseconds(250), UInt64(250_000_000)), (.nanoseconds(1), 1), (.seconds(3600), 3_600_000_000_000),
    ])
    func `counts in nanoseconds`(interval: Duration, nanoseconds: UInt64) {
        #expect(Schedule(every: interval, from: 0).next == nanoseconds)
    }

    @Test func `takes an interval before now for none`() {
        #expect(Schedule(every: .seconds(-5), from: 7).next == 7)
    }
}

@Suite struct `Replaces that are pending` {
    static func replace(
        _ table: String = "filter", id: UInt64 = 0, at time: UInt64, family: UInt32 = 2, request: [UInt8] = []
    ) -> Record.XTablesReplace {
        let task = TaskIdentity(
            process: ProcessID(pid: 1, start: 1), parent: ProcessID(pid: 0, start: 0),
            executable: ExecutableFile(
                inode: 1, device: 1, links: 1, owner: 0, mode: 0o755, isMemFD: false, isOnTmpfs: false),
            cgroup: 1, capabilities: 0, thread: 1, user: 0, effectiveUser: 0, savedUser: 0, group: 0, effectiveGroup: 0,
            savedGroup: 0, login: nil, session: nil, groupLeader: 1, sessionLeader: 1, terminal: nil, netns: 1,
            mntns: 1, pidns: 1, userns: 1, comm: ShortName(low: 0, high: 0))
        return Record.XTablesReplace(
            id: id, author: Author(time: time, task: task, ancestors: []), netns: NetnsRef(inode: 1), family: family,
            table: Array(table.utf8), total: request.count, request: request)
    }

    /// The tables looked at.
    static func looks(_ pending: inout PendingReplaces, at now: UInt64, _ seen: Bool = false) -> [String] {
        var tables: [String] = []
        pending.look(at: now) { waiting in
            tables.append(String(decoding: waiting.replace.table, as: UTF8.self))
            return seen
        }
        return tables
    }

    @Test func `none are due never`() {
        var pending = PendingReplaces()
        #expect(pending.deadline == nil)
        #expect(Self.looks(&pending, at: .max).isEmpty)
    }

    @Test func `are looked at soon, to the nanosecond`() throws {
        var pending = PendingReplaces()
        pending.wait(for: Self.replace(at: 1000))
        let first = try #require(pending.deadline)
        #expect(first == 1000 + 200_000)
        #expect(Self.looks(&pending, at: first - 1).isEmpty)
        #expect(Self.looks(&pending, at: first) == ["filter"])
    }

    @Test func `are let go when seen`() {
        var pending = PendingReplaces()
        pending.wait(for: Self.replace(at: 0))
        #expect(Self.looks(&pending, at: millisecond, true) == ["filter"])
        #expect(pending.deadline == nil)
    }

    @Test func `are looked at on when what was seen first may have been another's doing`() {
        var pending = PendingReplaces()
        pending.wait(for: Self.replace(at: 0))
        let (empty, ruled) = (
            XTable(family: .bridge, name: "filter", chains: []),
            XTable(family: .bridge, name: "filter", chains: [XTChain(name: "INPUT", isBuiltIn: true)])
        )
        pending.look(at: millisecond) { waiting in
            guard case .became(ruled) = waiting.outcome(from: empty, seen: ruled) else {
                Issue.record("what differs is its doing")
                return true
            }
            waiting.isTold = true
            return false
        }
        pending.look(in: NetnsRef(inode: 1)) { waiting in
            #expect(waiting.isTold)
            return false
        }
        pending.look(at: 10 * millisecond) { waiting in
            #expect(waiting.isTold)
            if case .notYet = waiting.outcome(from: ruled, seen: ruled) {
            } else {
                Issue.record("nothing came of it since")
            }
            if case .became(empty) = waiting.outcome(from: ruled, seen: empty) {} else { Issue.record("its own doing") }
            return true
        }
        #expect(pending.deadline == nil)
    }

    @Test func `are looked at less and less often, and given up`() {
        var pending = PendingReplaces()
        pending.wait(for: Self.replace(at: 0))
        var deadlines: [UInt64] = []
        while let deadline = pending.deadline, deadlines.count < 100 {
            deadlines.append(deadline)
            #expect(Self.looks(&pending, at: deadline).count == 1)
        }
        let gaps = zip(deadlines, deadlines.dropFirst()).map { $1 - $0 }
        #expect(gaps == gaps.sorted() && gaps.count > 2)
        #expect(deadlines.last == 300 * millisecond)
    }

    @Test func `are not made up for looks that were missed`() {
        var pending = PendingReplaces()
        pending.wait(for: Self.replace(at: 0))
        #expect(Self.looks(&pending, at: 20 * millisecond).count == 1)
        #expect(pending.deadline == 30 * millisecond)
    }

    @Test func `are looked at once more, and then given up, by who slept too long`() {
        var pending = PendingReplaces()
        pending.wait(for: Self.replace(at: 0))
        #expect(Self.looks(&pending, at: 5000 * millisecond).count == 1)
        #expect(Self.looks(&pending, at: 5000 * millisecond).count == 1)
        #expect(pending.deadline == nil)
    }

    @Test func `are looked at oldest first, and only those that are due`() {
        var pending = PendingReplaces()
        pending.wait(for: Self.replace("nat", at: 0))
        pending.wait(for: Self.replace("raw", at: 100_000))
        pending.wait(for: Self.replace("mangle", at: 10 * millisecond))
        #expect(pending.deadline == 200_000)
        #expect(Self.looks(&pending, at: 300_000) == ["nat", "raw"])
    }
}

@Suite struct `A replace that is overtaken` {
    @Test func `is taken out for its last look, and the others stay`() {
        var pending = PendingReplaces()
        pending.wait(for: `Replaces that are pending`.replace("nat", at: 0))
        pending.wait(for: `Replaces that are pending`.replace("filter", at: 1))
        let taken = pending.remove { $0.table == Array("nat".utf8) }
        #expect(taken.map(\.replace.table) == [Array("nat".utf8)])
        #expect(taken.allSatisfy { $0.isLast })
        #expect(pending.deadline == 200_001)
    }
}

extension PendingReplaces {
    fileprivate mutating func wait(for replace: Record.XTablesReplace) {
        var lineage = Lineage()
        append(replace, author: lineage.process(of: replace.author))
    }
}
