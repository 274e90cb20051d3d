internal import Events
internal import Glibc
internal import Host
internal import Lineage
internal import NetlinkIO
internal import Probes
internal import Records
internal import SavedState

/// The collector looks after itself: hands laid on its maps, links and pins, and hooks that see no more.
///
/// It cannot keep root from any of this. It can tell, and put back what was taken.
extension Collector {
    /// Begins to watch the pins, and looks whether the hooks see.
    func beginGuard() {
        pinWatch.watch(probes.pinFolders)
        tellLostPins()
        sendCanaries()
    }

    /// A kernel half was pinned when an earlier collector saved its state, and is not there any more.
    private func tellLostPins() {
        guard let saved = keeper.saved, saved.bootID == output.bootID, saved.instance != 0, inheritance == nil,
            probes.pinning.path != nil, !keeper.wasUnpinned
        else { return }
        tampered("the kernel half that an earlier collector had pinned is gone: what was done since is not known")
    }

    func handle(_ guarded: Record.Guarded) {
        let author = guarded.author
        // The one before opens what is pinned, too, to read it.
        guard author.task.process != probes.own else { return }
        if guarded.deed == .unpin || guarded.deed == .unmount { lastUnpinning = author.time }
        // A process that lists maps opens them one by one.
        let first = handsLaid.insert(Hand(process: author.task.process, deed: guarded.deed)).inserted
        guard first || ![.readMap, .openLink].contains(guarded.deed) else { return }
        if handsLaid.count > 1024 { handsLaid.removeAll() }
        var details: [(String, CollectorReport.Value)] = [("deed", .text(guarded.deed.name))]
        if guarded.id != 0 { details.append(("id", .number(Int(guarded.id)))) }
        if !guarded.name.isEmpty { details.append(("pin", .text(String(decoding: guarded.name, as: UTF8.self)))) }
        tell(
            .collector(
                CollectorReport(
                    .tampered, reason: guarded.deed.sentence, details: details, author: lineage.process(of: author))),
            by: author)
    }

    /// Names went from the folder of pins: they are put back.
    func handlePins() {
        let names = pinWatch.takeNames()
        if !names.isEmpty { putBack(names) }
    }

    private func putBack(_ names: [String]) {
        guard !names.isEmpty else { return }
        drainRing()
        // Where the kernel half sees who it was, it has said so by now.
        if lastUnpinning <= lastRepinning {
            tampered(
                "pins of the kernel half were taken away; by whom this kernel does not tell",
                [("pins", .list(names.filter { !$0.isEmpty }))])
        }
        repinCount += 1
        guard repinCount <= 100 else { return pinWatch.watch([]) }
        probes.repin()
        pinWatch.watch(probes.pinFolders)
        lastRepinning = Clock.boottime
        if let reason = probes.pinning.refusal { sendCoverage("nothing is pinned any more: \(reason)") }
    }

    /// Does what each hook must see, and tells of those that did not; and of pins that went while nobody watched.
    func sendCanaries() {
        putBack(probes.missingPins)
        let before = try? probes.losses().own
        let isNetlinkThere = reader.isLoaded(.nfnetlink)
        if isNetlinkThere { Canary.netlink() }
        Canary.replace()
        Canary.signal()
        let isSysctlThere = Canary.sysctl()
        guard let before, let after = try? probes.losses().own else { return }
        let families: [(HookFamily, Bool)] = [
            (.netlink, isNetlinkThere), (.xtables, true), (.process, true), (.sysctl, isSysctlThere),
        ]
        for (index, (family, isMeant)) in families.enumerated() where isMeant {
            guard probes.coverage.first(where: { $0.family == family })?.tier != nil else { continue }
            if before[index] != after[index] {
                blinded.remove(family)
            } else if blinded.insert(family).inserted {
                tampered(
                    "the \(family.rawValue) hook does not see what the collector itself does: it was switched off, or taken",
                    [("family", .text(family.rawValue))])
                probes.renew(family)
                pinWatch.watch(probes.pinFolders)
                sendCoverage("the \(family.rawValue) hook was attached anew")
            }
        }
        tellAlive()
    }

    private func tampered(_ reason: String, _ details: [(String, CollectorReport.Value)] = []) {
        send(CollectorReport(.tampered, reason: reason, isFailure: true, details: details))
    }

    /// What a process did to the kernel half.
    struct Hand: Hashable {
        var process: ProcessID
        var deed: Record.Guarded.Deed
    }
}

extension Record.Guarded.Deed {
    fileprivate var name: String {
        switch self {
        case .readMap: "map-read"
        case .openMap: "map-open"
        case .openLink: "link-open"
        case .detachLink: "link-detach"
        case .updateLink: "link-update"
        case .unpin: "unpin"
        case .unmount: "unmount"
        }
    }

    fileprivate var sentence: String {
        switch self {
        case .readMap: "a map of the kernel half was opened for reading"
        case .openMap: "a map of the kernel half was opened for writing"
        case .openLink: "a link of the kernel half was opened"
        case .detachLink: "a link of the kernel half was to be detached"
        case .updateLink: "a link of the kernel half was to be given another program"
        case .unpin: "a pin of the kernel half was taken away"
        case .unmount: "a BPF file system was unmounted"
        }
    }
}
