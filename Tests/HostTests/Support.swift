import Glibc
import SystemPackage

/// A directory of the test's own, removed with what is in it.
final class Scratch {
    let path: FilePath

    init() throws {
        var template = Array("/tmp/wallwatch-host-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    deinit { remove(path) }

    func file(_ name: String) -> String { path.appending(name).string }

    func write(_ name: String, _ bytes: some Collection<UInt8>) throws {
        let file = try FileDescriptor.open(
            path.appending(name), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        defer { try? file.close() }
        try file.writeAll(Array(bytes))
    }

    func write(_ name: String, _ text: String) throws { try write(name, text.utf8) }

    private func remove(_ path: FilePath) {
        if let folder = opendir(path.string) {
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != "." && name != ".." { remove(path.appending(name)) }
            }
            closedir(folder)
            rmdir(path.string)
        } else {
            unlink(path.string)
        }
    }
}

/// Permissions of a file, as chmod takes them.
func mode(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
}

/// How many descriptors are open.
var openDescriptors: Int {
    guard let folder = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
}
