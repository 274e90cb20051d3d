import Lineage
import Records
import Testing
import XTables

@testable import Collector

private let millisecond: UInt64 = 1_000_000

/// A request for a table whose INPUT has this policy and so many rules that drop: `struct ipt_replace` and entries.
func request(input policy: Int32 = -2, rules: Int = 0, name: String = "filter") -> [UInt8] {
    let integer = { (value: Int32) in (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
    let entry = { (target: String, data: [UInt8]) in
        var bytes = [UInt8](repeating: 0, count: 112 + 32)
        let size = 144 + data.count
        (bytes[88], bytes[90], bytes[91]) = (112, UInt8(size & 255), UInt8(size >> 8))
        bytes[112] = UInt8(32 + data.count)
        bytes.replaceSubrange(114..<(114 + target.utf8.count), with: target.utf8)
        return bytes + data
    }
    let rule = entry("", integer(-1) + [0, 0, 0, 0])
    let chain = (0..<rules).flatMap { _ in rule } + entry("", integer(policy) + [0, 0, 0, 0])
    let entries = chain + entry("ERROR", Array("ERROR".utf8) + [UInt8](repeating: 0, count: 27))
    var head = Array(name.utf8) + [UInt8](repeating: 0, count: 32 - name.utf8.count)
    head += integer(2) + integer(Int32(rules + 2)) + integer(Int32(entries.count))
    head += [UInt8](repeating: 0, count: 20)
    for hook in 0..<5 { head += integer(hook == 1 ? Int32(rules * 152) : 0) }
    return head + integer(Int32(rules + 2)) + [UInt8](repeating: 0, count: 8) + entries
}

@Suite struct `An answer to a replace` {
    typealias Pending = `Replaces that are pending`

    /// What is told, in a word each.
    static func told(_ pending: inout PendingReplaces, _ id: UInt64, _ error: Int32 = 0, at now: UInt64 = 0) -> [String]
    {
        pending.answer(id, error: error, at: now).map {
            switch $0 {
            case .refused(let waiting, let error): "\(waiting.replace.id) refused \(error)"
            case .became(let waiting, let table): "\(waiting.replace.id) became \(table.ruleCount)"
            case .unseen(let waiting): "\(waiting.replace.id) unseen"
            }
        }
    }

    @Test func `of no error makes the table what was asked for`() {
        var pending = PendingReplaces()
        pending.expect(Pending.replace(id: 7, at: 0, request: request(rules: 3)))
        #expect(Self.told(&pending, 7) == ["7 became 3"])
        #expect(Self.told(&pending, 7) == [])
    }

    @Test func `with an error is a refusal, and nothing is looked at`() {
        var pending = PendingReplaces()
        pending.expect(Pending.replace(id: 7, at: 0, request: request()))
        #expect(Self.told(&pending, 7, -22) == ["7 refused -22"])
        #expect(pending.deadline == nil)
    }

    @Test func `to an unknown request is nothing`() {
        var pending = PendingReplaces()
        pending.expect(Pending.replace(id: 7, at: 0, request: request()))
        #expect(Self.told(&pending, 8) == [] && Self.told(&pending, 8, -1) == [])
        #expect(Self.told(&pending, 7) == ["7 became 0"])
    }

    @Test func `belongs to its own request, whoever is answered first`() {
        var pending = PendingReplaces()
        pending.expect(Pending.replace(id: 1, at: 0, request: request(rules: 1)))
        pending.expect(Pending.replace(id: 2, at: 1, request: request(rules: 2)))
        #expect(Self.told(&pending, 2) == ["2 became 2"])
        #expect(Self.told(&pending, 1) == ["1 became 1"])
    }

    @Test func `of two that follow each other gives each its own table`() {
        var pending = PendingReplaces()
        var tables: [String] = []
        for id in UInt64(1)...3 {
            pending.expect(Pending.replace(id: id, at: id, request: request(rules: Int(id))))
            tables += Self.told(&pending, id, at: id)
        }
        #expect(tables == ["1 became 1", "2 became 2", "3 became 3"])
    }

    @Test func `has a table that was not seen whole looked at, at once`() {
        var pending = PendingReplaces()
        pending.expect(Pending.replace(id: 7, at: 100, request: Array(request(rules: 3).dropLast())))
        #expect(Pending.looks(&pending, at: 1000 * millisecond).isEmpty)
        #expect(Self.told(&pending, 7) == [])
        #expect(pending.deadline == 0)
        #expect(Pending.looks(&pending, at: 100, true) == ["filter"])
        #expect(pending.deadline == nil)
    }

    @Test func `tells of what it covers before anybody looked`() {
        var pending = PendingReplaces()
        for id in UInt64(1)...3 { pending.expect(Pending.replace(id: id, at: id)) }
        pending.expect(Pending.replace(id: 4, at: 4, request: request(rules: 4)))
        pending.expect(Pending.replace("nat", id: 5, at: 5))
        #expect(Self.told(&pending, 1) == [] && Self.told(&pending, 5) == [])
        #expect(Self.told(&pending, 2) == ["1 unseen"])
        #expect(Self.told(&pending, 3, -1) == ["3 refused -1"])
        #expect(Self.told(&pending, 4) == ["2 unseen", "4 became 4"])
        #expect(Pending.looks(&pending, at: 5, true) == ["nat"])
    }

    @Test func `that is lost is not waited for for ever`() throws {
        var pending = PendingReplaces()
        pending.expect(Pending.replace(id: 7, at: 0, request: request()))
        let deadline = try #require(pending.deadline)
        #expect(deadline >= 10_000 * millisecond)
        #expect(Pending.looks(&pending, at: deadline - 1).isEmpty)
        #expect(Pending.looks(&pending, at: deadline) == ["filter"])
        #expect(pending.deadline == nil)
    }

    @Test func `that is lost leaves nothing to tell of a table that is as it was`() throws {
        let table = try #require(XTable(askedBy: Pending.replace(at: 0, request: request(rules: 1))))
        let other = try #require(XTable(askedBy: Pending.replace(at: 0, request: request(rules: 2))))
        let waiting = PendingReplaces.Waiting(
            replace: Pending.replace(at: 0), asked: other, author: Pending.author, expectsAnswer: true)
        guard case .unknown = waiting.outcome(from: table, seen: table) else {
            Issue.record("told")
            return
        }
        guard case .became(let became) = waiting.outcome(from: table, seen: other) else {
            Issue.record("not told")
            return
        }
        #expect(became == other)
    }
}

@Suite struct `A check of a table` {
    typealias Pending = `Replaces that are pending`

    @Test func `is due when nobody changes it any more`() throws {
        var pending = PendingReplaces()
        for id in UInt64(1)...3 {
            pending.expect(Pending.replace(id: id, at: 0, request: request()))
            _ = pending.answer(id, error: 0, at: id * 10 * millisecond)
        }
        let deadline = try #require(pending.deadline)
        #expect(deadline > 30 * millisecond)
        let early = pending.takeChecks(at: deadline - 1)
        let due = pending.takeChecks(at: deadline)
        #expect(early.isEmpty && due.map(\.key) == [PendingReplaces.Key(Pending.replace(at: 0))])
        #expect(pending.deadline == nil)
    }

    @Test func `is not put off for ever`() {
        var pending = PendingReplaces()
        let key = PendingReplaces.Key(Pending.replace(at: 0))
        var checks = 0
        for turn in UInt64(0)..<500 {
            pending.check(key, at: turn * 10 * millisecond)
            checks += pending.takeChecks(at: turn * 10 * millisecond).count
        }
        #expect(checks >= 3 && checks <= 6)
    }

    @Test func `waits for a replace that is not answered yet`() {
        var pending = PendingReplaces()
        let key = PendingReplaces.Key(Pending.replace(at: 0))
        pending.check(key, at: 0)
        pending.expect(Pending.replace(id: 9, at: 0, request: request()))
        let early = pending.takeChecks(at: 100 * millisecond)
        #expect(early.isEmpty && pending.isAwaited(key))
        _ = pending.answer(9, error: -1, at: 0)
        let due = pending.takeChecks(at: 200 * millisecond)
        #expect(due.map(\.key) == [key])
    }

    @Test func `waits for a replace of which nobody saw what table it is for`() {
        var pending = PendingReplaces()
        let key = PendingReplaces.Key(Pending.replace(at: 0))
        var unseen = Pending.replace(id: 9, at: 0)
        unseen.table = []
        pending.check(key, at: 0)
        pending.expect(unseen)
        #expect(pending.isAwaited(key))
        let early = pending.takeChecks(at: 100 * millisecond)
        #expect(early.isEmpty)
        #expect(PendingReplaces.Key(unseen).mayBe(key) && !key.mayBe(PendingReplaces.Key(unseen)))
    }

    @Test func `is made twice before a difference is told, unless a replace comes between`() {
        var pending = PendingReplaces()
        let key = PendingReplaces.Key(Pending.replace(at: 0))
        pending.check(key, at: 0)
        let first = pending.takeChecks(at: 100 * millisecond)
        pending.check(key, at: 100 * millisecond, isSecond: true)
        let second = pending.takeChecks(at: 200 * millisecond)
        #expect(first.map(\.isSecond) == [false] && second.map(\.isSecond) == [true])
        pending.check(key, at: 200 * millisecond, isSecond: true)
        pending.expect(Pending.replace(id: 9, at: 210, request: request()))
        _ = pending.answer(9, error: 0, at: 210 * millisecond)
        let third = pending.takeChecks(at: 400 * millisecond)
        #expect(third.map(\.isSecond) == [false])
    }

    @Test func `forgives what the kernel keeps otherwise, and nothing else`() {
        let rule = { (hash: UInt64, target: XTTarget, matches: [String]) in
            XTRule(hash: hash, target: target, condition: .sometimes, matches: matches)
        }
        let table = { (rules: [XTRule], policy: XTTarget) in
            XTable(
                family: .ipv4, name: "filter",
                chains: [XTChain(name: "INPUT", isBuiltIn: true, policy: policy, rules: rules)])
        }
        let asked = table([rule(1, .drop, ["limit"]), rule(2, .drop, [])], .drop)
        #expect(table([rule(9, .drop, ["limit"]), rule(2, .drop, [])], .drop).isKept(of: asked))
        #expect(!table([rule(1, .drop, ["limit"]), rule(9, .drop, [])], .drop).isKept(of: asked))
        #expect(!table([rule(9, .accept, ["limit"]), rule(2, .drop, [])], .drop).isKept(of: asked))
        #expect(!table([rule(1, .drop, ["limit"])], .drop).isKept(of: asked))
        #expect(!table([rule(1, .drop, ["limit"]), rule(2, .drop, [])], .accept).isKept(of: asked))
    }
}

@Suite struct `A backlog of replaces` {
    typealias Pending = `Replaces that are pending`

    static func records(_ ids: ClosedRange<UInt64>, whole: Bool, error: Int32 = 0) -> [Record] {
        ids.flatMap { id in
            [
                Record.xtables(
                    Pending.replace(id: id, at: id, request: whole ? request(rules: Int(id)) : [])),
                .xtablesResult(id: id, error: error),
            ]
        }
    }

    /// Goes through records as the collector does, with another change of the namespace before each; what is told.
    static func play(_ records: [Record]) -> [String] {
        var pending = PendingReplaces()
        var told: [String] = []
        let look = { (waiting: inout PendingReplaces.Waiting) in
            told.append("\(waiting.replace.id) \(waiting.isCovered ? "unseen" : "seen")")
            return true
        }
        pending.announce(records[...])
        for record in records {
            pending.look(in: NetnsRef(inode: 1), look)
            switch record {
            case .xtables(let replace): pending.expect(replace)
            case .xtablesResult(let id, let error):
                told += `An answer to a replace`.told(&pending, id, error)
            default: break
            }
        }
        pending.look(at: .max, look)
        return told
    }

    @Test func `whose bytes are whole is told one by one`() {
        #expect(Self.play(Self.records(1...3, whole: true)) == ["1 became 1", "2 became 2", "3 became 3"])
    }

    @Test func `whose bytes are not whole is told, and what stands is the last one's`() {
        #expect(Self.play(Self.records(1...3, whole: false)) == ["1 unseen", "2 unseen", "3 seen"])
    }

    @Test func `leaves what stands to the last that was granted`() {
        let records = Self.records(1...2, whole: false) + Self.records(3...3, whole: false, error: -22)
        #expect(Self.play(records) == ["1 unseen", "2 seen", "3 refused -22"])
    }

    @Test func `of both kinds keeps its order`() {
        let records = Self.records(1...1, whole: false) + Self.records(2...2, whole: true)
        #expect(Self.play(records) == ["1 unseen", "2 became 2"])
        #expect(
            Self.play(Self.records(1...1, whole: true) + Self.records(2...2, whole: false)) == ["1 became 1", "2 seen"])
    }
}

extension PendingReplaces {
    fileprivate mutating func expect(_ replace: Record.XTablesReplace) {
        append(replace, author: `Replaces that are pending`.author, expectsAnswer: true)
    }
}

extension `Replaces that are pending` {
    static var author: Process {
        var lineage = Lineage()
        return lineage.process(of: replace(at: 0).author)
    }
}
