public import Records

/// A process, alive or gone, with the one that forked it.
///
/// A child holds its parent, so that a chain lasts as long as somebody lives at its end, also when the
/// kernel has given the orphan to init.
public final class Process {
    public let id: ProcessID
    public internal(set) var parent: Process?
    /// Shared with the parent until the process execs.
    public internal(set) var image: ExecImage
    public internal(set) var user: UInt32
    /// The fullest identity seen: at exec, or in a record of its own.
    public internal(set) var task: TaskIdentity?
    public internal(set) var name: ShortName?
    public internal(set) var hasExited = false
    /// Whether an event of its own has told of it; set by who tells.
    public var isReported = false
    /// Links up to the root, as far as they are kept.
    var depth: Int

    init(id: ProcessID, parent: Process?, image: ExecImage, user: UInt32) {
        self.id = id
        self.parent = parent
        self.image = image
        self.user = user
        depth = (parent?.depth ?? 0) + 1
    }

    /// This process and those above it, nearest first.
    public var chain: [Process] {
        Array(sequence(first: self) { $0.parent })
    }
}
