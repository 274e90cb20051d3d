import Detection
import SystemPackage
import Testing

@Suite struct `The page of a rule` {
    @Test(arguments: Rule.allCases) func `has its name and all parts`(rule: Rule) throws {
        let folder = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let file = try FileDescriptor.open(folder.appending("docs/rules/\(rule.rawValue).md"), .readOnly)
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        #expect(text.hasPrefix("# \(rule.rawValue): \(rule.name)\n"))
        for part in ["What it sees", "Evidence", "What tunes it", "Known false alarms"] {
            #expect(text.contains("\n## \(part)\n\n"))
        }
    }
}
