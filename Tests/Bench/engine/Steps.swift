import Events
import Lineage
import Netlink
import NetlinkIO
import Probes
import Records

/// The way from the kernel to the line, a step at a time, and nothing of it twice: each step begins where the one before ends.
enum Steps {
    static let shell: UInt32 = 4
    static let first: UInt32 = 1000

    static func all() -> [Step] { [decoded(), followed(), told(ended: false), told(ended: true), notified()] }

    private static let nft = ["nft", "add", "rule", "inet", "filter", "input", "tcp", "dport", "22", "drop"]

    private static func records(_ pid: UInt32) -> [[UInt8]] {
        [
            RawRecords.fork(pid, of: shell), RawRecords.exec(pid, below: shell, "/usr/sbin/nft", nft),
            RawRecords.exit(pid),
        ]
    }

    private static func decoded() -> Step {
        let bytes = records(first)
        return Step("fork, exec and exit: decoded", bytes: bytes.reduce(0) { $0 + $1.count }, calls: 2000) { _ in
            for one in bytes { precondition(Record(one.span.bytes) != nil) }
        }
    }

    /// Four below each other, from init to a shell.
    private static func lineage() -> Lineage {
        var lineage = Lineage()
        for (pid, path) in zip(
            UInt32(1)..., ["/usr/lib/systemd/systemd", "/usr/sbin/sshd", "/usr/sbin/sshd", "/bin/bash"])
        {
            if case .exec(let exec)? = Record(RawRecords.exec(pid, below: pid - 1, path, [path]).span.bytes) {
                lineage.exec(exec)
            }
        }
        return lineage
    }

    private static func followed() -> Step {
        var lineage = lineage()
        let all = (0..<2000).map { index in records(first + UInt32(index)).map { Record($0.span.bytes) } }
        return Step("the same: taken into lineage", bytes: 0, calls: all.count) { index in
            for record in all[index] { take(record, &lineage, at: UInt64(index) * 1_000_000) }
        }
    }

    private static func take(_ record: Record?, _ lineage: inout Lineage, at time: UInt64) {
        switch record {
        case .fork(let fork): lineage.fork(fork, at: time)
        case .exec(let exec): lineage.exec(exec)
        case .exit(let id, _, _): lineage.exit(id, at: time)
        default: break
        }
    }

    private static func told(ended: Bool) -> Step {
        var lineage = lineage()
        let processes = (0..<2000).compactMap { index -> Process? in
            let pid = first + UInt32(index)
            for bytes in records(pid).dropLast() { take(Record(bytes.span.bytes), &lineage, at: 0) }
            return lineage.process(ProcessID(pid: pid, start: UInt64(pid) * 1000))
        }
        for process in processes { process.isReported = true }
        let facts = Facts(
            hostID: String(repeating: "a", count: 32), hostname: "host", bootID: String(repeating: "b", count: 36),
            kernel: "6.1.0", version: "0.1.0", agentID: String(repeating: "c", count: 16),
            ephemeralID: String(repeating: "d", count: 13))
        var sequence: UInt64 = 0
        var encoder = EventEncoder(
            facts: facts, names: Names(user: { _ in "root" }, group: { _ in "root" }), maxLineBytes: 8000, detail: true
        ) {
            sequence += 1
            return sequence
        }
        var size = 0
        var step = Step(ended ? "its end: told in a line" : "an exec: told in a line", bytes: 0, calls: processes.count)
        {
            encoder.encode(.process(processes[$0], ended ? .end(status: 0) : .exec), time: 0, now: 0) {
                size = $0.count
            }
        }
        step.bytes = size
        return step
    }

    private static func notified() -> Step {
        let all = (UInt64(1)...1000).flatMap(RawRecords.notification)
        return Step("a rule, as netlink notifies of it: decoded", bytes: all.count / 1000, calls: 20, records: 1000) {
            _ in
            forEachMessage(in: all.span.bytes) { header, payload in
                precondition(NFTMessage(type: header.message, flags: header.flags, payload: payload) != nil)
            }
        }
    }
}
