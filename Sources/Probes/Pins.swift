internal import BPF
internal import CLinux
internal import CProbes
internal import Glibc
internal import Records

/// The folder of a BPF file system in which the kernel half is pinned, held by one collector at a time.
///
///     /sys/fs/bpf/wallwatch/                  0700
///         duty                                which instance reports, and for whom
///         1c0ffee5-2-0123456789abcdef/        an instance, its layout and its owner: its ring, its counts, and a link
///                                             for each program
///
/// What is pinned goes on recording when the collector is dead, and the next one reads it.
package final class Pins {
    /// Why the folder cannot be had.
    package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// Another collector has it.
        case busy
        /// Nothing can be pinned there.
        case noBPFFileSystem(String)
        case system(operation: String, code: Int32)

        package var description: String {
            switch self {
            case .busy: "another wallwatch has pinned its probes there"
            case .noBPFFileSystem(let path): "no BPF file system holds \(path)"
            case .system(let operation, let code): "could not \(operation): \(String(cString: strerror(code)))"
            }
        }
    }

    /// BPF_FS_MAGIC of linux/magic.h
    private static let magic = 0xcafe_4a11

    package let path: String
    private let folder: CInt

    /// Makes the folder if need be, and takes its lock. `isAnybodys`: it may belong to another user, as that of a service
    /// does, for who only takes it away.
    package init(_ path: String, isAnybodys: Bool = false) throws(Failure) {
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        guard linux_file_system(parent.isEmpty ? "/" : parent) == Self.magic else {
            throw .noBPFFileSystem(path)
        }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Self.failure("make \(path)") }
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard folder >= 0 else { throw Self.failure("open \(path)") }
        var status = stat()
        // Somebody else's folder could hold somebody else's programs.
        guard fstat(folder, &status) == 0, isAnybodys || status.st_uid == geteuid(), fchmod(folder, 0o700) == 0 else {
            let failure = Self.failure("own \(path)")
            close(folder)
            throw failure
        }
        guard flock(folder, LOCK_EX | LOCK_NB) == 0 else {
            let failure = errno == EWOULDBLOCK ? Failure.busy : Self.failure("lock \(path)")
            close(folder)
            throw failure
        }
        self.path = path
        self.folder = folder
    }

    deinit { close(folder) }

    private static func failure(_ operation: String) -> Failure { .system(operation: operation, code: errno) }

    var dutyPath: String { "\(path)/duty" }

    func folder(of instance: PinnedInstance) -> String { "\(path)/\(instance.name)" }

    /// The instances that are there, oldest first.
    func instances() -> [Predecessor] {
        Self.names(in: path).compactMap { PinnedInstance(name: $0) }
            .compactMap { Predecessor($0, folder: folder(of: $0)) }
            .sorted { $0.age < $1.age }
    }

    /// Takes out everything but what belongs to one instance. Returns how many programs were unpinned: without a
    /// collector that holds them, they are gone.
    @discardableResult
    func clear(keeping instance: PinnedInstance? = nil) -> Int {
        let kept = instance.map { folder(of: $0) }
        var count = 0
        for name in Self.names(in: path) {
            let entry = "\(path)/\(name)"
            guard entry != kept else { continue }
            if name == "duty" {
                if kept == nil { unlink(entry) }
                continue
            }
            for member in Self.names(in: entry) {
                if unlink("\(entry)/\(member)") == 0, member != "records", member != "losses" { count += 1 }
            }
            rmdir(entry)
        }
        return count
    }

    /// Takes out everything, and the folder. Returns how many programs were unpinned.
    @discardableResult
    package func remove() -> Int {
        let count = clear()
        rmdir(path)
        return count
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}

/// An instance of the kernel half, as its folder's name has it.
struct PinnedInstance: Hashable {
    var instance: UInt32
    var layout: UInt32
    /// The installation that it reports to.
    var owner: UInt64

    init(instance: UInt32, owner: UInt64) {
        self.instance = instance
        self.owner = owner
        layout = UInt32(WW_ABI_VERSION)
    }

    init?(name: String) {
        let parts = name.split(separator: "-")
        guard parts.count == 3, let instance = UInt32(parts[0], radix: 16), let layout = UInt32(parts[1]),
            let owner = UInt64(parts[2], radix: 16)
        else { return nil }
        self.instance = instance
        self.layout = layout
        self.owner = owner
    }

    var name: String { "\(String(instance, radix: 16))-\(layout)-\(String(owner, radix: 16))" }
}

/// The kernel half of an earlier collector, which went on recording.
final class Predecessor {
    let pinned: PinnedInstance
    let ring: RingBuffer
    /// The kernel numbers maps as they are made.
    let age: UInt32
    private let records: PinnedMap
    private let losses: PinnedMap

    /// nil: nothing of it could be read.
    init?(_ pinned: PinnedInstance, folder: String) {
        guard let records = try? BPFMap.open(pinned: "\(folder)/records"),
            let losses = try? BPFMap.open(pinned: "\(folder)/losses"),
            let ring = try? RingBuffer(map: records.descriptor),
            let info = try? BPFMap.info(records.descriptor)
        else { return nil }
        self.pinned = pinned
        self.records = records
        self.losses = losses
        self.ring = ring
        age = info.id
    }

    /// Its records have our layout.
    var isReadable: Bool { pinned.layout == UInt32(WW_ABI_VERSION) }

    /// What it had to drop, while it had a collector and since.
    func lost() -> Losses { isReadable ? (try? Losses(readFrom: losses.descriptor)) ?? Losses() : Losses() }
}

/// The pinned map that says which instance reports.
final class PinnedDuty {
    private let map: PinnedMap
    private let duty: ww_duty

    /// nil: there is none, or it is of another layout.
    init?(in pins: Pins) {
        guard let map = try? BPFMap.open(pinned: pins.dutyPath), let info = try? BPFMap.info(map.descriptor),
            info.capacity == 1, Int(info.valueBytes) == MemoryLayout<ww_duty>.size,
            let duty = try? BPFMap.read(map.descriptor, key: 0, as: ww_duty.self), duty.abi == UInt32(WW_ABI_VERSION)
        else { return nil }
        self.map = map
        self.duty = duty
    }

    var descriptor: CInt { map.descriptor }

    /// The collector that was reported to.
    var collector: ProcessID { ProcessID(pid: duty.own_pid, start: duty.own_start) }
}
