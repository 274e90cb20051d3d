public import Inventory
public import Lineage

/// Something to tell. What each carries is in `docs/events.md`.
public enum Event {
    case changed(ChangeReport)
    case failed(FailureReport)
    case state(StateReport)
    case drift(DriftReport)
    case process(Process, ProcessMoment)
    case module(name: [UInt8], isLoaded: Bool, author: Process?)
    case collector(CollectorReport)
}

/// Whether a process began its program or ended.
public enum ProcessMoment: Sendable {
    case exec
    case end(status: Int32)
}

/// The part of the kernel that was changed.
public enum Backend: String, Sendable, CaseIterable {
    case nftables
    case xtablesLegacy = "xtables-legacy"
    case ebtables
    case arptables
    case ipset
    case module
}

/// How it is known.
public enum Source: String, Sendable, CaseIterable {
    /// The kernel's own copy of the request, and what came of it.
    case kernel
    case syscall
    /// A notification only: nobody was seen to send anything.
    case notification
    /// A look at what stands, compared with what was believed.
    case dump
}

/// The namespace a report is about.
public struct NetnsReport: Hashable, Sendable {
    public var id: UInt32
    public var isHost: Bool
    /// It belongs to a user namespace of somebody's own.
    public var isUserOwned: Bool

    public init(id: UInt32, isHost: Bool, isUserOwned: Bool = false) {
        self.id = id
        self.isHost = isHost
        self.isUserOwned = isUserOwned
    }
}

/// One committed change.
public struct ChangeReport {
    public var backend: Backend
    public var netns: NetnsReport
    public var generation: UInt32?
    public var family: String?
    public var source: Source
    public var change: Change
    /// nil: nobody was seen to do it.
    public var author: Process?
    /// Of the sending thread, where it is known.
    public var thread: UInt32?
    /// Who the notification says it was, where nobody was seen: a name anybody can forge.
    public var claimed: Claim?

    public init(
        backend: Backend, netns: NetnsReport, generation: UInt32? = nil, family: String? = nil, source: Source,
        change: Change, author: Process?, thread: UInt32? = nil, claimed: Claim? = nil
    ) {
        self.backend = backend
        self.netns = netns
        self.generation = generation
        self.family = family
        self.source = source
        self.change = change
        self.author = author
        self.thread = thread
        self.claimed = claimed
    }
}

/// What a `NEWGEN` notification says of its author.
public struct Claim: Hashable, Sendable {
    public var pid: UInt32
    public var name: String

    public init(pid: UInt32, name: String) {
        self.pid = pid
        self.name = name
    }
}

/// An attempt that changed nothing.
public struct FailureReport {
    public var backend: Backend
    public var netns: NetnsReport
    public var author: Process
    public var thread: UInt32
    /// Of the kernel's answer; 0 where it gave none and dropped the request all the same.
    public var errno: Int32
    public var reason: String
    /// What was asked for, as far as it was read.
    public var operations: [Operation]
    public var rules: Int
    public var elements: Int
    /// Attempts of the same user before this one that were not told.
    public var suppressed: Int

    public init(
        backend: Backend, netns: NetnsReport, author: Process, thread: UInt32, errno: Int32, reason: String,
        operations: [Operation], rules: Int, elements: Int, suppressed: Int
    ) {
        self.backend = backend
        self.netns = netns
        self.author = author
        self.thread = thread
        self.errno = errno
        self.reason = reason
        self.operations = operations
        self.rules = rules
        self.elements = elements
        self.suppressed = suppressed
    }
}

/// The firewall of one namespace, whole.
public struct StateReport {
    public var netns: NetnsReport
    public var state: FirewallState
    /// `start`, `request` or `interval`.
    public var occasion: String

    public init(netns: NetnsReport, state: FirewallState, occasion: String) {
        self.netns = netns
        self.state = state
        self.occasion = occasion
    }
}

/// A dump that disagrees with what was believed.
public struct DriftReport {
    public var backend: Backend
    public var netns: NetnsReport
    public var change: Change
    public var reason: String

    public init(backend: Backend, netns: NetnsReport, change: Change, reason: String) {
        self.backend = backend
        self.netns = netns
        self.change = change
        self.reason = reason
    }
}
