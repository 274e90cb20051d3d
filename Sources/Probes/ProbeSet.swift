package import BPF
internal import CProbes
internal import Glibc
package import Records

/// The kernel half, loaded: of each family the best tier this kernel allows.
///
/// Every family is an object of its own that shares the maps of the first, so that one that is refused
/// takes no other with it, and one whose module comes late can follow.
package struct ProbeSet: ~Copyable {
    package struct Options: Sendable {
        /// nil: the best of each family.
        package var tier: Tier?
        package var ringBytes: UInt32 = 8 << 20
        package var requestBytes: UInt32 = 256 << 10
        package var argumentBytes: UInt32 = 4096

        package init() {}
    }

    private let options: Options
    private let process: LoadedBPFObject
    /// Of the process family's object, shared by the others.
    private let maps: [String: CInt]
    private var netlink: LoadedBPFObject?
    private var xtables: LoadedBPFObject?
    private var module: LoadedBPFObject?
    private var coverageByFamily: [HookFamily: Coverage] = [:]
    private let ring: RingBuffer

    /// Loads and attaches everything. Records go to `handler`, in order, when ``drain()`` is called.
    /// Throws if the process family cannot be had: without it nobody has a name.
    package init(_ options: Options, handler: @escaping (Record?) -> Void) throws(BPFError) {
        // All that can throw comes before the first stored property: a noncopyable one cannot be half set.
        let plan = HookFamily.process.plans[0]
        let loaded = try Self.load(plan, options, sharing: [:])
        var maps: [String: CInt] = [:]
        for map in loaded.mapNames { maps[map] = try loaded.descriptor(ofMap: map) }
        let ring = try RingBuffer(map: loaded.descriptor(ofMap: "records")) { handler(Record($0)) }
        self.options = options
        self.maps = maps
        self.ring = ring
        process = loaded
        coverageByFamily[.process] = Coverage(plan, of: .process, refusals: [])
        for family in [HookFamily.module, .netlink, .xtables] { improve(family) }
    }

    /// What serves each family, in a fixed order.
    package var coverage: [Coverage] { HookFamily.allCases.compactMap { coverageByFamily[$0] } }

    /// Tries the tiers above the one that serves `family` now. Returns whether that changed anything.
    @discardableResult
    package mutating func improve(_ family: HookFamily) -> Bool {
        let before = coverageByFamily[family]
        var refusals: [Coverage.Refusal] = []
        for plan in family.plans where options.tier == nil || options.tier == plan.tier || family.plans.count == 1 {
            if let tier = before?.tier, tier == plan.tier { break }
            do throws(BPFError) {
                keep(try Self.load(plan, options, sharing: maps), for: family)
                coverageByFamily[family] = Coverage(plan, of: family, refusals: refusals)
                return true
            } catch {
                refusals.append(Coverage.Refusal(tier: plan.tier, reason: error.description))
            }
        }
        if before?.tier == nil {
            coverageByFamily[family] = Coverage(
                family: family, tier: nil, hooks: "", blind: family.blindWithout, cost: "", refusals: refusals)
        }
        return false
    }

    private mutating func keep(_ object: consuming LoadedBPFObject, for family: HookFamily) {
        switch family {
        case .process: break
        case .netlink: netlink = consume object
        case .xtables: xtables = consume object
        case .module: module = consume object
        }
    }

    /// Becomes readable when the kernel half rings.
    package var descriptor: CInt { ring.descriptor }

    /// Hands over all records that are there. Returns how many.
    @discardableResult
    package func drain() throws(BPFError) -> Int { try ring.drain() }

    /// Hands over a record for each process that runs.
    package func seed(_ body: (Record) -> Void) throws(BPFError) {
        var rest: [UInt8] = []
        try process.iterate("process_seed") { piece in
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

    /// Has signals to this process reported, or no more.
    package func watch(pid: UInt32, _ isWatched: Bool) throws(BPFError) {
        let map = try process.descriptor(ofMap: "watched")
        if isWatched { try BPFMap.set(map, key: pid, to: 1) } else { BPFMap.remove(map, key: pid) }
    }

    /// What the kernel half had to drop so far.
    package func losses() throws(BPFError) -> Losses {
        let counts = try BPFMap.readPerCPU(process.descriptor(ofMap: "losses"), key: 0, as: ww_losses.self)
        var sum = Losses()
        for count in counts {
            sum.lineage += count.full.0
            sum.firewall += count.full.1
            sum.other += count.full.2
            sum.refused += count.full.3
            sum.unread += count.unread.0 + count.unread.1 + count.unread.2 + count.unread.3
        }
        return sum
    }

    /// Why this kernel refuses a plan; nil: it does not.
    static func refusal(of plan: Plan) -> String? {
        do throws(BPFError) {
            _ = try load(plan, Options(), sharing: [:])
            return nil
        } catch {
            return error.description
        }
    }

    private static func load(
        _ plan: Plan, _ options: Options, sharing maps: [String: CInt]
    ) throws(BPFError) -> LoadedBPFObject {
        let object = try BPFObject(
            parsing: RawSpan(_unsafeStart: wallwatch_object, byteCount: wallwatch_object_size), name: "wallwatch")
        try object.select(plan.all)
        try object.setCapacity(ofMap: "records", to: options.ringBytes)
        try object.setKnob("ring_bytes", to: options.ringBytes)
        try object.setKnob("request_limit", to: options.requestBytes)
        try object.setKnob("arguments_limit", to: options.argumentBytes)
        try object.setKnob("own_pid", to: UInt32(bitPattern: getpid()))
        for (map, descriptor) in maps { try object.share(map: map, behind: descriptor) }
        var loaded = try object.load()
        for program in plan.programs.sorted() { try loaded.attach(program) }
        if let program = plan.cgroupProgram {
            let folder = try CgroupRoot.open()
            defer { close(folder) }
            try loaded.attach(program, toCgroup: folder)
        }
        return loaded
    }
}

/// Records that found no room in the ring, by family, and memory that could not be read.
package struct Losses: Hashable, Sendable {
    package var lineage: UInt64 = 0
    package var firewall: UInt64 = 0
    package var other: UInt64 = 0
    /// Attempts of those who may not change what they tried to, beyond the few that are told.
    package var refused: UInt64 = 0
    package var unread: UInt64 = 0

    package init() {}
}

extension Coverage {
    init(_ plan: Plan, of family: HookFamily, refusals: [Refusal]) {
        self.init(
            family: family, tier: plan.tier, hooks: plan.hooks, blind: plan.blind, cost: plan.cost, refusals: refusals)
    }
}

extension HookFamily {
    /// What is not seen when nothing serves the family.
    var blindWithout: String {
        switch self {
        case .process: "everything"
        case .netlink: "ipset changes, failed attempts, and the full identity behind nftables changes"
        case .xtables: "changes of legacy tables until the next audit, and who made them"
        case .module: "modules that come and go (or this kernel has none)"
        }
    }
}
