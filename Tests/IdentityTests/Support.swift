import Identity
import Lineage
import Records

/// Testing has a Trait too.
typealias Fact = Identity.Trait

let second: UInt64 = 1_000_000_000

/// A process's facts, as little of them as a test needs.
struct Someone {
    var path = "/usr/sbin/nft"
    var arguments: [String] = []
    var invoked = ""
    var directory = "/root"
    var user: UInt32 = 0
    var effectiveUser: UInt32?
    var login: UInt32? = 1000
    var terminal: UInt32?
    var input: FileKind?
    var group: [String] = []
    var owner: UInt32 = 0
    var mode: UInt16 = 0o100_755
    var links: UInt32 = 1
    var isMemFD = false
    var mounts: UInt32 = 1
    var flags: ExecImage.Flags = []
    /// When it was started, in nanoseconds; its pid is its place in the chain.
    var time: UInt64 = 0
    var comm = "nft"

    func task(_ pid: UInt32, parent: UInt32, comm: String? = nil) -> TaskIdentity {
        TaskIdentity(
            process: ProcessID(pid: pid, start: UInt64(pid)), parent: ProcessID(pid: parent, start: UInt64(parent)),
            executable: ExecutableFile(
                inode: 7, device: 1, links: links, owner: owner, mode: mode, isMemFD: isMemFD, isOnTmpfs: false),
            cgroup: UInt64(pid), capabilities: 0, thread: pid, user: user, effectiveUser: effectiveUser ?? user,
            savedUser: user, group: 0, effectiveGroup: 0, savedGroup: 0, login: login, session: nil, groupLeader: pid,
            sessionLeader: pid, terminal: terminal, netns: 1, mntns: mounts, pidns: 1, userns: 1,
            comm: shortName(comm ?? self.comm), standardInput: input)
    }

    var image: ExecImage {
        let words = arguments.isEmpty ? [path] : arguments
        let group: [UInt8] = group.reversed().reduce(into: []) { $0 += Array($1.utf8) + [0] }
        let text: [UInt8] = words.reduce(into: []) { $0 += Array($1.utf8) + [0] }
        var bytes = Array((path + invoked + directory).utf8)
        bytes += group
        bytes += text
        return ExecImage(
            bytes: bytes,
            path: path.utf8.count, invoked: invoked.utf8.count, directory: directory.utf8.count,
            controlGroup: group.count, argumentsTotal: text.count, argumentCount: words.count, flags: flags)
    }
}

func shortName(_ text: String) -> ShortName {
    let words = Array(text.utf8.prefix(15)) + [UInt8](repeating: 0, count: 16 - min(15, text.utf8.count))
    let word = { (bytes: ArraySlice<UInt8>) in bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    return ShortName(low: word(words[..<8]), high: word(words[8...]))
}

/// The last of a chain that begins at pid 1: each is forked by the one before, under that one's user, and starts its
/// program. `doing`: what the last one's record says of it when it changes a firewall.
func chain(
    _ people: [Someone], comm: String? = nil, arguments: [UInt8]? = nil, forkedAs: [UInt32: UInt32] = [:]
) -> Process {
    var lineage = Lineage()
    for (index, one) in people.enumerated() {
        let pid = UInt32(index + 1)
        let before = index > 0 ? people[index - 1] : one
        lineage.fork(
            Record.Fork(
                parent: ProcessID(pid: pid - 1, start: UInt64(pid - 1)), child: ProcessID(pid: pid, start: UInt64(pid)),
                user: forkedAs[pid] ?? before.user), at: 0)
        lineage.exec(Record.Exec(task: one.task(pid, parent: pid - 1), image: one.image, time: one.time))
    }
    let last = UInt32(people.count)
    return lineage.process(
        of: Author(
            time: 0, task: people[people.count - 1].task(last, parent: last - 1, comm: comm), ancestors: [],
            arguments: arguments))
}

let systemd = Someone(path: "/usr/lib/systemd/systemd", login: nil, comm: "systemd")
let shell = Someone(path: "/usr/bin/bash", comm: "bash")
let nft = Someone()

func context(
    _ process: Process, time: UInt64 = 100 * second, executable: FileFindings? = nil, script: Script? = nil,
    scriptFile: FileFindings? = nil, wroteFirewall: Bool = true
) -> TraitContext {
    TraitContext(
        process: process, time: time, offset: 0, hostMounts: 1, executable: executable, script: script,
        scriptFile: scriptFile, wroteFirewall: wroteFirewall)
}

/// The names of the traits that the last of a chain has.
func traits(_ people: [Someone], time: UInt64 = 100 * second) -> [String] {
    let process = chain(people)
    return Fact.all(context(process, time: time, script: Script(of: process))).map(\.kind.rawValue)
}
