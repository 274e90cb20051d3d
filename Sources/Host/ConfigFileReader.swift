internal import CLinux
package import ConfigFiles
internal import Crypto
internal import Glibc

/// Finds the files that a plan means, and reads them.
package struct ConfigFileReader {
    /// The largest file whose hash is made, and the largest whose text is kept, in bytes.
    private static let hashLimit = 16 << 20
    private static let textLimit = 64 << 10
    /// How deep a folder is gone through, and how many files are looked at.
    private static let depthLimit = 16
    private static let fileLimit = 20_000

    /// What was found.
    package struct Findings {
        package var files: [BytePath: FileFacts] = [:]
        /// Folders in which something may come or change, as the kernel has them: those that are meant, and those above.
        package var folders: Set<BytePath> = []
        /// Links, by what they lead to in the end.
        package var links: [BytePath: [BytePath]] = [:]
        /// More is there than is looked at.
        package var isCut = false
    }

    private let plan: ConfigPlan
    private var findings = Findings()

    private init(_ plan: ConfigPlan) { self.plan = plan }

    /// What stands at a path and below it.
    package static func read(_ plan: ConfigPlan, at path: BytePath = .root) -> Findings {
        var reader = ConfigFileReader(plan)
        if let place = plan.place(of: path) { reader.visit(path, place, depth: 0) }
        return reader.findings
    }

    private mutating func visit(_ path: BytePath, _ place: ConfigPlan.Place, depth: Int) {
        guard let status = Self.status(path, follows: false) else { return }
        let isFolder = Self.isKind(status, S_IFDIR)
        if Self.isKind(status, S_IFLNK), place.isOpen, !place.isTree || place.meaning == nil,
            let target = Self.status(path, follows: true), Self.isKind(target, S_IFDIR)
        {
            // A link to a folder in which names are meant, as /lib is: gone through by the path as it is written.
            enter(path, place, depth)
        } else if isFolder {
            if place.isOpen { enter(path, place, depth) }
        } else if place.meaning != nil {
            take(path, status)
        }
    }

    private mutating func enter(_ path: BytePath, _ place: ConfigPlan.Place, _ depth: Int) {
        guard depth <= Self.depthLimit, findings.files.count < Self.fileLimit else { return findings.isCut = true }
        findings.folders.insert(path)
        let names = place.needsListing ? Self.names(in: path) : place.names
        for name in names {
            if let next = place.entering(name) { visit(path.appending(name), next, depth: depth + 1) }
        }
    }

    private mutating func take(_ path: BytePath, _ status: stat) {
        guard findings.files.count < Self.fileLimit else { return findings.isCut = true }
        var facts = FileFacts(
            kind: .other, size: UInt64(max(status.st_size, 0)), mode: UInt16(status.st_mode & 0o7777),
            user: status.st_uid, group: status.st_gid, device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
            modified: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec))
        if Self.isKind(status, S_IFLNK) {
            facts.kind = .symlink
            facts.target = Self.link(path)
            facts.resolved = Self.resolved(path)
            if let resolved = facts.resolved {
                findings.links[resolved, default: []].append(path)
                findings.folders.insert(resolved.folder)
            }
        } else if Self.isKind(status, S_IFREG) {
            facts.kind = .file
        }
        if facts.kind != .other { Self.readContent(path, into: &facts) }
        findings.files[path] = facts
    }

    /// Reads what is in a regular file, or in the one a link leads to.
    private static func readContent(_ path: BytePath, into facts: inout FileFacts) {
        let descriptor = open(path.cString, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, isKind(status, S_IFREG) else { return }
        facts.size = UInt64(max(status.st_size, 0))
        guard facts.size <= UInt64(hashLimit) else { return }
        var hash = SHA256()
        var text: [UInt8] = []
        var total = 0
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while total <= hashLimit {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return }
            guard count > 0 else { break }
            hash.update(data: buffer[..<count])
            total += count
            if total <= textLimit { text += buffer[..<count] }
        }
        let digits = Array("0123456789abcdef")
        facts.hash = String(hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
        if total <= textLimit, !text.contains(0) { facts.text = String(validating: text, as: UTF8.self) }
    }

    private static func status(_ path: BytePath, follows: Bool) -> stat? {
        var status = stat()
        let result = follows ? stat(path.cString, &status) : lstat(path.cString, &status)
        return result == 0 ? status : nil
    }

    private static func isKind(_ status: stat, _ kind: mode_t) -> Bool { status.st_mode & S_IFMT == kind }

    private static func names(in path: BytePath) -> [[UInt8]] {
        guard let stream = opendir(path.cString) else { return [] }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != [46] && name != [46, 46] { names.append(name) }
        }
        return names
    }

    private static func link(_ path: BytePath) -> [UInt8] {
        var target = [UInt8](repeating: 0, count: 4096)
        let count = target.withUnsafeMutableBytes { room in
            room.bindMemory(to: CChar.self).baseAddress.map { readlink(path.cString, $0, room.count) } ?? -1
        }
        return Array(target.prefix(max(count, 0)))
    }

    private static func resolved(_ path: BytePath) -> BytePath? {
        guard let resolved = realpath(path.cString, nil) else { return nil }
        defer { free(resolved) }
        return BytePath(UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
    }
}

extension BytePath {
    fileprivate var cString: [CChar] { (opened + [0]).map { CChar(bitPattern: $0) } }
}
