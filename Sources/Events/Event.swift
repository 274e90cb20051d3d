package import Detection
package import Inventory
package import Lineage

/// Something to tell. What each carries is in `docs/events.md`.
package enum Event {
    case changed(ChangeReport)
    case failed(FailureReport)
    case state(StateReport)
    case drift(DriftReport)
    case process(Process, ProcessMoment)
    /// `change`: what a namespace lost with a module that was unloaded.
    case module(name: [UInt8], isLoaded: Bool, author: Process?, change: ChangeReport? = nil)
    case file(ConfigFileReport)
    case service(ServiceReport)
    case collector(CollectorReport)
    case alert(Alert)
    /// What the detector was told, for a recording: JSON, or a part of it.
    case record(RecordPart)
}

/// A piece of a recording.
package struct RecordPart: Hashable, Sendable {
    package var data: String
    package var part: Int
    package var parts: Int

    package init(data: String, part: Int, parts: Int) {
        self.data = data
        self.part = part
        self.parts = parts
    }
}

/// Whether a process began its program or ended.
package enum ProcessMoment: Sendable {
    case exec
    case end(status: Int32)
}

/// The part of the kernel that was changed.
package enum Backend: String, Sendable, CaseIterable {
    case nftables
    case xtablesLegacy = "xtables-legacy"
    case ebtables
    case arptables
    case ipset
    case module

    /// Of a legacy table, by its family as nft names it.
    package init(legacy family: String) {
        switch family {
        case "arp": self = .arptables
        case "bridge": self = .ebtables
        default: self = .xtablesLegacy
        }
    }
}

/// How it is known.
package enum Source: String, Sendable, CaseIterable {
    /// The kernel's own copy of the request, and what came of it.
    case kernel
    case syscall
    /// A notification only: nobody was seen to send anything.
    case notification
    /// A look at what stands, compared with what was believed.
    case dump
}

/// The namespace a report is about.
package struct NetnsReport: Hashable, Sendable {
    package var id: UInt32
    package var isHost: Bool
    /// It belongs to a user namespace of somebody's own.
    package var isUserOwned: Bool
    /// Tells it from others that had the same id in this boot (SO_NETNS_COOKIE; before Linux 5.12 the random number of its
    /// hash tables); 0: not known yet.
    package var cookie: UInt64

    package init(id: UInt32, isHost: Bool, isUserOwned: Bool = false, cookie: UInt64 = 0) {
        self.id = id
        self.cookie = cookie
        self.isHost = isHost
        self.isUserOwned = isUserOwned
    }
}

/// One committed change.
package struct ChangeReport {
    package var backend: Backend
    package var netns: NetnsReport
    package var generation: UInt32?
    package var family: String?
    package var source: Source
    package var change: Change
    /// nil: nobody was seen to do it.
    package var author: Process?
    /// Of the sending thread, where it is known.
    package var thread: UInt32?
    /// Who the notification says it was, where nobody was seen: a name anybody can forge.
    package var claimed: Claim?
    /// How many bytes the sender sent, and whether all of them were copied.
    package var request: RequestSize?
    /// It happened before this collector ran: it is told from what the kernel half kept.
    package var isWhileDown: Bool
    /// Who ended the author, where the change came of its end.
    package var killer: Killer?

    package init(
        backend: Backend, netns: NetnsReport, generation: UInt32? = nil, family: String? = nil, source: Source,
        change: Change, author: Process?, thread: UInt32? = nil, claimed: Claim? = nil,
        request: RequestSize? = nil, isWhileDown: Bool = false, killer: Killer? = nil
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
        self.request = request
        self.isWhileDown = isWhileDown
        self.killer = killer
    }
}

/// The signal that ended a process, and who sent it.
package struct Killer {
    package var signal: Int32
    package var process: Process

    package init(signal: Int32, process: Process) {
        self.signal = signal
        self.process = process
    }
}

/// A request, as far as it was copied.
package struct RequestSize: Hashable, Sendable {
    package var bytes: Int
    package var isTruncated: Bool

    package init(bytes: Int, isTruncated: Bool) {
        self.bytes = bytes
        self.isTruncated = isTruncated
    }
}

/// What a `NEWGEN` notification says of its author.
package struct Claim: Hashable, Sendable {
    package var pid: UInt32
    package var name: String

    package init(pid: UInt32, name: String) {
        self.pid = pid
        self.name = name
    }
}

/// An attempt that changed nothing.
package struct FailureReport {
    package var backend: Backend
    package var netns: NetnsReport
    package var author: Process
    package var thread: UInt32
    /// Of the kernel's answer; 0 where it gave none and dropped the request all the same.
    package var errno: Int32
    package var reason: String
    /// What was asked for, as far as it was read.
    package var operations: [Operation]
    /// What stands, before and after.
    package var standing: Totals
    /// Attempts of the same user before this one that were not told.
    package var suppressed: Int

    package init(
        backend: Backend, netns: NetnsReport, author: Process, thread: UInt32, errno: Int32, reason: String,
        operations: [Operation], standing: Totals, suppressed: Int
    ) {
        self.backend = backend
        self.netns = netns
        self.author = author
        self.thread = thread
        self.errno = errno
        self.reason = reason
        self.operations = operations
        self.standing = standing
        self.suppressed = suppressed
    }
}

/// The firewall of one namespace, whole.
package struct StateReport {
    package var netns: NetnsReport
    package var state: FirewallState
    /// `start`, `request` or `interval`.
    package var occasion: String
    /// What became of it while no collector ran. nil: nothing is known of before.
    package var gap: GapReport?
    /// Of the host's namespace: how it differs from the documented state, and the most effective rules it had, with when.
    package var baseline: BaselineReport?
    package var highWater: (effectiveRules: Int, time: UInt64)?

    package init(netns: NetnsReport, state: FirewallState, occasion: String, gap: GapReport? = nil) {
        self.netns = netns
        self.state = state
        self.occasion = occasion
        self.gap = gap
    }
}

/// What changed between the state an earlier collector saved and the one that was found.
package struct GapReport {
    /// When it was saved, in nanoseconds since 1970.
    package var since: UInt64
    /// The machine was started anew meanwhile.
    package var isReboot: Bool
    package var change: Change
    /// How many changes of the gap are told in lines of their own, with their authors.
    package var toldChanges: Int

    package init(since: UInt64, isReboot: Bool, change: Change, toldChanges: Int) {
        self.since = since
        self.isReboot = isReboot
        self.change = change
        self.toldChanges = toldChanges
    }
}

/// A dump that disagrees with what was believed.
package struct DriftReport {
    package var backend: Backend
    package var netns: NetnsReport
    package var change: Change
    package var reason: String

    package init(backend: Backend, netns: NetnsReport, change: Change, reason: String) {
        self.backend = backend
        self.netns = netns
        self.change = change
        self.reason = reason
    }
}
