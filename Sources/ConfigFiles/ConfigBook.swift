/// What the firewall's configuration was when it was told last, and which of it was touched since.
///
/// Pure: told of touches and of what was found afterwards, it says what that amounts to. A touch alone is no change:
/// editors write beside a file and rename, and programs write what stood there.
package struct ConfigBook: Sendable {
    /// How long nobody must have touched a path before it is looked at, and how long at most, in nanoseconds.
    static let quiet: UInt64 = 150_000_000
    static let patience: UInt64 = 1_000_000_000
    /// How many writers of one path are remembered between two looks, and how many paths.
    private static let writerLimit = 4
    private static let touchLimit = 4096

    /// How a path was touched.
    package enum Deed: Sendable {
        /// What is in it was written, or the name came or went.
        case content
        /// Permissions, dates, owners, or the number of its names.
        case attributes
        /// A folder was made.
        case folder
    }

    private struct Touch {
        var first: UInt64
        var last: UInt64
        /// By pid, last one last.
        var writers: [UInt32] = []
        /// Those who touched no more than attributes, or made a folder.
        var others: [UInt32] = []
        /// The last to touch attributes.
        var modifier: UInt32?

        var due: UInt64 { min(last &+ ConfigBook.quiet, first &+ ConfigBook.patience) }
    }

    /// What was found last, of what is there.
    package private(set) var files: [BytePath: FileFacts] = [:]
    /// Of what is there, or was.
    private var touches: [BytePath: Touch] = [:]
    /// Touches that found no room: everything is to be looked at.
    private var isOverfull = false

    package init() {}

    /// Takes what an earlier collector knew.
    package init(files: [BytePath: FileFacts]) { self.files = files }

    /// Somebody did something to a file or folder, at that time.
    package mutating func touch(_ path: BytePath, _ deed: Deed, by actor: UInt32?, at time: UInt64) {
        guard touches[path] != nil || touches.count < Self.touchLimit else { return isOverfull = true }
        var touch = touches[path] ?? Touch(first: time, last: time)
        touch.last = time
        if let actor {
            switch deed {
            case .content: Self.append(actor, to: &touch.writers)
            case .attributes:
                Self.append(actor, to: &touch.others)
                touch.modifier = actor
            case .folder: Self.append(actor, to: &touch.others)
            }
        }
        touches[path] = touch
    }

    private static func append(_ actor: UInt32, to list: inout [UInt32]) {
        guard list.last != actor else { return }
        list.removeAll { $0 == actor }
        if list.count == writerLimit { list.removeFirst() }
        list.append(actor)
    }

    /// When a path is to be looked at next, in nanoseconds of CLOCK_BOOTTIME.
    package var deadline: UInt64? { touches.values.map(\.due).min() }

    /// What is to be looked at now: with one path everything that was touched, so that both ends of a move are seen.
    package func due(at now: UInt64) -> [BytePath] {
        guard touches.values.contains(where: { $0.due <= now }) else { return [] }
        return isOverfull ? [.root] : Array(touches.keys)
    }

    /// Takes what was found at paths and below them, and says what that is a change of.
    package mutating func settle(
        _ paths: [BytePath], found: [BytePath: FileFacts], plan: ConfigPlan, source: ConfigChange.Source,
        at now: UInt64
    ) -> [ConfigChange] {
        var changes: [ConfigChange] = []
        let concerned = Set(found.keys).union(files.keys.filter { file in paths.contains { file.isAtOrBelow($0) } })
        for path in concerned.sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) {
            let before = files[path]
            let after = found[path]
            files[path] = after
            guard let operation = Self.operation(before, after),
                let meaning = plan.place(of: path)?.meaning ?? (before == nil ? nil : ConfigPlan.Meaning(.other)),
                Self.matters(before, after, operation, meaning)
            else { continue }
            let touch = touch(of: path)
            changes.append(
                ConfigChange(
                    path: path, kind: meaning.kind, operation: operation, before: before, after: after,
                    source: touch == nil && source == .kernel ? .audit : source,
                    author: operation == .permissions ? touch?.modifier ?? touch?.writers.last : touch?.writers.last,
                    others: (touch?.others ?? []) + (touch?.writers ?? []), time: touch?.last ?? now))
        }
        return Self.joiningMoves(changes)
    }

    /// What was touched at these paths is told.
    package mutating func forget(_ paths: [BytePath]) {
        for path in paths { touches[path] = nil }
        if paths.contains(.root) {
            touches.removeAll()
            isOverfull = false
        }
    }

    /// The touch of a path, or of the folder that came or went with it.
    private func touch(of path: BytePath) -> Touch? {
        var path = path
        while true {
            if let touch = touches[path] { return touch }
            guard path != .root else { return nil }
            path = path.folder
        }
    }

    private static func operation(_ before: FileFacts?, _ after: FileFacts?) -> ConfigChange.Operation? {
        switch (before, after) {
        case (nil, nil): nil
        case (nil, _): .created
        case (_, nil): .removed
        case (let before?, let after?):
            !after.hasContent(of: before) ? .written : after.hasPermissions(of: before) ? nil : .permissions
        }
    }

    /// Whether the lines that count are others.
    private static func matters(
        _ before: FileFacts?, _ after: FileFacts?, _ operation: ConfigChange.Operation, _ meaning: ConfigPlan.Meaning
    ) -> Bool {
        guard !meaning.words.isEmpty else { return true }
        let old = before.map { $0.lines(with: meaning.words) } ?? []
        let new = after.map { $0.lines(with: meaning.words) } ?? []
        guard let old, let new else { return true }
        return operation == .permissions ? !new.isEmpty : old != new
    }

    /// A file that went and one that came are one that was moved, if it is the same file.
    private static func joiningMoves(_ changes: [ConfigChange]) -> [ConfigChange] {
        var changes = changes
        var moved: Set<Int> = []
        for (index, change) in changes.enumerated() where change.operation == .created {
            let origin = changes.indices.first { other in
                guard changes[other].operation == .removed, !moved.contains(other), let after = change.after,
                    let before = changes[other].before
                else { return false }
                return before.isSameFile(as: after)
            }
            guard let origin else { continue }
            moved.insert(origin)
            changes[index].operation = .moved
            changes[index].movedFrom = changes[origin].path
            changes[index].before = changes[origin].before
        }
        return changes.enumerated().filter { !moved.contains($0.offset) }.map(\.element)
    }
}

extension ConfigPlan {
    /// The plan together with what scripts of nft among the files include.
    package func following(_ files: [BytePath: FileFacts]) -> ConfigPlan {
        var plan = self
        for (path, facts) in files where place(of: path)?.meaning?.kind == .nftables {
            for pattern in facts.text.map({ NFTIncludes.patterns(in: $0, at: path) }) ?? [] {
                plan.add(pattern, Meaning(.nftables))
            }
        }
        return plan
    }
}
