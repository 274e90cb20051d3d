package import Lineage
internal import Records

/// What is known besides the process itself when its traits are looked for.
package struct TraitContext {
    package var process: Process
    /// When it did what it did, in nanoseconds of CLOCK_BOOTTIME, and from there to nanoseconds since 1970.
    package var time: UInt64
    package var offset: Int64
    /// The mount namespace that paths are meant in, by inode number.
    package var hostMounts: UInt32
    /// What was found of its executable, and of the script that it runs.
    package var executable: FileFindings?
    package var script: Script?
    package var scriptFile: FileFindings?
    /// Whether it wrote to a firewall, by netlink or as a legacy table.
    package var wroteFirewall: Bool

    package init(
        process: Process, time: UInt64, offset: Int64, hostMounts: UInt32, executable: FileFindings? = nil,
        script: Script? = nil, scriptFile: FileFindings? = nil, wroteFirewall: Bool
    ) {
        self.process = process
        self.time = time
        self.offset = offset
        self.hostMounts = hostMounts
        self.executable = executable
        self.script = script
        self.scriptFile = scriptFile
        self.wroteFirewall = wroteFirewall
    }
}

extension Trait {
    /// All that hold, in the order of ``Kind``.
    package static func all(_ context: TraitContext) -> [Trait] {
        finders.compactMap { $0(context) }
    }

    private static let finders: [@Sendable (TraitContext) -> Trait?] = [
        deleted, inMemory, temporaryPlace, ancestorInTemporaryPlace, folderWritable, notRoots, writable, changed,
        recent, otherMounts,
        argumentsRewritten, nameRewritten, networkService, shellBelowService, inputFromSocket, inputFromPipe, noLogin,
        setUser, becameRoot, noTool, preloaded, longEnvironment, injected,
    ]

    // MARK: The file

    static func deleted(_ context: TraitContext) -> Trait? {
        guard let file = context.process.file, file.isDeleted, !file.isMemFD else { return nil }
        return Trait(.executableDeleted, "\(context.path) has no name on disk any more")
    }

    static func inMemory(_ context: TraitContext) -> Trait? {
        let invoked = context.process.image.invoked
        let isDescriptor = ["/dev/fd/", "/proc/self/fd/"].contains { invoked.starts(with: $0.utf8) }
        guard context.process.file?.isMemFD == true || isDescriptor else { return nil }
        return Trait(.executableInMemory, "\(context.path), called as \(text(invoked))")
    }

    private static let temporaryPlaces = ["/tmp/", "/var/tmp/", "/dev/shm/", "/run/user/", "/run/lock/", "/var/crash/"]

    static func temporaryPlace(_ context: TraitContext) -> Trait? {
        let paths = [Array(context.process.image.path), context.script?.path ?? []]
        for path in paths {
            guard temporaryPlaces.contains(where: { path.starts(with: $0.utf8) }) else { continue }
            return Trait(.executableInTemporaryPlace, text(path[...]))
        }
        return nil
    }

    /// Above an author, up to the way in: a tool of the system's proves nothing for who calls it.
    static func ancestorInTemporaryPlace(_ context: TraitContext) -> Trait? {
        let gate = Entry(of: context.process)?.gate
        for above in context.process.chain.dropFirst().prefix(while: { $0 !== gate }) {
            guard temporaryPlaces.contains(where: { above.image.path.starts(with: $0.utf8) }) else { continue }
            return Trait(.ancestorInTemporaryPlace, "\(text(above.image.path)) (pid \(above.id.pid))")
        }
        return nil
    }

    static func folderWritable(_ context: TraitContext) -> Trait? {
        guard let folder = context.executable?.writableFolder ?? context.scriptFile?.writableFolder else { return nil }
        return Trait(.executableFolderWritable, "others than root may put files into \(folder)")
    }

    static func notRoots(_ context: TraitContext) -> Trait? {
        guard let file = context.process.file, file.owner != 0 else { return nil }
        return Trait(.executableNotRoots, "\(context.path) belongs to user \(file.owner)")
    }

