import Attribution
import Netlink
import Records

let millisecond: UInt64 = 1_000_000

/// Somebody, told by his pid.
func author(_ pid: UInt32 = 100, at time: UInt64 = 0, capabilities: UInt64 = 1 << 12) -> Author {
    Author(
        time: time,
        task: TaskIdentity(
            process: ProcessID(pid: pid, start: 1), parent: ProcessID(pid: 1, start: 0),
            executable: ExecutableFile(
                inode: 1, device: 1, links: 1, owner: 0, mode: 0o755, isMemFD: false, isOnTmpfs: false),
            cgroup: 1, capabilities: capabilities, thread: pid, user: 0, effectiveUser: 0, savedUser: 0, group: 0,
            effectiveGroup: 0, savedGroup: 0, login: nil, session: nil, groupLeader: pid, sessionLeader: pid,
            terminal: nil, netns: 1, mntns: 1, pidns: 1, userns: 1, comm: ShortName(low: 0x74_666e, high: 0)),
        ancestors: [])
}

/// A batch whose messages are numbered from `first` on, begin and end included.
func batch(_ first: UInt32, messages: Int = 1, isEnded: Bool = true, subsystem: UInt8 = 10, type: UInt8 = 0) -> [UInt8]
{
    var builder = NetlinkMessageBuilder()
    var sequence = first
    builder.message(type: NetlinkControl.batchBegin, flags: .request, sequence: sequence) { _ in }
    for _ in 0..<messages {
        sequence &+= 1
        builder.netfilterMessage(subsystem: subsystem, message: type, flags: .request, sequence: sequence) {
            $0.attribute(1, name: "t")
        }
    }
    guard isEnded else { return builder.bytes }
    sequence &+= 1
    builder.message(type: NetlinkControl.batchEnd, flags: .request, sequence: sequence) { _ in }
    return builder.bytes
}

/// One command to ipset.
func ipset(_ command: IPSetCommand) -> [UInt8] {
    var builder = NetlinkMessageBuilder()
    builder.netfilterMessage(
        subsystem: NFNetlinkSubsystem.ipset, message: command.rawValue, flags: .request, sequence: 1
    ) { $0.attribute(2, name: "a") }
    return builder.bytes
}

func record(
    _ id: UInt64, _ bytes: [UInt8], netns: UInt32 = 1, port: UInt32 = 500, total: Int? = nil, pid: UInt32 = 100,
    at time: UInt64 = 0, capabilities: UInt64 = 1 << 12, level: UInt32 = 0
) -> Record.Request {
    Record.Request(
        id: id, author: author(pid, at: time, capabilities: capabilities),
        netns: NetnsRef(inode: netns, userNamespaceLevel: level), port: port,
        total: total ?? bytes.count,
        captured: bytes.count, bytes: bytes)
}

func commit(
    _ generation: UInt32, netns: UInt32 = 1, port: UInt32 = 500, sequence: UInt32, at time: UInt64,
    thread: UInt32? = nil
) -> Commit {
    Commit(
        netns: netns, notices: [], generation: NFTGeneration(id: generation, processID: thread), port: port,
        sequence: sequence, time: time)
}

extension Attribution {
    /// A whole request that the kernel answered.
    mutating func send(_ request: Record.Request, error: Int32 = 0) -> [Verdict] {
        begin(request)
        return end(id: request.id, error: error)
    }

    /// The notifications were read to the last, and nothing new was in them.
    mutating func hear() -> [Verdict] {
        beginHearing()
        return endHearing()
    }
}

extension Verdict {
    /// `committed 7 by 3`: which generation, which request.
    var brief: String {
        switch self {
        case .committed(let commit, let sent):
            "committed \(commit.generation.id) by \(sent.map { "\($0.id)" } ?? "nobody")"
        case .ipset(let sent): "ipset \(sent.id)"
        case .refused(let sent, let error): "refused \(sent.id) \(error)"
        case .silent(let sent): "silent \(sent.id)"
        case .dryRun(let sent): "dry-run \(sent.id)"
        }
    }
}

extension [Verdict] {
    var brief: [String] { map(\.brief) }
}
