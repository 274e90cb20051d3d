import Glibc
import SystemPackage

@testable import Output

/// The reading of a spill file that somebody else, or a dying machine, left behind.
///
/// The first byte chooses; then come the two heads of 44 bytes each without their sums, and the lines. Where the choice says
/// so the sums are made to fit, or nothing would get past them.
enum SpillFuzz: FuzzTarget {
    private static let path = FilePath("/dev/shm/wallwatch-fuzz-\(getpid())")

    static func take(_ bytes: RawSpan) throws -> Bool {
        guard let (choice, rest) = bytes.chosen else { return false }
        defer { unlink(path.string) }
        let laidOut = file(choice, rest)
        try write(laidOut)
        let spill = try SpillFile(path, capacity: 8192)
        var size = 0
        while let oldest = spill.oldest() {
            try demand(!oldest.line.bytes.isEmpty, "no line is empty")
            size += oldest.line.bytes.count
            spill.remove(oldest)
        }
        try demand(size <= laidOut.count, "no line is made up")
        try demand(spill.isEmpty, "all was read")
        _ = spill.takeDamage()
        // It goes on.
        let line = QueuedLine(bytes: Array("again".utf8), lineClass: .alert)
        guard spill.room.admits(line) else { return size > 0 }
        try spill.append([line, line])
        try demand(spill.oldest()?.line.bytes == line.bytes && spill.takeDamage() == 0, "what is added is read")
        try demand(spill.bytes == 2 * SpillFile.cost(line), "two lines are there")
        return size > 0
    }

    private static func file(_ choice: UInt8, _ rest: [UInt8]) -> [UInt8] {
        let body = SpillHead.size - 4
        guard rest.count >= 2 * body else { return rest }
        var file = [UInt8](repeating: 0, count: Int(SpillHead.room))
        for (number, place) in [0, 512].enumerated() {
            var head = Array(rest[number * body..<(number + 1) * body])
            head.put(choice & 1 << UInt8(number) == 0 ? CRC32.sum(head[...]) : 7)
            file.replaceSubrange(place..<place + head.count, with: head)
        }
        var lines = Array(rest[(2 * body)...])
        if choice & 4 == 0 { sum(&lines) }
        return file + lines
    }

    /// Makes the sum of each frame fit its line.
    private static func sum(_ lines: inout [UInt8]) {
        var place = 0
        while place + SpillFrame.headSize <= lines.count {
            var cursor = ByteCursor(lines[(place + 4)...])
            let length = Int(cursor.take(UInt32.self) ?? 0)
            let end = place + SpillFrame.headSize + length
            guard length > 0, end <= lines.count else { return }
            let sums = CRC32.sum(lines[place..<place + 20], lines[place + SpillFrame.headSize..<end])
            var bytes: [UInt8] = []
            bytes.put(sums)
            lines.replaceSubrange(place + 20..<place + 24, with: bytes)
            place = end
        }
    }

    private static func write(_ bytes: [UInt8]) throws {
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }
}
