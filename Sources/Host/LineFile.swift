internal import Glibc
package import SystemPackage

/// Text files read line by line, however long they are.
package enum LineFile {
    /// A line that is longer is passed over: no event's is.
    private static let longest = 1 << 22

    /// Calls `body` with every line, without its end; nil: of standard input.
    package static func forEachLine(of path: FilePath?, _ body: ([UInt8]) throws -> Void) throws {
        let file = try path.map { try FileDescriptor.open($0, .readOnly, options: .closeOnExec) } ?? .standardInput
        defer { if path != nil { try? file.close() } }
        var line: [UInt8] = []
        var isTooLong = false
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
            guard count > 0 else { break }
            var rest = buffer[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line += rest[..<end]
                if !isTooLong, !line.isEmpty { try body(line) }
                line.removeAll(keepingCapacity: true)
                isTooLong = false
                rest = rest[(end + 1)...]
            }
            line += rest
            if line.count > longest {
                line.removeAll()
                isTooLong = true
            }
        }
        if !isTooLong, !line.isEmpty { try body(line) }
    }
}
