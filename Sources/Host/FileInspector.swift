internal import CLinux
internal import Crypto
internal import Glibc
internal import Identity

/// A file by the path that a process had for it, and by what the kernel had for it.
package struct FileQuestion: Hashable, Sendable {
    package var path: [UInt8]
    /// What the kernel said it is, by its own numbers (a device: major << 20 | minor); nil: whatever is there now.
    package var identity: Identity?
    /// The process that runs it, where that is asked for what it runs.
    package var process: UInt32?
    /// Processes that see files as it did, nearest first, and their mount namespace. None: this process does too.
    package var roots: [UInt32]
    package var mounts: UInt32

    package struct Identity: Hashable, Sendable {
        package var device: UInt32
        package var inode: UInt64

        package init(device: UInt32, inode: UInt64) {
            self.device = device
            self.inode = inode
        }
    }

    package init(path: [UInt8], identity: Identity?, process: UInt32?, roots: [UInt32], mounts: UInt32) {
        self.path = path
        self.identity = identity
        self.process = process
        self.roots = roots
        self.mounts = mounts
    }
}

/// Reads files, each once as long as its inode tells of no change.
struct FileInspector {
    /// The largest file that is read, in bytes: the runtimes of containers have 100 MB.
    private static let limit = 256 << 20
    /// How many hashes are kept.
    private static let capacity = 4096

    private struct Version: Hashable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modified: Int64
        var changed: Int64
    }

    private var hashes: [Version: String] = [:]

    mutating func look(_ question: FileQuestion) -> FileFindings? {
        for (path, isReal) in Self.places(question) {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                Self.isSame(status, descriptor, as: question.identity)
            else { continue }
            let version = Version(
                device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
                modified: Self.nanoseconds(status.st_mtim), changed: Self.nanoseconds(status.st_ctim))
            return FileFindings(
                sha256: hash(version, descriptor), modified: version.modified, changed: version.changed,
                writableFolder: isReal ? Self.writableFolder(above: question.path) : nil,
                isRoots: status.st_uid == 0 && status.st_mode & 0o002 == 0
                    && (status.st_mode & 0o020 == 0 || status.st_gid == 0))
        }
        return nil
    }

    /// File systems that show a file under another device number than the kernel has it under: overlayfs and btrfs
    /// (linux/magic.h).
    private static let disguising: Set<Int> = [0x794c_7630, 0x9123_683e]

    private static func isSame(_ status: stat, _ descriptor: CInt, as identity: FileQuestion.Identity?) -> Bool {
        guard let identity else { return true }
        guard identity.inode == UInt64(status.st_ino) else { return false }
        let device = UInt64(status.st_dev)
        // The C library's dev_t: 12 bits of the major number above 8 of the minor one, and the other 12 of that above.
        let major = UInt32(truncatingIfNeeded: device >> 8 & 0xfff)
        let minor = UInt32(truncatingIfNeeded: device & 0xff | device >> 12 & 0xf_ff00)
        if major << 20 | minor == identity.device { return true }
        var system = statfs()
        return fstatfs(descriptor, &system) == 0 && disguising.contains(Int(system.f_type))
    }

    /// Where the file may be found, the surest that is cheap first; `isReal`: by a path of this process's own.
    private static func places(_ question: FileQuestion) -> [(path: [CChar], isReal: Bool)] {
        func place(_ prefix: String, _ path: [UInt8]) -> [CChar] {
            (Array(prefix.utf8) + path + [0]).map { CChar(bitPattern: $0) }
        }
        let isPath = question.path.first == UInt8(ascii: "/") && !question.path.contains(0)
        var places: [(path: [CChar], isReal: Bool)] = []
        if isPath, question.roots.isEmpty { places.append((place("", question.path), true)) }
        if let process = question.process { places.append((place("/proc/\(process)/exe", []), false)) }
        // A pid may be another's by now.
        let roots = question.roots.filter { NamespaceFiles.inode("/proc/\($0)/ns/mnt") == question.mounts }
        if isPath { places += roots.map { (place("/proc/\($0)/root", question.path), false) } }
        return places
    }

    private mutating func hash(_ version: Version, _ descriptor: CInt) -> String? {
        if let known = hashes[version] { return known }
        guard version.size <= Int64(Self.limit) else { return nil }
        var hash = SHA256()
        var total = 0
        var buffer = [UInt8](repeating: 0, count: 131_072)
        while total <= Self.limit {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 {
                let text = Self.hexadecimal(hash.finalize())
                if hashes.count >= Self.capacity { hashes.removeAll(keepingCapacity: true) }
                hashes[version] = text
                return text
            }
            hash.update(data: buffer[..<count])
            total += count
        }
        return nil
    }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// The nearest folder that others than root may write to.
    private static func writableFolder(above path: [UInt8]) -> String? {
        var rest = path[...]
        while let slash = rest.lastIndex(of: UInt8(ascii: "/")) {
            rest = rest[..<slash]
            let folder = rest.isEmpty ? [UInt8(ascii: "/")] : Array(rest)
            var status = stat()
            guard stat((folder + [0]).map { CChar(bitPattern: $0) }, &status) == 0 else { return nil }
            let mode = status.st_mode
            if status.st_uid != 0 || mode & 0o002 != 0 || mode & 0o020 != 0 && status.st_gid != 0 {
                return String(decoding: folder, as: UTF8.self)
            }
        }
        return nil
    }
}
