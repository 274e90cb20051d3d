internal import Events
internal import Lineage
internal import Records

/// Sockets that own nftables tables: which processes hold them, and what ended these.
struct TableOwners {
    struct Socket: Hashable {
        var netns: UInt32
        var port: UInt32
    }

    /// What is known of a process that holds one.
    private struct Holder {
        var sockets: Set<Socket> = []
        /// Who sent a signal last, by its number.
        var signals: [Int32: Process] = [:]
        /// As wait(2) has it; nil while it lives.
        var status: Int32?
    }

    private(set) var sockets: Set<Socket> = []
    private var holders: [ProcessID: Holder] = [:]

    init() {}

    /// How many processes hold one.
    var holderCount: Int { holders.count }

    func ports(in netns: UInt32) -> Set<UInt32> { Set(sockets.lazy.filter { $0.netns == netns }.map(\.port)) }

    func holders(of socket: Socket) -> [ProcessID] { holders.filter { $0.value.sockets.contains(socket) }.map(\.key) }

    mutating func add(_ socket: Socket) { sockets.insert(socket) }

    mutating func add(_ process: ProcessID, holding socket: Socket) {
        holders[process, default: Holder()].sockets.insert(socket)
    }

    /// Returns the processes that hold no other.
    mutating func remove(_ socket: Socket) -> [ProcessID] {
        sockets.remove(socket)
        var free: [ProcessID] = []
        for process in holders(of: socket) {
            holders[process]?.sockets.remove(socket)
            guard holders[process]?.sockets.isEmpty == true else { continue }
            holders[process] = nil
            free.append(process)
        }
        return free
    }

    mutating func note(signal: Int32, to process: ProcessID, from sender: Process) {
        holders[process]?.signals[signal] = sender
    }

    /// A process ended: what it held is closed, unless another holds it too.
    mutating func end(of process: ProcessID, _ status: Int32) -> [Socket] {
        guard !holders.isEmpty, let holder = holders[process], holder.status == nil else { return [] }
        holders[process]?.status = status
        return holder.sockets.sorted { ($0.netns, $0.port) < ($1.netns, $1.port) }
    }

    /// Who sent the signal that ended a process, if one did and that was seen.
    func killer(of process: ProcessID) -> Killer? {
        guard let holder = holders[process], let status = holder.status else { return nil }
        let signal = status & 0x7f
        return holder.signals[signal].map { Killer(signal: signal, process: $0) }
    }
}

/// A socket that owned a table and was closed, or may have been.
struct Closing {
    let namespace: WatchedNamespace
    let port: UInt32
    /// Who closed it, as far as it is known.
    let author: Process?
    let thread: UInt32?
    /// In nanoseconds of CLOCK_BOOTTIME.
    let time: UInt64
    /// It was seen to be closed. Else a process that held it ended, which the kernel tells before it closes anything.
    let isSeen: Bool
    /// When to look what stands, after `time`; the first are over.
    var looks: [UInt64]

    var due: UInt64 { time &+ (looks.first ?? 0) }
}
