internal import Identity
internal import JSON
internal import Lineage
internal import Records

/// The arguments of a process and its parent as a line shows them: they are needed for two of its members.
struct ShownArguments {
    let own: CutArguments?
    let parent: CutArguments?

    init(of process: Process, _ limits: Limits) {
        guard !limits.isBare else {
            own = nil
            parent = nil
            return
        }
        own = CutArguments(process.image.arguments, limit: limits.arguments)
        parent = process.parent.map { CutArguments($0.image.arguments, limit: limits.ancestorCommand) }
    }
}

extension ProcessFields {
    /// OCSF's `process`, its parent and those above within it. Returns what had to be cut.
    func writeNamed(
        _ process: Process, thread: UInt32?, _ shown: ShownArguments, to line: inout JSONWriter
    ) -> [String] {
        var cut: [String] = []
        line.object("process") { line in
            named(process, shown.own, sha256: portrait?.executable?.sha256, to: &line)
            line.field("ptid", thread)
            line.object("session") { $0.field("uid", process.task?.session.map { String($0) }) }
            if let container = process.controlGroup?.container {
                line.object("container") {
                    $0.field("uid", bytes: limits.cut(container.id[...]))
                    $0.field("runtime", container.runtime)
                }
            }
            if let parent = process.parent {
                line.object("parent_process") { named(parent, shown.parent, sha256: nil, to: &$0) }
            }
            line.array("ancestry") { line in
                for ancestor in kept(process.chain.dropFirst()) { line.element { entity(ancestor, to: &$0) } }
            }
        }
        if isCut(process, shown.own) { cut.append("process.args") }
        if process.image.flags.contains(.isPathCut) { cut.append("process.executable") }
        if let parent = process.parent, isCut(parent, shown.parent) { cut.append("process.parent.args") }
        return cut
    }

    private func isCut(_ process: Process, _ shown: CutArguments?) -> Bool {
        shown?.isCut ?? !process.image.arguments.isEmpty
    }

    private func named(_ process: Process, _ shown: CutArguments?, sha256: String?, to line: inout JSONWriter) {
        line.field("pid", process.id.pid)
        line.field("uid", hexadecimal: entityNumber(process.id))
        line.field("name", bytes: name(of: process))
        line.object("file") { line in
            guard let path = nonEmpty(process.image.path), let name = name(of: process) else { return }
            line.field("name", bytes: name)
            line.field("path", bytes: path)
            line.field("type_id", 1)
            line.sha256(sha256)
        }
        if let shown { line.field("cmd_line", bytes: shown.arguments.isEmpty ? nil : shown.commandLine) }
        line.milliseconds("created_time", boottime: process.id.start, offset: offset)
        if !limits.isBare { line.field("working_directory", bytes: nonEmpty(process.image.directory)) }
        account("user", process.task?.effectiveUser ?? process.user, names.user, to: &line)
        account("group", process.task?.effectiveGroup, names.group, to: &line)
        line.field("auid", process.task?.login)
    }

    private func account(
        _ key: StaticString, _ id: UInt32?, _ name: (UInt32) -> String?, to line: inout JSONWriter
    ) {
        guard let id else { return }
        line.object(key) {
            $0.field("uid", id: id)
            $0.field("name", name(id))
        }
    }

    /// A process that is named and not described.
    func entity(_ process: Process, to line: inout JSONWriter) {
        line.field("pid", process.id.pid)
        line.field("uid", hexadecimal: entityNumber(process.id))
        line.field("name", bytes: name(of: process))
        line.field("path", bytes: nonEmpty(process.image.path))
        if limits.ancestorCommand > 0 {
            let command = CutArguments(process.image.arguments, limit: limits.ancestorCommand)
            line.field("cmd_line", bytes: command.arguments.isEmpty ? nil : command.commandLine)
        }
        line.milliseconds("created_time", boottime: process.id.start, offset: offset)
    }

    /// What OCSF has no name for, by ECS's.
    func writeUnnamed(_ process: Process, _ shown: ShownArguments, to line: inout JSONWriter) {
        line.object("process") { line in
            unnamed(process, shown.own, to: &line)
            standing(process, to: &line)
            if let parent = process.parent { line.object("parent") { unnamed(parent, shown.parent, to: &$0) } }
        }
    }

    private func unnamed(_ process: Process, _ shown: CutArguments?, to line: inout JSONWriter) {
        let all = process.image.arguments.count
        if all > 0 { line.field("args_count", max(process.image.argumentCount, all)) }
        if let shown { line.field("args", list: shown.arguments.map { Array($0) }) }
        guard let task = process.task else { return }
        for (key, id) in [("real_user", task.user), ("saved_user", task.savedUser)] as [(StaticString, UInt32)] {
            line.object(key) {
                $0.field("id", id: id)
                $0.field("name", names.user(id))
            }
        }
    }
}

extension JSONWriter {
    /// A time of the kernel half's clock, in milliseconds since 1970.
    mutating func milliseconds(_ key: StaticString, boottime: UInt64, offset: Int64) {
        field(key, (Int64(bitPattern: boottime) &+ offset) / 1_000_000)
    }

    /// OCSF's `hashes`.
    mutating func sha256(_ value: String?) {
        guard let value else { return }
        array("hashes") {
            $0.element {
                $0.field("algorithm_id", 3)
                $0.field("algorithm", "SHA-256")
                $0.field("value", value)
            }
        }
    }
}
