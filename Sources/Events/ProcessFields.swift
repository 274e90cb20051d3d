internal import Detection
internal import Identity
internal import JSON
internal import Lineage
internal import Records

/// Writes processes by ECS's names; `OCSFProcess.swift` has OCSF's.
struct ProcessFields {
    let names: Names
    /// From CLOCK_BOOTTIME to UTC, in nanoseconds.
    let offset: Int64
    /// By whose names the line is written that they are part of.
    let format: EventFormat
    var limits: Limits
    var portrait: Portrait?
    /// The least that protected in the burst that a change belongs to.
    var lowest: Level?
    /// What was written of those above, and is the same for all below them.
    let written: WrittenParts

    /// The process of an event, its parent within it. Returns what had to be cut.
    func write(_ process: Process, thread: UInt32?, exitCode: Int32?, to line: inout JSONWriter) -> [String] {
        var cut: [String] = []
        line.object("process") { line in
            if identity(process, limits.arguments, to: &line) { cut.append("process.args") }
            credentials(process, to: &line)
            line.field("exit_code", exitCode)
            line.object("thread") { $0.field("id", thread) }
            line.object("hash") { $0.field("sha256", portrait?.executable?.sha256) }
            standing(process, to: &line)
            if process.image.flags.contains(.isPathCut) { cut.append("process.executable") }
            if let parent = process.parent {
                cut += written.write(.parent, of: parent, limits, offset: offset, to: &line) { line in
                    var isCut = false
                    line.object("parent") { line in
                        isCut = identity(parent, limits.ancestorCommand, to: &line)
                        credentials(parent, to: &line)
                    }
                    return isCut ? ["process.parent.args"] : []
                }
            }
        }
        return cut
    }

    /// The process whose end this is, after a line that told all of it: what tells it from others, and what became of it.
    func writeEnd(of process: Process, exitCode: Int32?, to line: inout JSONWriter) -> [String] {
        var cut: [String] = []
        line.object("process") { line in
            if identity(process, limits.arguments, to: &line) { cut.append("process.args") }
            credentials(process, to: &line)
            line.field("exit_code", exitCode)
            if process.image.flags.contains(.isPathCut) { cut.append("process.executable") }
            if let parent = process.parent {
                line.object("parent") { line in
                    line.field("pid", parent.id.pid)
                    line.field("entity_id", hexadecimal: entityNumber(parent.id))
                    line.field("name", bytes: name(of: parent))
                    line.field("executable", bytes: nonEmpty(parent.image.path))
                }
            }
        }
        return cut
    }

    /// The leaders of its group and session, how it came onto the host, its terminal.
    func standing(_ process: Process, to line: inout JSONWriter) {
        guard let task = process.task else { return }
        leader("group_leader", task.groupLeader, of: process, to: &line)
        leader("session_leader", task.sessionLeader, of: process, to: &line)
        if let entry = portrait?.entry { entryLeader(entry, of: process, to: &line) }
        line.object("tty") { tty in
            tty.object("char_device") {
                $0.field("major", task.terminal.map { $0 >> 20 })
                $0.field("minor", task.terminal.map { $0 & 0xf_ffff })
            }
        }
    }

    private func leader(_ key: StaticString, _ pid: UInt32, of process: Process, to line: inout JSONWriter) {
        line.object(key) { line in
            guard let leader = process.chain.first(where: { $0.id.pid == pid }) else { return line.field("pid", pid) }
            brief(leader, of: process, to: &line)
        }
    }

    /// A process that is neither the author nor above him: what tells it from others.
    func writeBriefly(_ process: Process, to line: inout JSONWriter) {
        line.field("pid", process.id.pid)
        line.field("entity_id", hexadecimal: entityNumber(process.id))
        guard !limits.isBare else { return }
        line.field("start", Timestamp(boottime: process.id.start, offset: offset))
        line.field("name", bytes: name(of: process))
        line.field("executable", bytes: nonEmpty(process.image.path))
        let command = CutArguments(process.image.arguments, limit: max(limits.ancestorCommand, 32))
        line.field("command_line", bytes: command.arguments.isEmpty ? nil : command.commandLine)
        credentials(process, to: &line)
        guard let task = process.task else { return }
        line.object("login") {
            $0.field("uid", id: task.login)
            $0.field("name", task.login.flatMap(names.user))
            $0.field("session", id: task.session)
        }
    }

