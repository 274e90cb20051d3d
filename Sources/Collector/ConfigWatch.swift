internal import ConfigFiles
internal import Configuration
internal import Host
internal import SystemPackage

/// Watches the files that decide the firewall after the next boot or reload.
///
/// The kernel says when something was touched, and by whom; what became of it is found by comparing what is there with
/// what was. So nothing is told of what was written over with the same, and whatever was missed is found by the audit.
final class ConfigWatch {
    let events: FileEvents
    let mounts: MountWatch
    /// What is mounted on what is meant, or above it.
    private var covers: [BytePath: [[UInt8]]] = [:]
    private var areMountsOthers = false
    /// Of services that the operator names.
    private let units: [String]
    private var base: ConfigPlan
    private var plan: ConfigPlan
    private var book = ConfigBook()
    private var folders: Set<BytePath> = []
    /// Links among the files, by what they lead to.
    private var links: [BytePath: [BytePath]] = [:]
    /// More files are there than are looked at.
    private(set) var isCut = false

    init(_ settings: ConfigFilesSettings, units: [String], ownFile: FilePath) throws(Errno) {
        events = try FileEvents()
        mounts = try MountWatch()
        self.units = units
        base = Self.plan(settings, units, ownFile)
        plan = base
    }

    private static func plan(_ settings: ConfigFilesSettings, _ units: [String], _ ownFile: FilePath) -> ConfigPlan {
        guard settings.watch else { return ConfigPlan() }
        var plan = ConfigPlan.standard
        plan.add(units: units)
        let here = FilePath(String(decoding: TextFile.link("/proc/self/cwd") ?? [], as: UTF8.self))
        plan.add(here.pushing(ownFile).string, ConfigPlan.Meaning(.wallwatch))
        for path in settings.paths { plan.add(path, ConfigPlan.Meaning(.other)) }
        return plan
    }

    /// What is there, as it was found last.
    var files: [BytePath: FileFacts] { book.files }
    /// Folders of which the kernel does not tell who did something in them.
    var anonymousCount: Int { events.anonymous.count }
    var folderCount: Int { folders.count }
    /// When something is to be looked at next.
    var deadline: UInt64? { book.deadline }

    /// Looks at everything for the first time, compares it with what an earlier collector knew, and watches from now on.
    func begin(from saved: [BytePath: FileFacts]?, at now: UInt64) -> [ConfigChange] {
        book = ConfigBook(files: saved ?? [:])
        covers = findCovers()
        let changes = compare([.root], .start, at: now)
        return saved == nil ? [] : changes
    }

    /// Takes other settings. What is meant now and was not is no change, nor the other way round.
    func configure(_ settings: ConfigFilesSettings, ownFile: FilePath, at now: UInt64) {
        base = Self.plan(settings, units, ownFile)
        plan = base
        book = ConfigBook()
        _ = compare([.root], .start, at: now)
    }

    /// Whether one of these descriptors tells of something that was touched.
    func isTold(by readable: Set<CInt>) -> Bool {
        if readable.contains(mounts.descriptor) { areMountsOthers = true }
        return areMountsOthers || events.descriptors.contains { readable.contains($0) }
    }

    /// What is mounted where it matters. A mount covers files without touching one.
    private func findCovers() -> [BytePath: [[UInt8]]] {
        var found: [BytePath: [[UInt8]]] = [:]
        for (point, mount) in mounts.points {
            let path = BytePath(point)
            if plan.place(of: path) != nil { found[path, default: []].append(mount) }
        }
        return found
    }

    private func takeMounts(at now: UInt64) {
        areMountsOthers = false
        let before = covers
        covers = findCovers()
        for path in Set(before.keys).union(covers.keys) where before[path] != covers[path] {
            book.touch(path, .content, by: nil, at: now)
        }
    }

    /// Takes note of what the kernel told. `note` is given each writer, while he is known.
    func takeEvents(at now: UInt64, note: (UInt32) -> Void) {
        for event in events.take() {
            for place in event.places {
                let path = event.name.map { BytePath(place).appending($0) } ?? BytePath(place)
                let meant = (plan.place(of: path) == nil ? [] : [path]) + (links[path] ?? [])
                for path in meant {
                    book.touch(path, ConfigBook.Deed(event.deed), by: event.pid, at: now)
                    if let pid = event.pid { note(pid) }
                }
            }
        }
        if areMountsOthers { takeMounts(at: now) }
        if events.isOverrun { book.touch(.root, .content, by: nil, at: now) }
    }

    /// What became of what was touched, when it is quiet.
    func settle(at now: UInt64) -> [ConfigChange] {
        let due = book.due(at: now)
        return due.isEmpty ? [] : compare(due, .kernel, at: now)
    }

    /// What changed without a word.
    func audit(at now: UInt64) -> [ConfigChange] { compare([.root], .audit, at: now) }

    private func compare(_ paths: [BytePath], _ source: ConfigChange.Source, at now: UInt64) -> [ConfigChange] {
        var found: [BytePath: FileFacts] = [:]
        var isShapeKept = !paths.contains(.root)
        for path in paths {
            let findings = ConfigFileReader.read(plan, at: path)
            found.merge(findings.files) { _, last in last }
            // A folder that came or went, or a link: what is to be watched is another.
            isShapeKept =
                isShapeKept && findings.folders.isEmpty && findings.links.isEmpty && !folders.contains(path)
                && book.files[path]?.kind != .symlink
        }
        var changes = book.settle(paths, found: found, plan: plan, source: source, at: now)
        for path in found.keys { events.watch(file: path.opened) }
        let isScript = changes.contains { $0.kind == .nftables }
        // What lies in a folder that was just made is still put down to who made that.
        if !isShapeKept || isScript { changes += watchAll(source, at: now) }
        book.forget(paths)
        return changes
    }

    /// Watches what there is to watch by now; what came before it was watched is found by looking again.
    private func watchAll(_ source: ConfigChange.Source, at now: UInt64) -> [ConfigChange] {
        var changes: [ConfigChange] = []
        for _ in 0..<4 {
            plan = base.following(book.files)
            let before = ConfigFileReader.read(plan)
            let isNew = before.folders != folders
            folders = before.folders
            links = before.links
            isCut = before.isCut
            if isNew { events.watch(folders: Set(folders.map(\.opened)), files: Set(before.files.keys.map(\.opened))) }
            let found = isNew ? ConfigFileReader.read(plan) : before
            changes += book.settle([.root], found: found.files, plan: plan, source: source, at: now)
            // What was read now may include more.
            if !isNew { break }
        }
        return changes
    }
}

extension ConfigBook.Deed {
    fileprivate init(_ deed: FileEvents.Deed) {
        self =
            switch deed {
            case .content: .content
            case .attributes: .attributes
            case .folder: .folder
            }
    }
}