    static func writable(_ context: TraitContext) -> Trait? {
        guard let file = context.process.file, file.mode & 0o002 != 0, !file.isMemFD else { return nil }
        return Trait(.executableWritable, "\(context.path) may be written by everybody")
    }

    static func changed(_ context: TraitContext) -> Trait? {
        guard let start = context.started, let file = context.executable, file.changed > start + 1_000_000_000 else {
            return nil
        }
        return Trait(
            .executableChanged, "\(context.path) was changed \(seconds(file.changed - start)) after its start")
    }

    /// How long before a program's start its file must have been changed to count as recent, in nanoseconds.
    private static let recentSpan: Int64 = 600_000_000_000

    static func recent(_ context: TraitContext) -> Trait? {
        guard let start = context.started, context.process.file?.isMemFD != true else { return nil }
        for (path, file) in [
            (context.path, context.executable), (text(context.script?.path[...] ?? []), context.scriptFile),
        ] {
            guard let file, file.changed <= start + 1_000_000_000, start - file.changed < recentSpan else { continue }
            return Trait(
                .executableRecent, "\(path) was written \(seconds(max(0, start - file.changed))) before its start")
        }
        return nil
    }

    static func otherMounts(_ context: TraitContext) -> Trait? {
        guard let mounts = context.process.task?.mntns, mounts != 0, mounts != context.hostMounts else { return nil }
        return Trait(.otherMounts, "its paths are those of mount namespace \(mounts)")
    }

    // MARK: What it says of itself

    static func argumentsRewritten(_ context: TraitContext) -> Trait? {
        let process = context.process
        let then = process.image.argumentBytes
        guard let now = process.argumentsNow, !then.isEmpty else { return nil }
        let isWhole = now.count >= min(128, process.image.argumentsTotal)
        let isSame = zip(now, then).enumerated().allSatisfy { place, bytes in
            bytes.0 == bytes.1 || bytes.0 == 0 && isLoneMark(then, place)
        }
        guard !isWhole || !isSame else { return nil }
        return Trait(.argumentsRewritten, "they now read \(text(now.prefix(64)))")
    }

    /// iptables writes over an argument that is a `!` and nothing else while it reads it.
    private static func isLoneMark(_ arguments: ArraySlice<UInt8>, _ place: Int) -> Bool {
        let index = arguments.startIndex + place
        let isBegun = place == 0 || arguments[index - 1] == 0
        return isBegun && arguments[index] == UInt8(ascii: "!")
            && (index + 1 == arguments.endIndex || arguments[index + 1] == 0)
    }

    static func nameRewritten(_ context: TraitContext) -> Trait? {
        let process = context.process
        // A thread has a name of its own.
        guard let task = process.task, task.thread == process.id.pid, let started = process.started,
            started.name != task.comm
        else { return nil }
        return Trait(.nameRewritten, "started as \(text(started.name.bytes[...])), now \(text(task.comm.bytes[...]))")
    }

    static func preloaded(_ context: TraitContext) -> Trait? {
        guard context.process.image.flags.contains(.isPreloaded) else { return nil }
        return Trait(.preloaded, "its environment had LD_PRELOAD or LD_AUDIT")
    }

    static func longEnvironment(_ context: TraitContext) -> Trait? {
        guard context.process.image.flags.contains(.hasLongEnvironment) else { return nil }
        return Trait(.longEnvironment, "its environment was too long to be looked through")
    }

    static func injected(_ context: TraitContext) -> Trait? {
        guard let one = context.process.callers.first(where: { $0.image.flags.contains(.isInjected) })
        else {
            return nil
        }
        return Trait(
            .injected,
            "that of \(text(one.programName)) (pid \(one.id.pid)) had BASH_ENV, PYTHONPATH, PERL5LIB or the like")
    }

    // MARK: Where it comes from