    /// The way in, by ECS's names.
    private func entryLeader(_ entry: Entry, of process: Process, to line: inout JSONWriter) {
        line.object("entry_leader") { line in
            brief(entry.leader, of: process, to: &line)
            if !limits.isBare { line.field("executable", bytes: nonEmpty(entry.leader.image.path)) }
            line.object("entry_meta") { line in
                line.field("type", entry.kind.rawValue)
                line.object("source") { $0.field("ip", portrait?.peer) }
            }
        }
    }

    private func brief(_ leader: Process, of process: Process, to line: inout JSONWriter) {
        line.field("pid", leader.id.pid)
        line.field("entity_id", hexadecimal: entityNumber(leader.id))
        guard !limits.isBare else { return }
        line.field("name", bytes: name(of: leader))
        line.field("same_as_process", leader === process)
    }

    /// `container`, as ECS has it beside `process`.
    func writeContainer(of process: Process, to line: inout JSONWriter) {
        guard let container = process.controlGroup?.container else { return }
        line.object("container") {
            $0.field("id", bytes: limits.cut(container.id[...]))
            $0.field("runtime", container.runtime)
        }
    }

    /// `wallwatch.traits` and, where the control group tells it, `wallwatch.unit`.
    private func writeStanding(_ process: Process, to line: inout JSONWriter) {
        line.field("unit", bytes: process.controlGroup?.unit.map { limits.cut($0[...]) })
        line.array("traits") { line in
            for trait in portrait?.traits ?? [] {
                line.element {
                    $0.field("id", trait.kind.rawValue)
                    if !limits.isBare { $0.field("text", limits.cut(trait.evidence)) }
                }
            }
        }
    }

    /// `wallwatch.login`, `wallwatch.process` and `wallwatch.ancestry`. Returns what had to be cut.
    func writeBeside(_ process: Process, to line: inout JSONWriter) -> [String] {
        var cut: [String] = []
        writeStanding(process, to: &line)
        if let task = process.task, !limits.isBare {
            login(task, to: &line)
            line.object("process") { line in
                line.field("invoked", bytes: nonEmpty(process.image.invoked))
                line.field("comm", bytes: process.name?.bytes)
                line.field("exe_deleted", task.executable.isDeleted)
                line.field("exe_memfd", task.executable.isMemFD)
                line.field("exe_path_trust", portrait?.pathTrust.rawValue)
                line.field("argv_truncated", process.image.areArgumentsCut ? true : nil)
                line.field("stdin_kind", task.standardInput?.rawValue)
                line.object("script") {
                    $0.field("path", bytes: nonEmpty(portrait?.script?.path[...] ?? []))
                    $0.field("sha256", portrait?.scriptFile?.sha256)
                }
                line.object("exe") {
                    $0.field("inode", id: task.executable.inode)
                    $0.field("device", "\(task.executable.device >> 20):\(task.executable.device & 0xf_ffff)")
                    $0.field("owner", id: task.executable.owner)
                    $0.field("mode", octal(task.executable.mode & 0o7777))
                }
                line.field("capabilities", hexadecimal: task.capabilities)
                line.field("cgroup", id: task.cgroup)
                line.field("control_group", bytes: nonEmpty(process.controlGroup?.path[...] ?? []))
                line.field("user_unit", bytes: process.controlGroup?.userUnit.map { limits.cut($0[...]) })
                line.object("namespaces") {
                    $0.field("net", id: task.netns)
                    $0.field("mnt", id: task.mntns)
                    $0.field("pid", id: task.pidns)
                    $0.field("user", id: task.userns)
                }
            }
        }
        if let parent = process.parent {
            cut += written.write(.ancestry, of: parent, limits, offset: offset, to: &line) {
                ancestry(parent.chain[...], to: &$0)
            }
        }
        return cut
    }

    /// What stands in `wallwatch` of an end that says who it was, and no more.
    func writeBesideEnd(of process: Process, to line: inout JSONWriter) {
        writeStanding(process, to: &line)
        if let task = process.task { login(task, to: &line) }
        line.object("process") { $0.field("comm", bytes: process.name?.bytes) }
    }

