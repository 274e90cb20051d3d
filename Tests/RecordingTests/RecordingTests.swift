import Detection
import Identity
import Inventory
import Recording
import Records
import TestSupport
import Testing

@Suite struct `A recording` {
    static func actor(_ pid: UInt32, _ traits: [Identity.Trait.Kind] = []) -> Actor {
        let id = ProcessID(pid: pid, start: UInt64(pid) << 33)
        var actor = Actor(
            id: id, root: id,
            chain: [
                Program(executable: "/usr/sbin/nft", unit: "session-1.scope", isGenuine: true),
                Program(executable: "/usr/bin/bash", script: "/root/ö \"x\"\\.sh", isGenuine: false),
            ],
            traits: traits.map { Identity.Trait($0, "seen \u{1F525}") })
        actor.command = "nft -f -\u{7f}\t\u{0}"
        actor.initiator = Initiator(confidence: "unknown")
        let part = Telling.Part(
            members: "\"process\":{\"pid\":1}", beside: "\"unit\":\"x\"", cut: ["a"], isEscaped: true)
        actor.telling = Telling(full: part, brief: part)
        return actor
    }

    /// A walk over everything that the detector can be told.
    static func inputs(seed: UInt64) -> [Input] {
        var random = SplitMix(seed: seed)
        var level = Level(rules: 100, effective: 90, blocking: 40)
        var now: UInt64 = 1 << 40
        let netns = Netns(id: 7, isHost: true)
        var inputs: [Input] = [
            .stands(netns, level, dropping: [DroppingChain(family: "inet", table: "t", chain: "input")], most: 90)
        ]
        for number in 0..<120 {
            now += random.next() % 3_000_000_000
            let actor =
                random.next() % 8 == 0
                ? nil : actor(UInt32(random.next() % 4), random.next() % 6 == 0 ? [.executableInMemory] : [])
            let what: Deed.What
            switch random.next() % 12 {
            case 0: what = .service(name: "ufw", isStart: random.next() % 2 == 0, isDaemon: true, signal: 9)
            case 1: what = .module(name: "ip_tables", isLoaded: random.next() % 2 == 0, alteration: nil)
            case 2: what = .tampered("a map was opened")
            case 3: what = .sysctl(name: "net.bridge.bridge-nf-call-iptables", value: "0", isOff: true)
            default:
                let blocking = min(level.blocking, Int(random.next() % 30))
                let after = Level(
                    rules: level.rules, effective: level.effective - blocking, blocking: level.blocking - blocking)
                let back = random.next() % 3 == 0 ? Level(rules: 100, effective: 90, blocking: 40) : after
                let change = Change(
                    operations: [
                        Operation(
                            .policy, family: "inet", table: "t", chain: "input",
                            policy: PolicyChange(before: "drop", after: "accept")), Operation(.flushSet, set: "bad"),
                    ],
                    rules: Count(before: level.rules, after: back.rules), elements: Count(before: 0, after: 0),
                    effective: Count(before: level.effective, after: back.effective),
                    blocking: Count(before: level.blocking, after: back.blocking))
                level = back
                what = .changed(Alteration(change, backend: "nftables"))
            }
            inputs.append(
                .deed(Deed(id: "e\(number)", time: now, wall: 1_795_737_600, netns: netns, what: what, actor: actor)))
            if random.next() % 3 == 0 { inputs.append(.settle(now + 1_000_000_000)) }
            if random.next() % 40 == 0 { inputs.append(.pause(Pause(until: 1_795_737_700, reason: "CHG-7"))) }
            if random.next() % 20 == 0 { inputs.append(.pause(nil)) }
        }
        var detector = Detector(run: "r")
        let memory = inputs.reduce(into: Memory?.none) { memory, input in
            _ = detector.take(input)
            memory = detector.memory(bootID: "b")
        }
        if let memory { inputs.append(.remember(memory)) }
        return inputs + [.finish(now + 60_000_000_000), .gone(netns)]
    }

    @Test(arguments: 0..<20) func `gives back what went in, in pieces of any size`(seed: UInt64) {
        for (index, input) in Self.inputs(seed: seed).enumerated() {
            let recorded = Recorded(input, offset: 1_795_000_000_123_456_789)
            let length = [4, 7, 64, 3550][index % 4]
            let pieces = recorded.pieces(of: length)
            #expect(pieces.allSatisfy { $0.utf8.count <= length && !$0.isEmpty })
            #expect(Recorded(pieces) == recorded)
        }
    }

    @Test(arguments: 0..<40) func `gives the same alerts`(seed: UInt64) {
        let inputs = Self.inputs(seed: seed)
        var live = Detector(run: "r")
        var again = Detector(run: "r")
        var count = 0
        for input in inputs {
            let told = live.take(input)
            let replayed = Recorded(Recorded(input, offset: 0).pieces(of: 500)).map { again.take($0.input) } ?? []
            #expect(told == replayed)
            count += told.count
        }
        #expect(count > 3)
    }

