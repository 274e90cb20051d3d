import CProbes
import ConfigFiles
import Detection
import Identity
import Inventory
import Netlink
import Protection
import Recording
import Records
import SystemPackage
import XTables

@testable import Output
@testable import SavedState

/// Writes the seeds whose layout is ours, after it has changed: `.build/fuzz/write-seeds Fuzz/Seeds`. Those of others'
/// layouts (netlink, listings, tables) were caught once.
enum SeedWriter {
    static func write(into folder: FilePath) {
        for (target, name, bytes) in all {
            do {
                let file = try FileDescriptor.open(
                    folder.appending("\(target)").appending(name), .writeOnly, options: [.create, .truncate],
                    permissions: [.ownerReadWrite, .groupRead, .otherRead])
                try file.closeAfter { _ = try file.writeAll(bytes) }
            } catch {
                fatalError("\(target)/\(name): \(error)")
            }
        }
    }

    private static var all: [(target: any FuzzTarget.Type, name: String, bytes: [UInt8])] {
        [
            (StateFuzz.self, "state", [0] + state.encoded.dropLast(8)),
            (StateFuzz.self, "files", [1] + files.encoded.dropLast(8)),
            (StateFuzz.self, "high-water", [2] + HighWater(effectiveRules: 9, time: 1 << 60, baseline: "b").encoded),
            (SpillFuzz.self, "lines", spill), (MemoryFuzz.self, "memory", MemoryFile.encode(memory)),
            (ReplayFuzz.self, "inputs", [1] + texts(inputs + [.remember(memory)]).joined(separator: [0x0A])),
            (ReplayFuzz.self, "deeds", [1] + texts(inputs).joined(separator: [0x0A])),
        ] + records.map { (RecordFuzz.self, $0, $1) }
    }

    private static var state: SavedState {
        var nft = NFTState()
        nft.generation = 41
        var table = NFTState.Table(flags: [.owner])
        let hook = NFTHook(number: 1, priority: -150, devices: ["eth0", "ppp*"])
        table.put(NFTState.Chain(handle: 3, hook: hook, policy: .drop, type: "filter"), "in", .inet)
        table.put(NFTState.Chain(), "to", .inet)
        for handle in 1...3 as ClosedRange<UInt64> { table.append(handle, RuleOutline(.blocks), to: "in") }
        var leading = RuleOutline(.jumps, chain: "to", isConditional: true)
        leading.lookups = [.init("bad", .isNotIn), .init("map", .verdict), .init("ipset 3", .isIn)]
        leading.branches = [.init(.goes, chain: "to"), .init(.returns)]
        table.append(9, leading, to: "in")
        var set = NFTState.ElementSet(flags: [.timeout])
        set.keys = [1, 7]
        table.put(set, "bad")
        var map = NFTState.ElementSet(flags: [.map])
        map.keys = [2, 3]
        map.verdicts = [2: .init(.jumps, chain: "to"), 3: .init(.blocks)]
        table.put(map, "map")
        nft.tables[TableID(family: .inet, name: "t")] = table
        nft.settle()
        var state = FirewallState()
        _ = state.replace(nft: nft)
        let targets: [XTTarget] = [
            .drop, .jump("a"), .goto("a"), .jumpInside(chain: "a", rule: 4, isGoto: true), .target("SET"), .return,
        ]
        let rules = targets.enumerated().map { number, target in
            XTRule(
                hash: UInt64(number), target: target, condition: number % 2 == 0 ? .always : .sometimes,
                matches: ["set"], sets: [XTSetLookup(index: 3, isInverted: false)])
        }
        let chains = [
            XTChain(name: "INPUT", isBuiltIn: true, policy: .drop, rules: rules),
            XTChain(name: "a", isBuiltIn: false, rules: [XTRule(hash: 9, target: .accept, condition: .always)]),
        ]
        let filter = XTable(family: .ipv4, name: "filter", chains: chains)
        _ = state.replace(legacy: FirewallState.LegacyID(family: .ipv4, name: "filter"), with: filter)
        var sets = IPSets()
        sets.sets["x"] = IPSets.Entry(type: "hash:ip", elements: 2, isVolatile: true, index: 3)
        _ = state.replace(ipsets: sets)
        return SavedState(
            bootID: "5c9f", time: 1 << 60, instance: 7, position: 1 << 40, toldLosses: [1, 2, 3],
            namespaces: [.init(inode: 7, cookie: 1, isHost: true, isUserOwned: false, state: state)])
    }

    private static var files: SavedFiles {
        let facts = FileFacts(
            kind: .file, size: 9, mode: 0o644, user: 0, group: 0, device: 1, inode: 2, modified: 1 << 60, hash: "ab",
            text: "flush ruleset\n", target: nil, resolved: BytePath(Array("/etc/n".utf8)))
        return SavedFiles(files: [BytePath(Array("/etc/nftables.conf".utf8)): facts])
    }

    /// Two heads, of which the second is the newer, and three lines.
    private static var spill: [UInt8] {
        var heads: [UInt8] = []
        var lines: [UInt8] = []
        for (number, lineClass) in LineClass.allCases.enumerated() {
            let line = QueuedLine(bytes: Array("{\"line\":\(number)}\n".utf8), lineClass: lineClass)
            SpillFrame.encode(line, at: 8192 + UInt64(lines.count), into: &lines)
        }
        for serial in 0..<2 as Range<UInt64> {
            var head = SpillHead(capacity: 8192)
            (head.begin, head.end, head.serial) = (8192, serial == 0 ? 8192 : 8192 + UInt64(lines.count), serial)
            heads += head.encoded.dropLast(4)
        }
        return [0] + heads + lines
    }

