import Identity
import Inventory
import Records

@testable import Detection

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
        below: [Program] = [], trust: PathTrust = .trusted
    ) -> Actor {
        let id = ProcessID(pid: pid, start: UInt64(pid))
        var actor = Actor(
            id: id, root: id, chain: [Program(executable: executable, isGenuine: true)] + below,
            traits: traits.map { Trait($0, "seen") })
        actor.pathTrust = trust
        return actor
    }

    /// In seconds since 1970: a Friday.
    var wall: Int64 { 1_795_737_600 + Int64(now / Self.second) - 1000 }

    /// Changes the figures by so much, with such operations.
    @discardableResult
    mutating func change(
        effective: Int = 0, blocking: Int = 0, rules: Int? = nil, _ operations: [Inventory.Operation] = [],
        by actor: Actor? = Bench.actor()
    ) -> [Alert] {
        let alteration = alteration(effective: effective, blocking: blocking, rules: rules, operations)
        level = alteration.after
        return take(.changed(alteration), by: actor)
    }

    /// What would change the figures by so much.
    func alteration(
        effective: Int = 0, blocking: Int = 0, rules: Int? = nil, _ operations: [Inventory.Operation] = []
    ) -> Alteration {
        let change = Change(
            operations: operations.isEmpty
                ? [Operation(.deleteRule, family: "inet", table: "t", chain: "c")] : operations,
            rules: Count(before: level.rules, after: level.rules + (rules ?? effective)),
            elements: Count(before: 0, after: 0),
            effective: Count(before: level.effective, after: level.effective + effective),
            blocking: Count(before: level.blocking, after: level.blocking + blocking))
        return Alteration(change, backend: "nftables")
    }

    @discardableResult
    mutating func take(_ what: Deed.What, by actor: Actor? = Bench.actor()) -> [Alert] {
        count += 1
        let told = detector.take(deed(what, by: actor))
        alerts += told
        return told
    }

    func deed(_ what: Deed.What, by actor: Actor?) -> Deed {
        Deed(id: "e\(count)", time: now, wall: wall, netns: netns, what: what, actor: actor)
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
