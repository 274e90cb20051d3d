package import BPF
internal import CLinux
internal import CProbes
internal import Glibc
package import Records

/// The kernel half, loaded: of each family the best tier this kernel allows.
package struct ProbeSet: ~Copyable {
    package struct Options: Sendable {
        /// nil: the best of each family.
        package var tier: Tier?
        package var ringBytes: UInt32 = 8 << 20
        package var requestBytes: UInt32 = 256 << 10
        package var argumentBytes: UInt32 = 4096
        /// A folder in a BPF file system, in which an earlier collector may have left something.
        package var pinFolder: String?
        /// Whether to leave something there.
        package var pins = true
        /// Names the installation: what another one has pinned is not ours to report.
        package var owner: UInt64 = 0

        package init() {}
    }

    private let options: Options
    private let first: KernelHalf
    let maps: [String: CInt]
    private var choice: Choice
    private var servings: [HookFamily: Serving] = [:]
    private let ring: RingBuffer
    let handler: (Record?) -> Void
    let handover: Handover
    /// This process, as the kernel half numbers it: in a pid namespace of its own it has another pid.
    package let own: ProcessID

    /// Loads and attaches everything. Records are made from ``start()`` on and go to `handler`, in order, when
    /// ``drain()`` is called. Throws if the process family cannot be had: without it nobody has a name.
    package init(_ options: Options, handler: @escaping (Record?) -> Void) throws(BPFError) {
        // All that can throw comes before the first stored property: a noncopyable one cannot be half set.
        let handover = Handover(options)
        var choice = Choice(options.tier)
        let first = try KernelHalf.load(&choice, options, handover.pinned.instance, sharing: handover.shared)
        var maps: [String: CInt] = [:]
        for map in first.object.mapNames { maps[map] = try first.object.descriptor(ofMap: map) }
        try Self.name(FirewallSwitch.all, in: maps["switches"])
        let ring = try RingBuffer(map: first.object.descriptor(ofMap: "records"))
        guard let plan = choice[.process] else { throw BPFError(operation: "watch processes", code: ENOENT) }
        let process = try Serving(plan, in: first)
        var own = ProcessID(pid: UInt32(bitPattern: getpid()), start: 0)
        try Self.seed(from: first) {
            if case .task(let task) = $0, task.image.flags.contains(.isReader) { own = task.task.process }
        }
        self.options = options
        self.first = first
        self.choice = choice
        self.handler = handler
        self.handover = handover
        self.maps = maps
        self.own = own
        self.ring = ring
        handover.pin(maps: maps)
        servings[.process] = process
        for family in HookFamily.allCases where family != .process { serve(family) }
        pinAll()
    }

    /// Says which switches of the kernel are told of.
    private static func name(_ switches: [FirewallSwitch], in map: CInt?) throws(BPFError) {
        guard let map else { return }
        for one in switches { try BPFMap.set(map, text: one.path, bytes: Int(WW_SYSCTL_NAME), to: UInt8(1)) }
    }

    func pinAll() {
        for family in HookFamily.allCases { if let serving = servings[family] { handover.pin(serving, of: family) } }
    }

    /// Has the kernel half report who lays hands on its own maps, links and pins.
    func protect() {
        guard let guarded = maps["guarded"] else { return }
        var keys = maps.values.compactMap { try? BPFMap.info($0).id }.map { UInt64($0) | UInt64(WW_GUARDED_MAP) }
        keys += servings.values.flatMap(\.linkIDs).map { UInt64($0) | UInt64(WW_GUARDED_LINK) }
        keys += handover.folders.compactMap { folder in
            var status = stat()
            return stat(folder, &status) == 0
                ? UInt64(status.st_ino & 0xffff_ffff) | UInt64(WW_GUARDED_FOLDER) : nil
        }
        for key in keys { try? BPFMap.set(guarded, key: key, to: UInt8(1)) }
    }

    /// Loads and attaches a family anew, beside what there was of it.
    package mutating func renew(_ family: HookFamily) {
        guard family != .process else { return }
        choice.restore(family, options.tier)
        serve(family, anew: true)
        repin()
    }

    /// From now on records are made, by these programs and no others.
    package func start() throws(BPFError) {
        try handover.takeOver(first.object.descriptor(ofMap: "duty"), own: own)
        protect()
    }

    /// What serves each family, in a fixed order.
    package var coverage: [Coverage] { HookFamily.allCases.map { choice.coverage(of: $0) } }

    /// Attaches the best plan of a family that this kernel allows; where the first object does not hold it, or it is
    /// wanted anew, out of an object of its own, which shares the maps.
    private mutating func serve(_ family: HookFamily, anew: Bool = false) {
        while let plan = choice[family] {
            do throws(BPFError) {
                let half =
                    !anew && first.holds(plan)
                    ? first : try KernelHalf(plan.all, options, handover.pinned.instance, sharing: maps)
                // What there was of it lets go when the new one stands.
                servings[family] = try Serving(plan, in: half)
                return
            } catch {
                choice.refuse(family, because: error.description)
            }
        }
    }

    /// Has readable edges when the kernel half rings.
    package var descriptor: CInt { ring.descriptor }

    /// Hands over the records that are there, so many at most. Returns how many.
    @discardableResult
    package func drain(atMost limit: Int = .max) -> Int { ring.read(atMost: limit) { handler(Record($0)) } }

    /// How far the kernel half has written, where ``Place/position`` is how far this half has read.
    package var written: UInt64 { ring.written }

    /// Gives what was handed over back to the kernel: should the collector be killed, the next one need not see it.
    package func release() { ring.release() }

    /// How far the ring was handed over, and of which instance it is.
    package var place: Place { Place(instance: handover.pinned.instance, position: ring.position) }

    /// What was handed over and not given back, as a part of the ring.
    package var unreleasedPart: Double { Double(ring.unreleased) / Double(ring.capacity) }

    /// Hands over a record for each process that runs.
    package func seed(_ body: (Record) -> Void) throws(BPFError) { try Self.seed(from: first, body) }

    private static func seed(from half: KernelHalf, _ body: (Record) -> Void) throws(BPFError) {
        var rest: [UInt8] = []
        try half.object.iterate("process_seed") { piece in
            rest.append(contentsOf: piece.copy(from: 0, count: piece.byteCount) ?? [])
            let whole = rest
            var offset = 0
            let bytes = whole.span.bytes
            while let size = Record.size(of: bytes.extracting(offset..<bytes.byteCount)) {
                if let record = Record(bytes.extracting(offset..<offset + size)) { body(record) }
                offset += size
            }
            rest.removeFirst(offset)
        }
    }

    /// What is reported of a process beside its lineage.
    package struct Watch: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Every signal to it, at once.
        package static let signals = Watch(rawValue: UInt8(WW_WATCH_SIGNALS))
        /// Signals that may end it, when something else rings.
        package static let killers = Watch(rawValue: UInt8(WW_WATCH_KILLERS))
        /// Its end, at once.
        package static let end = Watch(rawValue: UInt8(WW_WATCH_END))
    }

    /// Has more than lineage reported of this process, or no more.
    package func watch(pid: UInt32, _ what: Watch) throws(BPFError) {
        let map = try first.object.descriptor(ofMap: "watched")
        if what.isEmpty { BPFMap.remove(map, key: pid) } else { try BPFMap.set(map, key: pid, to: what.rawValue) }
    }

    /// Has the end of a socket that owns a table reported at once, or with what is reported next.
    package func watch(socket port: UInt32, in netns: UInt32, _ isOwner: Bool) throws(BPFError) {
        let map = try first.object.descriptor(ofMap: "owners")
        let key = UInt64(netns) << 32 | UInt64(port)
        if isOwner { try BPFMap.set(map, key: key, to: 1) } else { BPFMap.remove(map, key: key) }
    }

    /// How often the kernel did not run a program of ours where it should have, by the program's name.
    package var missedRuns: [String: UInt64] {
        servings.values.reduce(into: [:]) { $0.merge($1.missedRuns) { $0 &+ $1 } }
    }

    /// What the kernel half had to drop so far.
    package func losses() throws(BPFError) -> Losses {
        try Losses(readFrom: first.object.descriptor(ofMap: "losses"))
    }
}

extension HookFamily {
    /// What is not seen when nothing serves the family.
    var blindWithout: String {
        switch self {
        case .process: "everything"
        case .netlink: "ipset changes, failed attempts, and the full identity behind nftables changes"
        case .socket:
            "which process closed the socket that owned a table, where it lives on; such a loss is told at the next audit"
        case .xtables: "changes of legacy tables until the next audit, and who made them"
        case .module: "modules that come and go (or this kernel has none)"
        case .sysctl: "switches of netfilter that are written below /proc/sys"
        case .tampering: "who opens maps, detaches links or takes pins away"
        }
    }
}
