internal import BPF
internal import CProbes
internal import Glibc

/// The object of the kernel half, loaded with some of its programs; nothing is attached by itself.
final class KernelHalf {
    /// Loaded, whether attached or not.
    private let programs: Set<String>
    fileprivate(set) var object: LoadedBPFObject

    /// Throws what libbpf says, also of the first program that this kernel refuses.
    init(
        _ programs: Set<String>, _ options: ProbeSet.Options, _ instance: UInt32, sharing maps: [String: CInt]
    ) throws(BPFError) {
        let object = try BPFObject(
            parsing: RawSpan(_unsafeStart: wallwatch_object, byteCount: wallwatch_object_size), name: "wallwatch")
        try object.select(programs)
        try object.setCapacity(ofMap: "records", to: options.ringBytes)
        try object.setKnob("ring_bytes", to: options.ringBytes)
        try object.setKnob("request_limit", to: options.requestBytes)
        try object.setKnob("arguments_limit", to: options.argumentBytes)
        try object.setKnob("instance", to: instance)
        for (map, descriptor) in maps { try object.share(map: map, behind: descriptor) }
        let loaded = try object.load()
        self.programs = programs
        self.object = loaded
    }

    func holds(_ plan: Plan) -> Bool { plan.all.isSubset(of: programs) }

    /// One object with the best plan of every family that loads: each object more would have libbpf read the kernel's
    /// types once more (some 40 ms). Families whose plan is refused go down to the next.
    static func load(
        _ choice: inout Choice, _ options: ProbeSet.Options, _ instance: UInt32, sharing maps: [String: CInt]
    ) throws(BPFError) -> KernelHalf {
        while true {
            do throws(BPFError) {
                return try KernelHalf(choice.programs, options, instance, sharing: maps)
            } catch {
                guard let program = error.complaint?.program, let family = choice.family(of: program) else {
                    // Whose fault it was nobody knows: the others follow one by one.
                    return try KernelHalf(choice[.process]?.all ?? [], options, instance, sharing: maps)
                }
                guard family != .process else { throw error }
                choice.refuse(family, because: error.description)
            }
        }
    }
}

/// What serves a family: its plan's programs, attached. Letting go of it detaches them.
final class Serving {
    private let plan: Plan
    private let half: KernelHalf

    /// Attaches all of it, or nothing.
    init(_ plan: Plan, in half: KernelHalf) throws(BPFError) {
        do throws(BPFError) {
            for program in plan.programs.sorted() { try half.object.attach(program) }
            if let program = plan.cgroupProgram {
                let folder = try CgroupRoot.open()
                defer { close(folder) }
                try half.object.attach(program, toCgroup: folder)
            }
        } catch {
            half.object.detach(plan.all)
            throw error
        }
        self.plan = plan
        self.half = half
    }

    deinit { half.object.detach(plan.all) }

    /// The programs that are attached.
    var programs: Set<String> { plan.all.subtracting(plan.unattached) }

    func pin(in folder: String) throws(BPFError) { try half.object.pinLinks(of: plan.all, in: folder) }

    /// How often each of its programs was not run by the kernel.
    var missedRuns: [String: UInt64] { half.object.missedRuns().filter { programs.contains($0.key) } }

    var linkIDs: [UInt32] { half.object.linkIDs(of: plan.all) }
}

extension Plan {
    /// Why this kernel refuses it; nil: it loads and attaches.
    func refusal() -> String? {
        guard !all.isEmpty else { return nil }
        do throws(BPFError) {
            let half = try KernelHalf(all, ProbeSet.Options(), 1, sharing: [:])
            _ = try Serving(self, in: half)
            return nil
        } catch {
            return error.description
        }
    }
}
