import BPF
import CProbes
import Glibc
import Records
import Testing

@testable import Probes

private let isRoot = getuid() == 0

@Suite struct `The plans of the hook families` {
    static func names() throws -> Set<String> {
        let object = try BPFObject(
            parsing: RawSpan(_unsafeStart: wallwatch_object, byteCount: wallwatch_object_size), name: "wallwatch")
        return Set(object.programNames)
    }

    @Test func `name programs that the object has`() throws {
        let names = try Self.names()
        for family in HookFamily.allCases {
            for plan in family.plans { #expect(plan.all.subtracting(names).isEmpty) }
        }
    }

    @Test func `leave no program of the object unused`() throws {
        let used = HookFamily.allCases.flatMap(\.plans).reduce(into: Set<String>()) { $0.formUnion($1.all) }
        #expect(try Self.names().subtracting(used).isEmpty)
    }

    @Test(arguments: HookFamily.allCases)
    func `stand best first`(family: HookFamily) {
        let order = family.plans.compactMap { Tier.allCases.firstIndex(of: $0.tier) }
        #expect(order == order.sorted() && !order.isEmpty)
    }

    @Test(arguments: HookFamily.allCases)
    func `say what they are, what they miss and what they cost`(family: HookFamily) {
        for plan in family.plans { #expect(![plan.hooks, plan.blind, plan.cost].contains("")) }
        #expect(!family.blindWithout.isEmpty)
    }

    @Test(.enabled(if: isRoot, "needs root"), arguments: HookFamily.allCases)
    func `load, or say why not`(family: HookFamily) {
        for plan in family.plans {
            let refusal = plan.refusal()
            print(family.rawValue, plan.tier.rawValue, refusal ?? "loads")
            #expect(refusal.map { $0.hasPrefix("could not ") } ?? true)
        }
    }
}

@Suite(.enabled(if: isRoot, "needs root"), .serialized)
struct `A probe set` {
    /// Keeps records that a handler was given.
    final class Collected {
        var records: [Record] = []
        var malformed = 0

        func take(_ record: Record?) {
            if let record { records.append(record) } else { malformed += 1 }
        }
    }

    static func load(_ tier: Tier?, into collected: Collected) throws -> ProbeSet {
        var options = ProbeSet.Options()
        options.tier = tier
        options.ringBytes = 1 << 20
        let probes = try ProbeSet(options) { collected.take($0) }
        try probes.start()
        return probes
    }

    /// Runs a program, and waits for its end.
    static func run(_ path: String) throws -> pid_t {
        var pid: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(path), strdup("one"), strdup(""), nil]
        defer { for argument in arguments { free(argument) } }
        try #require(posix_spawn(&pid, path, nil, nil, &arguments, nil) == 0)
        var status: CInt = 0
        waitpid(pid, &status, 0)
        return pid
    }

    @Test func `loads with what a hardened kernel leaves`() throws {
        let probes = try Self.load(.restricted, into: Collected())
        #expect(probes.coverage.map(\.family) == HookFamily.allCases)
        for coverage in probes.coverage where coverage.tier == nil {
            print(coverage.family.rawValue, coverage.refusals.map(\.reason))
            let isPlanned = coverage.family.plans.contains { $0.tier == .restricted }
            #expect(!coverage.refusals.isEmpty || !isPlanned)
            #expect(coverage.blind == coverage.family.blindWithout)
        }
        let netlink = probes.coverage.first { $0.family == .netlink }
        #expect(netlink?.tier == .restricted)
    }

    @Test func `tells of a process from fork to exit, in order`() throws {
        let collected = Collected()
        let probes = try Self.load(.restricted, into: collected)
        let pid = UInt32(try Self.run("/bin/true"))
        probes.drain()
        let moments = collected.records.compactMap { record -> String? in
            switch record {
            case .fork(let fork) where fork.child.pid == pid: "fork"
            case .exec(let exec) where exec.task.process.pid == pid:
                "exec \(exec.image.arguments.map { String(decoding: $0, as: UTF8.self) })"
            case .exit(let process, let status, _) where process.pid == pid: "exit \(status)"
            default: nil
            }
        }
        #expect(moments == ["fork", #"exec ["/bin/true", "one", ""]"#, "exit 0"])
        #expect(collected.malformed == 0)
    }

    @Test func `seeds the processes that are there, itself among them`() throws {
        let probes = try Self.load(.restricted, into: Collected())
        var pids: Set<UInt32> = []
        try probes.seed { record in
            if case .task(let task) = record { pids.insert(task.task.process.pid) }
        }
        #expect(pids.contains(UInt32(getpid())) && pids.contains(1))
        // By what the kernel half says of who asks, not by the pid that it knows.
        #expect(probes.own.pid == UInt32(getpid()) && probes.own.start > 0)
    }

    @Test func `has lost nothing at first`() throws {
        let probes = try Self.load(.restricted, into: Collected())
        #expect(try probes.losses().firewall == 0)
    }

    @Test func `lets go of every descriptor`() throws {
        // libbpf opens some for good the first time.
        _ = try Self.load(.restricted, into: Collected()).coverage.count
        let before = Self.openDescriptors
        for _ in 0..<3 { _ = try Self.load(.restricted, into: Collected()).coverage.count }
        #expect(before >= 0 && Self.openDescriptors <= before)
    }

    /// Those of BPF: other suites, which run meanwhile, open others.
    private static var openDescriptors: Int {
        guard let folder = opendir("/proc/self/fd") else { return -1 }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var target = [UInt8](repeating: 0, count: 128)
            let size = target.withUnsafeMutableBytes { bytes in
                bytes.bindMemory(to: CChar.self).baseAddress.map { readlink("/proc/self/fd/\(name)", $0, bytes.count) }
            }
            if let size, size > 0, String(decoding: target[..<size], as: UTF8.self).contains("bpf") { count += 1 }
        }
        return count
    }
}
