internal import Glibc
internal import SystemPackage

/// Files and directories of the configuration.
enum FileAccess {
    /// The first bytes of a regular file. Anything else (a pipe might never end) is `.invalidArgument`.
    static func read(_ path: FilePath, atMost limit: Int) throws(Errno) -> [UInt8] {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
            return try file.closeAfter {
                guard try file.stat().type == .regular else { throw Errno.invalidArgument }
                var bytes = [UInt8](repeating: 0, count: limit)
                var count = 0
                while count < limit {
                    let taken = try unsafe bytes.withUnsafeMutableBytes { buffer in
                        try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
                    }
                    if taken == 0 { break }
                    count += taken
                }
                bytes.removeLast(limit - count)
                return bytes
            }
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// The names in a directory, in no order.
    static func names(in directory: FilePath) throws(Errno) -> [String] {
        guard let stream = unsafe opendir(directory.string) else { throw Errno(rawValue: errno) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names
    }
}
