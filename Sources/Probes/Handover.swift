internal import BPF
internal import CProbes
internal import Glibc
internal import Records

/// From one kernel half to the next, without a gap.
///
/// The next one is loaded and attached beside the one that is pinned, and is silent. Then one write to the shared `duty`
/// map silences the other, whose ring is read to the end before it is let go. A collector that is killed meanwhile leaves
/// two: the next reads both, the older first.
final class Handover {
    let pinned: PinnedInstance
    private let pins: Pins?
    private let duty: PinnedDuty?
    private var predecessors: [Predecessor] = []
    private(set) var pinning: Pinning
    /// In the folder of this instance.
    private var pinnedNames: Set<String> = []

    init(_ options: ProbeSet.Options) {
        pinned = PinnedInstance(instance: UInt32.random(in: 1...UInt32.max), owner: options.owner)
        guard let folder = options.pinFolder else {
            pins = nil
            duty = nil
            pinning = Pinning(refusal: "it was not asked for")
            return
        }
        do throws(Pins.Failure) {
            // What an earlier collector left is read, also by one that leaves nothing.
            let pins = options.pins || Self.isThere(folder) ? try Pins(folder) : nil
            self.pins = pins
            duty = pins.flatMap { PinnedDuty(in: $0) }
            predecessors = pins?.instances() ?? []
            pinning = options.pins ? Pinning(path: folder) : Pinning(refusal: "it was not asked for")
        } catch {
            pins = nil
            duty = nil
            pinning = Pinning(refusal: error.description)
        }
    }

    /// The maps that the next kernel half has in common with the one that is there.
    var shared: [String: CInt] { duty.map { ["duty": $0.descriptor] } ?? [:] }

    /// Pins the maps that the next collector will need, before any program.
    func pin(maps: [String: CInt]) {
        guard let pins, pinning.path != nil, let records = maps["records"], let losses = maps["losses"],
            let duty = maps["duty"]
        else { return }
        let folder = pins.folder(of: pinned)
        do throws(BPFError) {
            if mkdir(folder, 0o700) != 0 { throw BPFError(operation: "make \(folder)", code: errno) }
            try BPFMap.pin(records, to: "\(folder)/records")
            try BPFMap.pin(losses, to: "\(folder)/losses")
            pinnedNames = ["records", "losses"]
            // The one that is there is ours too, unless it is of another layout, or was taken away.
            if self.duty == nil || !Self.isThere(pins.dutyPath) {
                unlink(pins.dutyPath)
                try BPFMap.pin(duty, to: pins.dutyPath)
            }
        } catch {
            pinning.path = nil
            pinning.refusal = error.description
        }
    }

    /// Pins the programs of a family. What this kernel cannot pin (a kprobe before 5.15) ends with the process.
    func pin(_ serving: Serving, of family: HookFamily) {
        guard let pins, pinning.path != nil else { return }
        do throws(BPFError) {
            try serving.pin(in: pins.folder(of: pinned))
            pinnedNames.formUnion(serving.programs)
        } catch {
            pinning.unpinned.append(family)
        }
    }

    /// The folders of the pins; empty if nothing is pinned.
    var folders: [String] {
        guard let pins, pinning.path != nil else { return [] }
        return [pins.path, pins.folder(of: pinned)]
    }

    /// The names of pins that were made and are not there any more.
    var missing: [String] {
        guard let pins, pinning.path != nil else { return [] }
        return pinnedNames.filter { !Self.isThere("\(pins.folder(of: pinned))/\($0)") }.sorted()
    }

    /// Not by access(2): for another user than root that sets capabilities aside, and the root of the BPF file system
    /// lets only root in.
    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Names all anew, after somebody took names away.
    func beginAgain(maps: [String: CInt]) {
        guard let pins, let path = pinning.path else { return }
        pins.clear()
        pinning = Pinning(path: path)
        pinnedNames = []
        pin(maps: maps)
    }

    /// From now on the programs of this instance report, and no others.
    func takeOver(_ duty: CInt, own: ProcessID) throws(BPFError) {
        try BPFMap.set(
            duty, key: UInt32(0),
            to: ww_duty(
                abi: UInt32(WW_ABI_VERSION), instance: pinned.instance, owner: pinned.owner, own_start: own.start,
                own_pid: own.pid, pad: 0))
    }

    /// Hands over what the earlier ones left, from `place` on.
    func inherit(from place: Place?, _ handler: (Record?) -> Void) -> Inheritance? {
        // What came before the one that the state accounts for is in the state.
        if let place, let index = predecessors.firstIndex(where: { $0.pinned.instance == place.instance }) {
            predecessors.removeFirst(index)
            predecessors.first?.ring.skip(to: place.position)
        }
        guard let newest = predecessors.last else { return nil }
        var inheritance = Inheritance(
            isReadable: predecessors.allSatisfy(\.isReadable), isOurs: newest.pinned.owner == pinned.owner,
            records: 0, losses: [], collector: duty?.collector)
        for predecessor in predecessors {
            inheritance.records += read(predecessor, handler)
            inheritance.losses.append((instance: predecessor.pinned.instance, losses: predecessor.lost()))
        }
        return inheritance
    }

    private func read(_ predecessor: Predecessor, _ handler: (Record?) -> Void) -> Int {
        let isTold = predecessor.isReadable && predecessor.pinned.owner == pinned.owner
        return predecessor.ring.read { if isTold { handler(Record($0)) } }
    }

    /// Hands over what came late, and lets the earlier ones go.
    func end(_ handler: (Record?) -> Void) {
        for predecessor in predecessors { _ = read(predecessor, handler) }
        predecessors.removeAll()
        guard let pins else { return }
        if pinning.path == nil { pins.remove() } else { pins.clear(keeping: pinned) }
    }

    /// Takes away what is pinned.
    func unpin() {
        pins?.remove()
        pinning = Pinning(refusal: "it was taken away")
        pinnedNames = []
    }
}
