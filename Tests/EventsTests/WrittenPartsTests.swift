import Detection
import Events
import Lineage
import Records
import TestSupport
import Testing

/// What one encoder writes of those above a process, again and again, is what one writes that has never written of them.
@Suite struct `Parts that were written before` {
    @Test(arguments: [UInt64(1), 2, 3]) func `come out as if they were written anew, whatever became of the chain`(
        seed: UInt64
    ) throws {
        var random = SplitMix(seed: seed)
        var lineage = Lineage()
        var users = ["root", "daemon"]
        // Names are looked up anew after a while only: here they stay until that is over.
        let names = Names(user: { users[Int($0 % 2)] }, group: { _ in nil })
        func encoder() -> EventEncoder {
            var encoder = EventEncoder(facts: facts, names: names, maxLineBytes: 4096, detail: true) { 1 }
            encoder.offset = offset
            return encoder
        }
        var one = encoder()
        var now: UInt64 = 1_000_000
        for pid in UInt32(1)...9 { start(pid, below: pid - 1, "/bin/first", in: &lineage) }
        var reused = 0
        for step in 0..<400 {
            let pid = UInt32.random(in: 1...9, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                let word = String(repeating: "x", count: Int.random(in: 0..<600, using: &random))
                start(pid, below: pid - 1, "/bin/\(step)\(word)", in: &lineage)
            case 1:
                start(pid, below: pid - 1, "/bin/\u{1}\(step)", user: .random(in: 0...3, using: &random), in: &lineage)
            case 2:
                // The whole chain is another, with the same pids.
                let fork = Record.Fork(parent: id(1), child: id(UInt32(20 + step)), user: 0)
                lineage.fork(fork, at: 0)
            case 3:
                now += 6_000_000_000
                users.reverse()
            case 4:
                one.offset += 1_000_000_000
            default: reused += 1
            }
            guard let process = lineage.process(id(pid)) else { continue }
            var fresh = encoder()
            fresh.offset = one.offset
            for event in [Event.process(process, .exec), changed(operations(step % 40), author: process)] {
                #expect(written(event, by: &one, now) == written(event, by: &fresh, now))
            }
        }
        #expect(reused > 100)
    }

    @Test func `an end after a line that told all tells what is new, and who it was`() throws {
        let process = process(arguments: [Array("nft".utf8), Array("list".utf8)])
        let whole = try #require(parsed(.process(process, .end(status: 0))).first)
        process.isReported = true
        let brief = try #require(parsed(.process(process, .end(status: 0))).first)
        for path in [
            "pid", "start", "entity_id", "executable", "command_line", "user.id", "exit_code", "parent.entity_id",
        ] {
            #expect(brief.at("process.\(path)") == whole.at("process.\(path)"))
            #expect(brief.at("process.\(path)") != nil)
        }
        #expect(
            whole.at("wallwatch.ancestry") != nil && brief.at("wallwatch.ancestry") == nil
                && brief.at("wallwatch.process.comm") == whole.at("wallwatch.process.comm"))
        #expect(brief.at("process.parent.args") == nil && brief.at("process.session_leader") == nil)
    }

    private func id(_ pid: UInt32) -> ProcessID { ProcessID(pid: pid, start: UInt64(pid) * 1000) }

    private func start(_ pid: UInt32, below parent: UInt32, _ path: String, user: UInt32 = 0, in lineage: inout Lineage)
    {
        var task = task(id(pid), parent: id(parent))
        task.user = user
        task.cgroup = UInt64(user)
        let command = image(path, [Array(path.utf8)], group: user == 0 ? nil : "unit-\(user).service")
        lineage.exec(Record.Exec(task: task, image: command))
    }

    private func written(_ event: Event, by encoder: inout EventEncoder, _ now: UInt64) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        encoder.encode(event, time: now, now: now) { lines.append($0) }
        return lines
    }
}
