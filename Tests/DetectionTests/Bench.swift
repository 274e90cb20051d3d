import Detection
import Identity
import Inventory
import Records

/// A host whose firewall is changed step by step, and what the detector says.
struct Bench {
    static let host = Netns(id: 1, isHost: true)
    static let second: UInt64 = 1_000_000_000

    var detector: Detector
    var now: UInt64 = 1000 * second
    var level: Level
    var netns = host
    var alerts: [Alert] = []
    private var count = 0

    init(effective: Int = 100, blocking: Int = 40, dropping: Set<DroppingChain> = [], tuning: Tuning = Tuning()) {
        detector = Detector(tuning, run: "run")
        level = Level(rules: effective, effective: effective, blocking: blocking)
        detector.stands(netns, level, dropping: dropping, most: effective)
    }

    /// Somebody on a login of his own, with what is odd about him.
    static func actor(
        _ pid: UInt32 = 50, _ executable: String = "/usr/sbin/nft", traits: [Trait.Kind] = [],
        writers: Set<KnownWriter> = []
    ) -> Actor {
        let id = ProcessID(pid: pid, start: UInt64(pid))
        return Actor(
            id: id, process: nil, root: id, executable: executable,
            traits: traits.map { Trait($0, "seen") }, writers: writers)
    }

    /// Changes the figures by so much, with such operations.
    @discardableResult
    mutating func change(
        effective: Int = 0, blocking: Int = 0, rules: Int? = nil, _ operations: [Inventory.Operation] = [],
        by actor: Actor? = Bench.actor()
    ) -> [Alert] {
        let before = level
        level.effective += effective
        level.blocking += blocking
        level.rules += rules ?? effective
        let change = Change(
            operations: operations.isEmpty
                ? [Operation(.deleteRule, family: "inet", table: "t", chain: "c")] : operations,
            rules: Count(before: before.rules, after: level.rules), elements: Count(before: 0, after: 0),
            effective: Count(before: before.effective, after: level.effective),
            blocking: Count(before: before.blocking, after: level.blocking))
        return take(.changed(Alteration(change)), by: actor)
    }

    @discardableResult
    mutating func take(_ what: Deed.What, by actor: Actor? = Bench.actor()) -> [Alert] {
        count += 1
        let told = detector.take(Deed(id: "e\(count)", time: now, netns: netns, what: what, actor: actor))
        alerts += told
        return told
    }

    /// Lets time pass; what was due is told at its time.
    @discardableResult
    mutating func wait(_ seconds: Double) -> [Alert] {
        let end = now + UInt64(seconds * 1e9)
        var told: [Alert] = []
        while let due = detector.deadline, due <= end {
            now = max(now, due)
            told += detector.settle(at: now)
        }
        now = end
        told += detector.settle(at: now)
        alerts += told
        return told
    }
}

extension Inventory.Operation {
    static func policy(_ chain: String, _ before: String, _ after: String) -> Operation {
        Operation(
            .policy, family: "inet", table: "t", chain: chain, policy: PolicyChange(before: before, after: after))
    }
}

extension DroppingChain {
    static let input = DroppingChain(family: "inet", table: "t", chain: "input")
}
