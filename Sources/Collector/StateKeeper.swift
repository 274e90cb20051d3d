internal import Detection
internal import Events
internal import Host
internal import Netlink
internal import Recording
internal import Records
internal import SavedState
internal import SystemPackage

/// What one collector keeps for the next: the state that was told last, and which records were told since.
///
/// A ring's records are given back when the state that accounts for them is saved. Should the collector be killed, the
/// next one reads those that were not, and makes no second line of what was told.
final class StateKeeper {
    /// A save may take a hundredth of the time: one of 100,000 rules takes some 5 ms.
    private static let thrift: UInt64 = 100
    /// But no less often than this many nanoseconds.
    private static let patience: UInt64 = 2_000_000_000

    private let directory: StateDirectory
    /// What an earlier collector saved last.
    let saved: SavedState?
    private let told: Set<UInt64>
    /// Names the installation, by its folder.
    let owner: UInt64
    /// What was pinned was taken away by `wallwatch unpin`.
    let wasUnpinned: Bool
    /// When it may be saved again, in nanoseconds of CLOCK_BOOTTIME.
    private(set) var notBefore: UInt64 = 0
    /// Why it could not be saved, the last time.
    private(set) var failure: Errno?

    init(_ directory: StateDirectory) {
        self.directory = directory
        saved = directory.savedStates().lazy.compactMap { SavedState(decoding: $0) }.first
        told = directory.told.all()
        wasUnpinned = directory.takeUnpinNote()
        var hash = StableHash()
        hash.combine(directory.agentID)
        owner = hash.value
    }

    /// Whether an earlier collector told of what this author did then.
    func wasTold(_ author: Author) -> Bool { !told.isEmpty && told.contains(author.mark) }

    /// Records are given back although no state accounts for them.
    func noteUnsaved() { directory.told.note(Self.unsaved) }

    /// An earlier collector had to do so, and was killed before it saved the state again.
    var wasUnsaved: Bool { told.contains(Self.unsaved) }

    private static let unsaved: UInt64 = 0

    /// Nothing is left pinned, and that is meant.
    func noteUnpinning() { directory.noteUnpinning() }

    func isDue(at now: UInt64) -> Bool { now >= notBefore }

    /// The files that an earlier collector knew.
    var savedFiles: SavedFiles? { directory.stored("files").flatMap { SavedFiles(decoding: $0) } }

    var savedHighWater: HighWater? { directory.stored("high-water").flatMap { HighWater(decoding: $0) } }

    func save(_ mark: HighWater, isDurable: Bool) {
        do throws(Errno) {
            try directory.store(mark.encoded, as: "high-water", isDurable: isDurable)
        } catch { failure = error }
    }

    func save(_ files: SavedFiles) {
        // Not for the death of the machine: a disk may take seconds, and no line comes meanwhile.
        do throws(Errno) { try directory.store(files.encoded, as: "files", isDurable: false) } catch { failure = error }
    }

    /// How long what the detector remembers may wait to be saved, in nanoseconds.
    private static let memoryPause: UInt64 = 10_000_000_000
    /// When it may be saved again, in nanoseconds of CLOCK_BOOTTIME.
    private(set) var memoryNotBefore: UInt64 = 0

    /// What the detector of an earlier collector remembered.
    func savedMemory(bootID: String) -> Memory? {
        directory.stored("memory").flatMap { MemoryFile.decode($0) }.map { $0.inBoot(bootID) }
    }

    func save(_ memory: Memory, isDurable: Bool) {
        do throws(Errno) {
            try directory.store(MemoryFile.encode(memory), as: "memory", isDurable: isDurable)
        } catch { failure = error }
        memoryNotBefore = Clock.boottime &+ Self.memoryPause
    }

    /// The switch of maintenance, if somebody left one.
    var maintenance: MaintenanceSwitch? { MaintenanceSwitch(directory.path) }

    func save(_ state: SavedState, isDurable: Bool) {
        let began = Clock.boottime
        do throws(Errno) {
            try directory.save(state.encoded, isDurable: isDurable)
            failure = nil
        } catch { failure = error }
        let now = Clock.boottime
        notBefore = now &+ min(Self.thrift &* (now &- began), Self.patience)
    }
}

extension Author {
    /// The same for the same record, and hardly ever for another.
    var mark: UInt64 { time &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(task.thread) }
}
