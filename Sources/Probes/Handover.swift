internal import BPF
internal import CProbes
internal import Glibc
internal import Records

/// From one kernel half to the next, without a gap.
///
/// The next one is loaded and attached beside the one that is pinned, and is silent. Then one write to the shared `duty`
/// map silences the other, whose ring is read to the end before it is let go.
final class Handover {
    let instance = UInt32.random(in: 1...UInt32.max)
    private let owner: UInt64
    private let pins: Pins?
    private var predecessor: Predecessor?
    private let formerCollector: ProcessID?
    private(set) var pinning: Pinning

    init(_ options: ProbeSet.Options) {
        owner = options.owner
        guard let folder = options.pinFolder else {
            pins = nil
            formerCollector = nil
            pinning = Pinning(refusal: "it was not asked for")
            return
        }
        do throws(Pins.Failure) {
            // What an earlier collector left is read, also by one that leaves nothing.
            let pins = options.pins || access(folder, F_OK) == 0 ? try Pins(folder) : nil
            self.pins = pins
            let predecessor = pins.flatMap { Predecessor(in: $0) }
            self.predecessor = predecessor
            formerCollector = predecessor?.collector()
            pinning = options.pins ? Pinning(path: folder) : Pinning(refusal: "it was not asked for")
        } catch {
            pins = nil
            formerCollector = nil
            pinning = Pinning(refusal: error.description)
        }
    }

    /// The maps that the next kernel half has in common with the one that is there.
    var shared: [String: CInt] {
        guard let predecessor, predecessor.isCompatible else { return [:] }
        return ["duty": predecessor.duty.descriptor]
    }

    /// Pins the maps that the next collector will need, before any program.
    func pin(maps: [String: CInt]) {
        guard let pins, pinning.path != nil, let records = maps["records"], let losses = maps["losses"],
            let duty = maps["duty"]
        else { return }
        let folder = pins.folder(of: instance)
        do throws(BPFError) {
            if mkdir(folder, 0o700) != 0 { throw BPFError(operation: "make \(folder)", code: errno) }
            try BPFMap.pin(records, to: "\(folder)/records")
            try BPFMap.pin(losses, to: "\(folder)/losses")
            if shared.isEmpty {
                unlink(pins.dutyPath)
                try BPFMap.pin(duty, to: pins.dutyPath)
            }
        } catch {
            pinning.path = nil
            pinning.refusal = error.description
        }
    }

    /// The folders of the pins; empty if nothing is pinned.
    var folders: [String] {
        guard let pins, pinning.path != nil else { return [] }
        return [pins.path, pins.folder(of: instance)]
    }

    /// Names all anew, after somebody took names away.
    func beginAgain(maps: [String: CInt]) {
        guard let pins, let path = pinning.path else { return }
        pins.clear()
        pinning = Pinning(path: path)
        predecessor = nil
        pin(maps: maps)
    }

    /// Pins the programs of a family. What this kernel cannot pin (a kprobe before 5.15) ends with the process.
    func pin(_ object: borrowing LoadedBPFObject, of family: HookFamily) {
        guard let pins, pinning.path != nil else { return }
        do throws(BPFError) { try object.pinLinks(in: pins.folder(of: instance)) } catch {
            pinning.unpinned.append(family)
        }
    }

    /// From now on the programs of this instance report, and no others.
    func takeOver(_ duty: CInt, ownStart: UInt64) throws(BPFError) {
        try BPFMap.set(
            duty, key: 0,
            to: ww_duty(
                abi: UInt32(WW_ABI_VERSION), instance: instance, owner: owner, own_start: ownStart,
                own_pid: UInt32(bitPattern: getpid()), pad: 0))
    }

    /// Hands over what the earlier one left, from `place` on.
    func inherit(from place: Place?, _ handler: (Record?) -> Void) -> Inheritance? {
        guard let predecessor else { return nil }
        if let place, place.instance == predecessor.instance { predecessor.ring.skip(to: place.position) }
        return Inheritance(
            isReadable: predecessor.isCompatible, isOurs: predecessor.owner == owner,
            records: read(predecessor, handler), losses: predecessor.lost(), instance: predecessor.instance,
            collector: formerCollector)
    }

    private func read(_ predecessor: Predecessor, _ handler: (Record?) -> Void) -> Int {
        let isTold = predecessor.isCompatible && predecessor.owner == owner
        return predecessor.ring.read { if isTold { handler(Record($0)) } }
    }

    /// Hands over what came late, and lets the earlier one go.
    func end(_ handler: (Record?) -> Void) {
        if let predecessor { _ = read(predecessor, handler) }
        predecessor = nil
        guard let pins else { return }
        if pinning.path == nil { pins.remove() } else { pins.clear(keeping: instance) }
    }

    /// Takes away what is pinned.
    func unpin() {
        pins?.remove()
        pinning = Pinning(refusal: "it was taken away")
    }
}