    @Test func `is read line by line, and what is broken is counted and no more`() throws {
        var reader = RecordReader()
        let good = Recorded(.settle(1), offset: 0).pieces(of: 9)
        func take(_ data: String, _ part: Int, _ parts: Int) throws -> Recorded? {
            let line = try #require(Self.line(data, part, parts))
            return reader.take(line.piece)
        }
        for (index, piece) in good.enumerated() {
            let recorded = try take(piece, index + 1, good.count)
            #expect((recorded != nil) == (index + 1 == good.count))
        }
        #expect(reader.unreadable == 0)
        _ = try take(good[0], 1, good.count)
        _ = try take(good[0], 1, good.count)
        #expect(reader.unreadable == 1)
        #expect(try take("}", 5, 7) == nil)
        #expect(try take("x", 3, 3) == nil)
        #expect(try take("{\"version\":99,\"offset\":0,\"input\":{\"settle\":{\"_0\":1}}}", 1, 1) == nil)
        #expect(reader.unreadable == 3)
    }

    static func line(_ data: String, _ part: Int, _ parts: Int) -> RecordedLine? {
        let text = data.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let line =
            "{\"host\":{\"id\":\"h\",\"hostname\":\"n\",\"boot\":{\"id\":\"b\"},\"os\":{\"kernel\":\"6\"}},"
            + "\"agent\":{\"type\":\"wallwatch\",\"version\":\"1\",\"id\":\"a\",\"ephemeral_id\":\"e\"},"
            + "\"wallwatch\":{\"record\":{\"part\":\(part),\"parts\":\(parts),\"data\":\"\(text)\"}}}"
        return RecordedLine(Array(line.utf8))
    }

    @Test(arguments: ["", "{", "null", "{\"wallwatch\":{}}", "\u{0}", "[1,2]", "{\"host\":1}"])
    func `is no other line`(text: String) { #expect(RecordedLine(Array(text.utf8)) == nil) }

    @Test(arguments: 0..<300) func `that is damaged is refused, or means something`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let inputs = Self.inputs(seed: 1)
        var text = Array(
            Recorded(inputs[Int(random.next() % UInt64(inputs.count))], offset: 1).pieces(of: 1 << 20).joined().utf8)
        for _ in 0..<(1 + random.next() % 4) {
            let place = Int(random.next() % UInt64(text.count))
            switch random.next() % 3 {
            case 0: text[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: text.removeSubrange(place..<min(text.count, place + Int(random.next() % 40) + 1))
            default: text.insert(contentsOf: text[..<min(text.count, 20)], at: place)
            }
            if text.isEmpty { return }
        }
        var detector = Detector(run: "r")
        if let recorded = Recorded([String(decoding: text, as: UTF8.self)]) { _ = detector.take(recorded.input) }
        _ = MemoryFile.decode(text)
    }

    @Test func `with figures that no host has is refused`() {
        let most = Level(rules: 1, effective: .max, blocking: 1)
        func isRead(_ input: Input, offset: Int64 = 0) -> Bool {
            Recorded(Recorded(input, offset: offset).pieces(of: 1 << 20)) != nil
        }
        #expect(!isRead(.stands(Netns(id: 1, isHost: true), most, dropping: [], most: nil)))
        #expect(!isRead(.stands(Netns(id: 1, isHost: true), .zero, dropping: [], most: .min)))
        #expect(isRead(.stands(Netns(id: 1, isHost: true), .zero, dropping: [], most: 1 << 40)))
        #expect(!isRead(.settle(.max)) && isRead(.settle(1 << 61)))
        #expect(!isRead(.settle(1), offset: .min))
        let deed = Deed(time: 1, wall: -1, netns: Netns(id: 1, isHost: true), what: .tampered("x"), actor: nil)
        #expect(!isRead(.deed(deed)))
    }

    /// The hours of a memory are found by their number.
    @Test func `of a memory without hours is refused`() throws {
        for case .remember(let memory) in Self.inputs(seed: 3) {
            let text = String(decoding: MemoryFile.encode(memory), as: UTF8.self)
            let hours = try #require(text.firstRange(of: "\"hours\":["))
            let end = try #require(text[hours.upperBound...].firstIndex(of: "]"))
            #expect(MemoryFile.decode(Array(text.utf8)) != nil)
            #expect(MemoryFile.decode(Array((text[..<hours.upperBound] + text[end...]).utf8)) == nil)
        }
    }

    @Test func `of a memory survives its file`() {
        for case .remember(let memory) in Self.inputs(seed: 3) {
            #expect(MemoryFile.decode(MemoryFile.encode(memory)) == memory)
        }
        #expect(MemoryFile.decode([]) == nil)
    }
}
