import Glibc
import Testing

/// What is kept in Fuzz/Seeds and Fuzz/FailCases, handed to the very code that is fuzzed.
@Suite(.timeLimit(.minutes(2))) struct `An input that was kept` {
    @Test(arguments: fuzzTargets.map { "\($0)" })
    func `is read without a broken promise, and a seed is understood`(name: String) throws {
        let target = try #require(fuzzTargets.first { "\($0)" == name })
        var isUnderstood = false
        for kind in ["Seeds", "FailCases"] {
            for file in Self.files(in: "\(Self.folder)/\(kind)/\(name)") {
                let bytes = try #require(Self.read(file))
                do {
                    if try target.take(bytes.span.bytes), kind == "Seeds" { isUnderstood = true }
                } catch { Issue.record("\(file): \(error)") }
            }
        }
        // After a layout has changed: `.build/fuzz/write-seeds Fuzz/Seeds`.
        #expect(isUnderstood, "no seed of \(name) gets behind the door")
    }

    @Test func `is of a target that is there`() {
        let names = Set(fuzzTargets.map { "\($0)" })
        for kind in ["Seeds", "FailCases"] {
            let folders = Self.names(in: "\(Self.folder)/\(kind)")
            #expect(names.isSuperset(of: folders), "\(kind): \(folders.filter { !names.contains($0) })")
        }
    }

    private static let folder = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined()

    private static func files(in folder: String) -> [String] { names(in: folder).map { "\(folder)/\($0)" } }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func read(_ file: String) -> [UInt8]? {
        guard let stream = fopen(file, "r") else { return nil }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, stream))
        return bytes
    }
}
