import Detection
import Identity
import Inventory
import Recording
import Records

/// The reading of what a detector remembers, and the detector that goes on from there.
enum MemoryFuzz: FuzzTarget {
    static let isText = true

    static func take(_ bytes: RawSpan) throws -> Bool {
        guard let memory = MemoryFile.decode(bytes.array) else { return false }
        try demand(MemoryFile.decode(MemoryFile.encode(memory)) == memory, "a memory is read as it was written")
        for known in [memory, memory.inBoot("another")] {
            var detector = Detector(run: "r")
            _ = detector.take(.remember(known))
            let netns = Netns(id: 1, isHost: true)
            let level = Level(rules: 9, effective: 9, blocking: 9)
            _ = detector.take(.stands(netns, level, dropping: [], most: 9))
            for second in 1...3 as ClosedRange<UInt64> {
                let deed = deed(second, netns)
                _ = detector.novelties(of: deed)
                _ = detector.judgement(of: deed)
                _ = detector.take(.deed(deed))
                _ = detector.take(.settle(deed.time + 1))
            }
            _ = detector.openIncidents
            _ = detector.take(.finish(1 << 62))
            _ = MemoryFile.encode(detector.memory(bootID: "b"))
        }
        return true
    }

    /// Somebody takes away a rule, and then another.
    private static func deed(_ second: UInt64, _ netns: Netns) -> Deed {
        let id = ProcessID(pid: 9, start: 1)
        let program = Program(executable: "/usr/sbin/nft", isGenuine: true)
        let left = 9 - Int(second)
        let change = Change(
            operations: [Operation(.deleteRule, family: "inet", table: "t", chain: "in")],
            rules: Count(before: left + 1, after: left), elements: Count(before: 0, after: 0),
            effective: Count(before: left + 1, after: left), blocking: Count(before: left + 1, after: left))
        return Deed(
            id: "e\(second)", time: second * 1_000_000_000, wall: 1_795_737_600, netns: netns,
            what: .changed(Alteration(change, backend: "nftables")),
            actor: Actor(id: id, root: id, chain: [program], traits: []))
    }
}
