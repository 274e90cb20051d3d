internal import CLinux
internal import Glibc
package import SystemPackage

/// A file on which something depends: nobody but root may have written it.
package enum TrustedFile {
    /// Why it is not read.
    package enum Failure: Error, CustomStringConvertible {
        case missing
        case system(Errno)
        /// Others than root could have written it.
        case untrusted(String)

        package var description: String {
            switch self {
            case .missing: "it is not there"
            case .system(let errno): "\(errno)"
            case .untrusted(let reason): reason
            }
        }
    }

    /// What it holds, up to `limit` bytes.
    package static func read(_ path: FilePath, limit: Int = 512 << 20) throws(Failure) -> [UInt8] {
        let descriptor = open(path.string, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw errno == ENOENT ? .missing : .system(Errno(rawValue: errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(Errno(rawValue: errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .untrusted("it is no file") }
        guard status.st_uid == 0 else { throw .untrusted("it belongs to user \(status.st_uid), not to root") }
        guard status.st_mode & 0o022 == 0 else { throw .untrusted("others than root may write it") }
        guard status.st_size <= limit else { throw .untrusted("it is too large") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size))
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .system(Errno(rawValue: errno)) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
        throw .untrusted("it is too large")
    }

    /// Writes it anew, whole or not at all, for root alone to read.
    package static func write(_ bytes: [UInt8], to path: FilePath) throws(Failure) {
        func failure() -> Failure { .system(Errno(rawValue: errno == 0 ? ENOSPC : errno)) }
        let draft = path.string + ".new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure() }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let failure = failure()
                close(descriptor)
                throw failure
            }
            rest = rest.dropFirst(count)
        }
        let isDurable = fdatasync(descriptor) == 0
        close(descriptor)
        guard isDurable, rename(draft, path.string) == 0 else { throw failure() }
    }
}