    private func login(_ task: TaskIdentity, to line: inout JSONWriter) {
        line.object("login") {
            $0.field("uid", id: task.login)
            $0.field("name", task.login.flatMap(names.user))
            $0.field("session", id: task.session)
        }
    }

    /// Returns what had to be cut.
    private func ancestry(_ chain: ArraySlice<Process>, to line: inout JSONWriter) -> [String] {
        line.array("ancestry") { line in
            for ancestor in kept(chain) {
                line.element { line in
                    line.field("pid", ancestor.id.pid)
                    // OCSF has a list of its own for them, without units and users.
                    if format == .ecs {
                        line.field("start", Timestamp(boottime: ancestor.id.start, offset: offset))
                        line.field("executable", bytes: nonEmpty(ancestor.image.path))
                        line.field("name", bytes: name(of: ancestor))
                    }
                    line.field("unit", bytes: ancestor.controlGroup?.unit.map { limits.cut($0[...]) })
                    if format == .ecs, limits.ancestorCommand > 0 {
                        let command = CutArguments(ancestor.image.arguments, limit: limits.ancestorCommand)
                        line.field("command_line", bytes: command.arguments.isEmpty ? nil : command.commandLine)
                    }
                    line.object("user") {
                        $0.field("id", id: ancestor.user)
                        $0.field("name", names.user(ancestor.user))
                    }
                }
            }
        }
        return chain.count > limits.ancestors ? ["wallwatch.ancestry"] : []
    }

    /// The nearest, and always the last: the root of the chain.
    func kept(_ chain: ArraySlice<Process>) -> [Process] {
        guard chain.count > limits.ancestors, let last = chain.last else { return Array(chain) }
        return chain.prefix(limits.ancestors) + [last]
    }

    /// Returns whether the arguments had to be cut.
    private func identity(_ process: Process, _ limit: Int, to line: inout JSONWriter) -> Bool {
        line.field("pid", process.id.pid)
        line.field("start", Timestamp(boottime: process.id.start, offset: offset))
        line.field("entity_id", hexadecimal: entityNumber(process.id))
        line.field("name", bytes: name(of: process))
        line.field("executable", bytes: nonEmpty(process.image.path))
        let all = process.image.arguments
        if !all.isEmpty { line.field("args_count", max(process.image.argumentCount, all.count)) }
        guard !limits.isBare else { return !all.isEmpty }
        let kept = CutArguments(all, limit: limit)
        line.field("command_line", bytes: kept.arguments.isEmpty ? nil : kept.commandLine)
        line.array("args") { for argument in kept.arguments { $0.element(bytes: argument.span) } }
        line.field("working_directory", bytes: nonEmpty(process.image.directory))
        return kept.isCut
    }

    private func credentials(_ process: Process, to line: inout JSONWriter) {
        func user(_ key: StaticString, _ id: UInt32, _ name: (UInt32) -> String?, _ line: inout JSONWriter) {
            line.object(key) {
                $0.field("id", id: id)
                $0.field("name", name(id))
            }
        }
        guard let task = process.task else { return user("user", process.user, names.user, &line) }
        user("user", task.effectiveUser, names.user, &line)
        user("real_user", task.user, names.user, &line)
        user("saved_user", task.savedUser, names.user, &line)
        user("group", task.effectiveGroup, names.group, &line)
    }

    /// The file's name; of a kernel thread, or where the file is not known, the task's.
    func name(of process: Process) -> ArraySlice<UInt8>? {
        process.image.path.isEmpty ? process.name?.bytes[...] : limits.cut(process.image.name)
    }

    /// The same for the same process in every event, and for no other: FNV-1a over boot, pid and start.
    func entityNumber(_ id: ProcessID) -> UInt64 {
        var hash = written.bootHash
        for word in [UInt64(id.pid), id.start] {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                hash = (hash ^ (word >> shift & 0xff)) &* 0x100_0000_01b3
            }
        }
        return hash
    }

    func nonEmpty(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? { bytes.isEmpty ? nil : limits.cut(bytes) }
}

/// Four digits, as chmod takes them.
func octal(_ mode: UInt16) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}

extension Timestamp {
    /// A moment of the kernel half's clock.
    init(boottime: UInt64, offset: Int64) {
        self.init(since1970: Int64(bitPattern: boottime) &+ offset)
    }
}
