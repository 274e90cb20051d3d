package import Records

/// A process, alive or gone, with the one that forked it.
///
/// A child holds its parent, so that a chain lasts as long as somebody lives at its end, also when the
/// kernel has given the orphan to init.
package final class Process {
    package let id: ProcessID
    package internal(set) var parent: Process? { didSet { revision &+= 1 } }
    /// Shared with the parent until the process execs.
    package internal(set) var image: ExecImage { didSet { revision &+= 1 } }
    /// The file behind an image that was taken over from the parent; nil once the process has one of its own.
    var inherited: Inherited?
    package internal(set) var user: UInt32 { didSet { revision &+= 1 } }
    /// The fullest identity seen: at exec, or in a record of its own.
    package internal(set) var task: TaskIdentity? { didSet { revision &+= 1 } }
    package internal(set) var name: ShortName? { didSet { revision &+= 1 } }
    /// The service, session or container it is in.
    package internal(set) var controlGroup: ControlGroup? { didSet { revision &+= 1 } }
    /// The user under whom it was forked; nil: it was there before the collector.
    package internal(set) var bornUser: UInt32?
    /// When its program was started, in nanoseconds of CLOCK_BOOTTIME, and what the kernel then called it; nil: before
    /// the collector.
    package internal(set) var started: Started?
    /// When it was last made another user by a set-uid program.
    package internal(set) var elevation: Elevation?
    /// The beginning of its arguments when it last changed a firewall; nil: it did not, or they could not be read.
    package internal(set) var argumentsNow: [UInt8]?
    package internal(set) var hasExited = false
    /// Whether an event of its own has told of it; set by who tells.
    package var isReported = false
    /// How often that changed by which those below it tell of it.
    package private(set) var revision: UInt64 = 0
    /// Links up to the root, as far as they are kept.
    var depth: Int

    init(id: ProcessID, parent: Process?, image: ExecImage, user: UInt32) {
        self.id = id
        self.parent = parent
        self.image = image
        self.user = user
        depth = (parent?.depth ?? 0) + 1
    }

    /// The start of a program.
    package struct Started: Hashable, Sendable {
        package var time: UInt64
        package var name: ShortName
    }

    /// The start of a set-uid program by somebody else than its owner.
    package struct Elevation: Hashable, Sendable {
        package var time: UInt64
        /// The user that he was, and became.
        package var from: UInt32
        package var to: UInt32
        package var program: [UInt8]
    }

    /// What the program's file is known by.
    struct Inherited: Hashable {
        var device: UInt32
        var inode: UInt64
    }

    /// This process and those above it, nearest first.
    package var chain: [Process] {
        var chain = [self]
        while let above = chain[chain.count - 1].parent, chain.count < Lineage.depthLimit * 4 { chain.append(above) }
        return chain
    }
}
