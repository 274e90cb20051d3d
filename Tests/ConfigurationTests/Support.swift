import Glibc
import SystemPackage

@testable import Configuration

/// What is wrong with a text, one error a line, as a user sees it.
func complaints(_ text: String) -> [String] {
    complaints(Array(text.utf8))
}

/// What is wrong with bytes that may be anything.
func complaints(_ bytes: [UInt8]) -> [String] {
    var configuration = Configuration()
    return configuration.apply(bytes, file: "w.toml").map(\.description)
}

/// A directory of the test's own, removed with what is in it.
final class Scratch {
    let path: FilePath
    private var files: [FilePath] = []

    init() throws {
        var template = Array("/tmp/wallwatch-config-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
        mkdir(path.appending("conf.d").string, 0o700)
    }

    deinit {
        for file in files { unlink(file.string) }
        rmdir(path.appending("conf.d").string)
        rmdir(path.string)
    }

    func write(_ name: String, _ text: String) throws {
        let file = path.pushing(FilePath(name))
        files.append(file)
        let descriptor = try FileDescriptor.open(
            file, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        defer { try? descriptor.close() }
        try descriptor.writeAll(Array(text.utf8))
    }

    /// The main file `w.toml` and the drop-ins.
    var source: ConfigurationSource {
        ConfigurationSource(file: path.appending("w.toml"), isRequired: false, dropIns: path.appending("conf.d"))
    }
}