    static func networkService(_ context: TraitContext) -> Trait? {
        guard let service = context.process.chain.first(where: \.isNetworkService) else { return nil }
        return Trait(.networkService, "below \(text(service.programName)) (pid \(service.id.pid))")
    }

    static func shellBelowService(_ context: TraitContext) -> Trait? {
        let chain = context.process.chain
        guard let index = chain.firstIndex(where: \.isNetworkService),
            let shell = chain[..<index].first(where: \.isShell)
        else { return nil }
        let service = chain[index]
        return Trait(
            .shellBelowService,
            "\(text(shell.programName)) (pid \(shell.id.pid)) below \(text(service.programName))")
    }

    static func inputFromSocket(_ context: TraitContext) -> Trait? {
        guard let one = context.process.withInput(.socket) else { return nil }
        return Trait(.inputFromSocket, "of \(text(one.programName)) (pid \(one.id.pid))")
    }

    static func inputFromPipe(_ context: TraitContext) -> Trait? {
        guard let one = context.process.withInput(.pipe) else { return nil }
        return Trait(.inputFromPipe, "of \(text(one.programName)) (pid \(one.id.pid))")
    }

    static func noLogin(_ context: TraitContext) -> Trait? {
        guard let task = context.process.task, task.login == nil, let group = context.process.controlGroup,
            group.container == nil
        else { return nil }
        let unit = group.unit.map { text($0[...]) } ?? ""
        // A container's systemd too is in a scope of that name.
        guard !unit.hasSuffix(".service"), !group.path.suffix(11).elementsEqual("/init.scope".utf8) else { return nil }
        return Trait(.noLogin, unit.isEmpty ? "in \(text(group.path[...]))" : "in \(unit)")
    }

    /// How long a set-uid program counts as a short while ago, in nanoseconds.
    private static let elevationSpan: UInt64 = 300_000_000_000

    static func setUser(_ context: TraitContext) -> Trait? {
        guard let elevation = context.process.chain.lazy.compactMap(\.elevation).first,
            context.time &- elevation.time < elevationSpan
        else { return nil }
        return Trait(
            .setUser,
            "\(text(elevation.program[...])) made user \(elevation.from) user \(elevation.to) "
                + "\(seconds(Int64(context.time &- elevation.time))) before")
    }

    static func becameRoot(_ context: TraitContext) -> Trait? {
        let chain = context.process.chain
        guard context.process.isRoot, let index = chain.firstIndex(where: { ($0.bornUser ?? 0) != 0 }) else {
            return nil
        }
        let one = chain[index]
        // A set-uid program above explains it, also one that was there before the collector.
        guard one.isRoot, let born = one.bornUser,
            !chain[index...].contains(where: { $0.elevation != nil || ($0.file?.mode ?? 0) & 0o4000 != 0 })
        else { return nil }
        return Trait(
            .becameRoot, "\(text(one.programName)) (pid \(one.id.pid)) was born user \(born), and is root")
    }

    static func noTool(_ context: TraitContext) -> Trait? {
        let process = context.process
        guard context.wroteFirewall, !process.isFirewallTool(script: context.script) else { return nil }
        return Trait(.noTool, context.path)
    }

    // MARK: Words

    static func text(_ bytes: ArraySlice<UInt8>) -> String {
        // NUL between arguments; what else is no text is escaped where it is written.
        String(decoding: bytes.prefix(256).map { $0 == 0 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }

    private static func seconds(_ nanoseconds: Int64) -> String {
        nanoseconds < 10_000_000_000
            ? "\(nanoseconds / 1_000_000) ms" : "\(nanoseconds / 1_000_000_000) s"
    }
}

extension TraitContext {
    fileprivate var path: String {
        let path = process.image.path
        return path.isEmpty ? Trait.text(process.name?.bytes[...] ?? []) : Trait.text(path)
    }

    /// When its program was started, in nanoseconds since 1970; nil: before the collector.
    fileprivate var started: Int64? { process.started.map { Int64(bitPattern: $0.time) &+ offset } }
}