    private static func texts(_ inputs: [Input]) -> [[UInt8]] {
        inputs.map { Array(Recorded($0, offset: 1_795_000_000_123_456_789).pieces(of: 1 << 20).joined().utf8) }
    }

    private static let host = Netns(id: 7, isHost: true)

    private static var inputs: [Input] {
        let id = ProcessID(pid: 9, start: 1 << 33)
        let program = Program(executable: "/usr/sbin/nft", script: "/x.sh", unit: "a.service", isGenuine: true)
        var actor = Actor(id: id, root: id, chain: [program], traits: [Trait(.executableInMemory, "seen")])
        actor.command = "nft -f -"
        let part = Telling.Part(members: "\"pid\":1", beside: "", cut: ["args"], isEscaped: true)
        actor.telling = Telling(full: part, brief: part)
        let policy = Operation(
            .policy, family: "inet", table: "t", chain: "in", policy: PolicyChange(before: "drop", after: "accept"))
        let change = Change(
            operations: [policy, Operation(.flushSet, set: "bad")], rules: Count(before: 9, after: 9),
            elements: Count(before: 0, after: 0), effective: Count(before: 9, after: 0),
            blocking: Count(before: 4, after: 0))
        let deeds: [Deed.What] = [
            .changed(Alteration(change, backend: "nftables")),
            .service(name: "ufw", isStart: false, isDaemon: true, signal: 9),
            .module(name: "ip_tables", isLoaded: false, alteration: nil), .tampered("a map was opened"),
            .sysctl(name: "net.bridge.bridge-nf-call-iptables", value: "0", isOff: true),
        ]
        var inputs: [Input] = [
            .stands(
                host, Level(rules: 9, effective: 9, blocking: 4),
                dropping: [DroppingChain(family: "inet", table: "t", chain: "in")], most: 9),
            .pause(Pause(until: 1_795_737_700, reason: "CHG-7")), .pause(nil),
        ]
        for (number, what) in deeds.enumerated() {
            let time = (UInt64(number) + 1) << 32
            inputs.append(
                .deed(
                    Deed(
                        id: "e\(number)", time: time, wall: 1_795_737_600, netns: host, what: what,
                        actor: number == 3 ? nil : actor)))
            inputs.append(.settle(time + 3_000_000_000))
        }
        return inputs + [.finish(1 << 40), .gone(host)]
    }

    private static var memory: Memory {
        var detector = Detector(run: "r")
        for input in inputs.dropLast() {
            if case .deed(let deed) = input { _ = detector.novelties(of: deed) }
            _ = detector.take(input)
        }
        return detector.memory(bootID: "b")
    }

    private static var records: [(String, [UInt8])] {
        var exec = ww_exec()
        exec.header.kind = UInt16(WW_EXEC.rawValue)
        (exec.path_size, exec.invoked_size, exec.directory_size, exec.cgroup_size) = (8, 3, 5, 4)
        (exec.arguments_size, exec.arguments_total, exec.arguments_count) = (6, 600, 60)
        var request = ww_request()
        request.header.kind = UInt16(WW_REQUEST.rawValue)
        (request.id, request.ancestor_count, request.total, request.captured, request.here) = (5, 2, 99, 40, 4)
        request.arguments.size = 6
        var more = ww_request_bytes()
        more.header.kind = UInt16(WW_REQUEST_BYTES.rawValue)
        (more.id, more.offset, more.here) = (5, 40, 3)
        var replace = ww_xtables()
        replace.header.kind = UInt16(WW_XTABLES.rawValue)
        (replace.id, replace.family, replace.total, replace.here) = (6, 2, 99, 3)
        func plain<Value: BitwiseCopyable>(_ value: Value, _ kind: ww_kind) -> [UInt8] {
            var bytes = sized(value)
            bytes[12] = UInt8(kind.rawValue)
            return bytes
        }
        var guarded = ww_guard()
        guarded.deed = 2
        let rest =
            plain(ww_fork(), WW_FORK) + plain(ww_exit(), WW_EXIT) + plain(ww_signal(), WW_SIGNAL)
            + plain(ww_request_result(), WW_REQUEST_RESULT) + plain(ww_xtables_result(), WW_XTABLES_RESULT)
        return [
            ("exec", sized(exec, "/bin/nftnft/roota\0b\0-f\0x\0\0")),
            ("request", sized(request, "abcd") + sized(more, "xyz")), ("xtables", sized(replace, "xyz")),
            ("short", rest), ("module", plain(ww_module(), WW_MODULE)), ("sysctl", plain(ww_sysctl(), WW_SYSCTL)),
            ("guard", plain(guarded, WW_GUARD)), ("socket", plain(ww_socket_closed(), WW_SOCKET_CLOSED)),
        ]
    }

    /// The structure with its size put in, and what follows it.
    private static func sized<Value: BitwiseCopyable>(_ value: Value, _ trailer: String = "") -> [UInt8] {
        var bytes = withUnsafeBytes(of: value) { Array($0) } + trailer.utf8
        bytes.replaceSubrange(8..<12, with: withUnsafeBytes(of: UInt32(bytes.count)) { Array($0) })
        return bytes
    }
}
