internal import BPF
internal import CLinux
internal import CProbes
internal import Glibc
internal import Records

/// The folder of a BPF file system in which the kernel half is pinned, held by one collector at a time.
///
///     /sys/fs/bpf/wallwatch/          0700
///         duty                        which instance reports, and for whom
///         1c0ffee5/                   an instance: its ring, its counts, and a link for each program
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

    /// Makes the folder if need be, and takes its lock.
    package init(_ path: String) throws(Failure) {
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        guard linux_file_system(parent.isEmpty ? "/" : parent) == Self.magic else {
            throw .noBPFFileSystem(path)
        }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Self.failure("make \(path)") }
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard folder >= 0 else { throw Self.failure("open \(path)") }
        var status = stat()
        // Somebody else's folder could hold somebody else's programs.
        guard fstat(folder, &status) == 0, status.st_uid == geteuid(), fchmod(folder, 0o700) == 0 else {
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

    func folder(of instance: UInt32) -> String {
        let digits = String(instance, radix: 16)
        return "\(path)/\(String(repeating: "0", count: 8 - digits.count))\(digits)"
    }

    /// Takes out everything but what belongs to one instance. Returns how many programs were unpinned: without a
    /// collector that holds them, they are gone.
    @discardableResult
    package func clear(keeping instance: UInt32? = nil) -> Int {
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

/// How `struct ww_duty` begins, now and ever.
private struct DutyHead: BitwiseCopyable {
    var abi: UInt32
    var instance: UInt32
    var owner: UInt64
}

/// The kernel half of an earlier collector, which went on recording.
final class Predecessor {
    /// The map that says who reports.
    let duty: PinnedMap
    let instance: UInt32
    let owner: UInt64
    /// Its maps have our layout.
    let isCompatible: Bool
    let ring: RingBuffer
    private let records: PinnedMap
    private let losses: PinnedMap

    /// nil: there is none, or nothing of it that could be read.
    init?(in pins: Pins) {
        guard let duty = try? BPFMap.open(pinned: pins.dutyPath),
            let info = try? BPFMap.info(duty.descriptor), info.capacity == 1,
            // The head means the same in every version.
            let head = try? BPFMap.read(duty.descriptor, key: 0, as: DutyHead.self)
        else { return nil }
        instance = head.instance
        owner = head.owner
        let folder = pins.folder(of: instance)
        guard instance != 0, let records = try? BPFMap.open(pinned: "\(folder)/records"),
            let losses = try? BPFMap.open(pinned: "\(folder)/losses"),
            let ring = try? RingBuffer(map: records.descriptor)
        else { return nil }
        self.duty = duty
        self.records = records
        self.losses = losses
        self.ring = ring
        isCompatible =
            head.abi == UInt32(WW_ABI_VERSION) && Int(info.valueBytes) == MemoryLayout<ww_duty>.size
            && (try? BPFMap.info(losses.descriptor).valueBytes) == UInt32(MemoryLayout<ww_losses>.size)
    }

    /// The collector that it reported to. Ask before another takes over.
    func collector() -> ProcessID? {
        guard isCompatible, let duty = try? BPFMap.read(duty.descriptor, key: 0, as: ww_duty.self) else { return nil }
        return ProcessID(pid: duty.own_pid, start: duty.own_start)
    }

    /// What it had to drop, while it had a collector and since.
    func lost() -> Losses {
        isCompatible ? (try? Losses(readFrom: losses.descriptor)) ?? Losses() : Losses()
    }
}
