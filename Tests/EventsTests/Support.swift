import Events
import Inventory
import Lineage
import Records

let facts = Facts(
    hostID: "0123456789abcdef0123456789abcdef", hostname: "host", bootID: "8f0b2c1e-7f35-4c6c-9a52-3a8d35c5f3aa",
    kernel: "6.12.0", version: "1.0.0", agentID: "a1b2c3d4e5f60718", ephemeralID: "1718e5f6c3d4a1b2")

var names: Names { Names(user: { $0 == 0 ? "root" : nil }, group: { $0 == 0 ? "root" : nil }) }

/// 2026-01-01, as a host that was started then has it.
let offset: Int64 = 1_767_225_600_000_000_000

let netns = NetnsReport(id: 4_026_531_840, isHost: true)

/// The lines an event is told in, newline included.
func lines(
    _ event: Event, _ format: EventFormat = .ecs, max: Int = 8000, detail: Bool = true, time: UInt64 = 1000,
    now: UInt64 = 51_000
) -> [[UInt8]] {
    var encoder = freshEncoder(format, max: max, detail: detail)
    var lines: [[UInt8]] = []
    encoder.encode(event, time: time, now: now) { lines.append($0) }
    return lines
}

extension EventFormat {
    /// Where `wallwatch` is in a line.
    var own: String { self == .ecs ? "wallwatch" : "unmapped.wallwatch" }
}

/// One that numbers its lines from 1 on.
func freshEncoder(_ format: EventFormat, max: Int = 8000, detail: Bool = true) -> EventEncoder {
    var sequence: UInt64 = 0
    var encoder = EventEncoder(facts: facts, names: names, format: format, maxLineBytes: max, detail: detail) {
        sequence += 1
        return sequence
    }
    encoder.offset = offset
    return encoder
}

/// The same, parsed.
func parsed(
    _ event: Event, _ format: EventFormat = .ecs, max: Int = 8000, detail: Bool = true
) throws -> [JSONValue] {
    try lines(event, format, max: max, detail: detail).map { try JSONValue(parsing: $0.dropLast()) }
}

func task(_ process: ProcessID, parent: ProcessID) -> TaskIdentity {
    TaskIdentity(
        process: process, parent: parent,
        executable: ExecutableFile(
            inode: 9, device: 8 << 20 | 1, links: 1, owner: 0, mode: 0o100_755, isMemFD: false, isOnTmpfs: false),
        cgroup: 1 << 60, capabilities: 0x1ff_ffff_ffff, thread: process.pid, user: 1000, effectiveUser: 0, savedUser: 0,
        group: 0, effectiveGroup: 0, savedGroup: 0, login: 1000, session: 3, groupLeader: process.pid,
        sessionLeader: 50, terminal: 136 << 20 | 2, netns: 4_026_531_840, mntns: 1, pidns: 2, userns: 3,
        comm: ShortName(low: 0x74_666e, high: 0))
}

func image(
    _ path: String, _ arguments: [[UInt8]], directory: String = "/root", group: String? = nil
) -> ExecImage {
    let names: [UInt8] = group.map { Array("\($0)\0system.slice\0".utf8) } ?? []
    let joined = Array(arguments.map { $0 + [0] }.joined())
    let parts = [path, path, directory].map { Array($0.utf8) }
    return ExecImage(
        bytes: Array(parts.joined()) + names + joined, path: parts[0].count, invoked: parts[1].count,
        directory: parts[2].count, controlGroup: names.count, argumentsTotal: joined.count,
        argumentCount: arguments.count)
}

/// A process below `depth` others, each with a program and arguments of its own.
func process(
    _ path: String = "/usr/sbin/nft", arguments: [[UInt8]] = [Array("nft".utf8), Array("flush".utf8)], depth: Int = 2,
    directory: String = "/root", group: String? = nil, above: [Int: String] = [:]
) -> Process {
    var lineage = Lineage()
    var parent = ProcessID(pid: 0, start: 0)
    for level in 1...max(1, depth) {
        let id = ProcessID(pid: UInt32(level), start: UInt64(level) * 1_000_000)
        let command = image(
            above[level] ?? "/usr/bin/program-\(level)", [Array("program-\(level)".utf8), Array("--some-option".utf8)])
        lineage.exec(Record.Exec(task: task(id, parent: parent), image: command))
        parent = id
    }
    let id = ProcessID(pid: 4711, start: 99_000_000)
    lineage.exec(
        Record.Exec(task: task(id, parent: parent), image: image(path, arguments, directory: directory, group: group)))
    return lineage.process(
        of: Author(time: 0, task: task(id, parent: parent), ancestors: []))
}

/// Operations that can be told apart by their handles.
func operations(_ count: Int) -> [Operation] {
    (0..<count).map {
        Operation(.deleteRule, family: "inet", table: "filter", chain: "input", handle: UInt64($0), count: 1)
    }
}

func changed(_ operations: [Operation], author: Process? = nil, netns: NetnsReport = netns) -> Event {
    .changed(
        ChangeReport(
            backend: .nftables, netns: netns, generation: 7, family: "inet", source: .kernel,
            change: Change(
                operations: operations, rules: Count(before: 9000, after: 4000), elements: Count(before: 5, after: 5),
                effective: Count(before: 8000, after: 3000), blocking: Count(before: 70, after: 60)),
            author: author, thread: author.map { _ in 4712 }))
}
