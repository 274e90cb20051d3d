import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Output

@Suite struct `A spill file` {
    private static func line(_ number: Int, _ length: Int, _ lineClass: LineClass = .firewall) -> QueuedLine {
        let text = "\(number) "
        return QueuedLine(
            bytes: Array(text.utf8) + [UInt8](repeating: UInt8(number % 251), count: max(0, length - text.utf8.count)),
            lineClass: lineClass)
    }

    private static func drain(_ file: SpillFile) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        while let oldest = file.oldest() {
            lines.append(oldest.line.bytes)
            file.remove(oldest)
        }
        return lines
    }

    @Test func `sums as zlib does`() {
        #expect(CRC32.sum(Array("123456789".utf8)[...]) == 0xcbf4_3926)
        #expect(CRC32.sum(Array("1234".utf8)[...], Array("56789".utf8)[...]) == 0xcbf4_3926)
        #expect(CRC32.sum([]) == 0)
    }

    @Test func `gives back what it took, in order, also to the next process, and shrinks when it is empty`() throws {
        let scratch = try Scratch()
        let lines = (0..<100).map { Self.line($0, 50 + $0) }
        do {
            let file = try SpillFile(scratch.file("spill"), capacity: 65_536)
            try file.append(Array(lines[..<60]))
            for _ in 0..<10 { file.oldest().map { file.remove($0) } }
        }
        let file = try SpillFile(scratch.file("spill"), capacity: 65_536)
        #expect(file.oldest()?.line.bytes == lines[10].bytes)
        try file.append(Array(lines[60...]))
        #expect(Self.drain(file) == lines[10...].map(\.bytes))
        #expect(file.isEmpty && file.takeDamage() == 0)
        #expect(try Stat(scratch.file("spill")).size == 4096)
        #expect(try Stat(scratch.file("spill")).permissions == [.ownerReadWrite])
    }

    @Test func `keeps the last of its room for alerts, and some of it for the firewall`() throws {
        let scratch = try Scratch()
        let file = try SpillFile(scratch.file("spill"), capacity: 65_536)
        var counts: [LineClass: Int] = [:]
        for lineClass in LineClass.allCases {
            while file.room.admits(Self.line(0, 1000, lineClass)) {
                try file.append([Self.line(0, 1000, lineClass)])
                counts[lineClass, default: 0] += 1
            }
        }
        #expect(counts == [.process: 32, .firewall: 24, .alert: 8])
        #expect(throws: Errno.noSpace) { try file.append([Self.line(0, 1000, .alert)]) }
    }

    @Test func `takes over what was added after its head was written last, and tells of a torn end`() throws {
        let scratch = try Scratch()
        let lines = (0..<3).map { Self.line($0, 200) }
        // The head as it was before the last two.
        let file = try SpillFile(scratch.file("spill"), capacity: 65_536)
        try file.append([lines[0]])
        let raw = open(scratch.file("spill").string, O_RDWR)
        defer { close(raw) }
        var head = [UInt8](repeating: 0, count: 4096)
        pread(raw, &head, 4096, 0)
        try file.append([lines[1]])
        try file.append([lines[2]])
        pwrite(raw, head, 4096, 0)
        #expect(Self.drain(try SpillFile(scratch.file("spill"), capacity: 65_536)) == lines.map(\.bytes))

        try SpillFile(scratch.file("spill"), capacity: 65_536).append(lines)
        // The end of the last one never reached the disk.
        var status = stat()
        fstat(raw, &status)
        ftruncate(raw, status.st_size - 50)
        let torn = try SpillFile(scratch.file("spill"), capacity: 65_536)
        #expect(Self.drain(torn) == lines[..<2].map(\.bytes))
        #expect(torn.takeDamage() == 224)
        #expect(torn.isEmpty)
    }

    @Test func `passes over what is damaged, and reads what follows`() throws {
        let scratch = try Scratch()
        let lines = (0..<5).map { Self.line($0, 300) }
        let file = try SpillFile(scratch.file("spill"), capacity: 65_536)
        try file.append(lines)
        let raw = open(scratch.file("spill").string, O_RDWR)
        defer { close(raw) }
        // In the second line, and in the length of the fourth.
        pwrite(raw, [0xff], 1, 4096 + 324 + 100)
        pwrite(raw, [0xff, 0xff, 0xff], 3, 4096 + 3 * 324 + 4)
        let damaged = try SpillFile(scratch.file("spill"), capacity: 65_536)
        #expect(Self.drain(damaged) == [lines[0], lines[2], lines[4]].map(\.bytes))
        #expect(damaged.takeDamage() == 648)
    }

    @Test func `begins anew where its head is damaged, and tells how much that was`() throws {
        let scratch = try Scratch()
        let file = try SpillFile(scratch.file("spill"), capacity: 65_536)
        try file.append([Self.line(0, 976)])
        let raw = open(scratch.file("spill").string, O_RDWR)
        defer { close(raw) }
        pwrite(raw, [UInt8](repeating: 0xaa, count: 1024), 1024, 0)
        let fresh = try SpillFile(scratch.file("spill"), capacity: 65_536)
        #expect(fresh.isEmpty && fresh.takeDamage() == 1000)
        try fresh.append([Self.line(7, 100)])
        #expect(Self.drain(fresh) == [Self.line(7, 100).bytes])
    }

    /// A head whose sum is right and whose figures are not: 2 TiB of lines in a file of some bytes, a line that goes on
    /// behind the last one, the highest serial number there is.
    @Test(.timeLimit(.minutes(1))) func `survives a head that lies`() throws {
        let scratch = try Scratch()
        var frame: [UInt8] = []
        SpillFrame.encode(Self.line(0, 100), at: 1 << 40, into: &frame)
        for (used, serial) in [(1 << 40, 0), (50, 0), (UInt64(frame.count), .max)] as [(UInt64, UInt64)] {
            var head = SpillHead(capacity: 1 << 40)
            (head.begin, head.end, head.serial) = (1 << 40, 1 << 40 + used, serial)
            let front = head.encoded + [UInt8](repeating: 0, count: 4096 - SpillHead.size)
            try scratch.write("spill", "")
            let raw = open(scratch.file("spill").string, O_WRONLY)
            pwrite(raw, front + frame, 4096 + frame.count, 0)
            close(raw)
            let file = try SpillFile(scratch.file("spill"), capacity: 65_536)
            #expect(Self.drain(file).count == (used == 1 << 40 ? 1 : 0))
            #expect(file.isEmpty && file.takeDamage() > 0)
            try file.append([Self.line(1, 100)])
            #expect(Self.drain(file) == [Self.line(1, 100).bytes])
        }
    }

    @Test func `survives any bytes in its place`() throws {
        let scratch = try Scratch()
        for seed in 0..<200 as Range<UInt64> {
            var random = SplitMix(seed: seed)
            let file = try SpillFile(scratch.file("spill"), capacity: 65_536)
            _ = Self.drain(file)
            try file.append((0..<20).map { Self.line($0, .random(in: 1...400, using: &random)) })
            let raw = open(scratch.file("spill").string, O_RDWR)
            var status = stat()
            fstat(raw, &status)
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let place = off_t.random(in: 0..<status.st_size, using: &random)
                pwrite(raw, [UInt8.random(in: .min ... .max, using: &random)], 1, place)
            }
            if Bool.random(using: &random) { ftruncate(raw, .random(in: 0...status.st_size, using: &random)) }
            close(raw)
            let damaged = try SpillFile(scratch.file("spill"), capacity: 65_536)
            let lines = Self.drain(damaged)
            #expect(lines.count <= 20 && damaged.isEmpty)
            // What is read is what was written, and in its order.
            let numbers = lines.compactMap { Int(String(decoding: $0.prefix { $0 != 0x20 }, as: UTF8.self)) }
            #expect(numbers == numbers.sorted())
        }
    }

    @Test func `refuses a link, a folder and a file with other names`() throws {
        let scratch = try Scratch()
        symlink(scratch.file("old").string, scratch.file("spill").string)
        #expect(throws: Errno.tooManySymbolicLinkLevels) { try SpillFile(scratch.file("spill"), capacity: 65_536) }
        #expect(throws: Errno.isDirectory) { try SpillFile(scratch.path, capacity: 65_536) }
        try scratch.write("old", "")
        link(scratch.file("old").string, scratch.file("out").string)
        #expect(throws: Errno.invalidArgument) { try SpillFile(scratch.file("out"), capacity: 65_536) }
    }

    /// Against a model: a list. Small, so that it wraps hundreds of times; opened anew now and then, as after a death.
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64]) func `is a list with a bound`(seed: UInt64) throws {
        let scratch = try Scratch()
        var random = SplitMix(seed: seed)
        var file = try SpillFile(scratch.file("spill"), capacity: 70_001)
        var model: [QueuedLine] = []
        var number = 0
        for _ in 0..<6000 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<8:
                var batch: [QueuedLine] = []
                var room = file.room
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let lineClass = LineClass.allCases.randomElement(using: &random) ?? .alert
                    let line = Self.line(number, .random(in: 1...3000, using: &random), lineClass)
                    guard room.admits(line) else { break }
                    room.used += SpillFile.cost(line)
                    batch.append(line)
                    number += 1
                }
                guard !batch.isEmpty else { continue }
                try file.append(batch)
                model += batch
            case 8..<19:
                let oldest = file.oldest()
                #expect(oldest?.line.bytes == model.first?.bytes && oldest?.line.lineClass == model.first?.lineClass)
                if let oldest {
                    file.remove(oldest)
                    model.removeFirst()
                }
            default: file = try SpillFile(scratch.file("spill"), capacity: 70_001)
            }
            #expect(file.bytes == model.reduce(0) { $0 + SpillFile.cost($1) })
            #expect(file.bytes <= file.capacity)
        }
        #expect(Self.drain(file) == model.map(\.bytes))
        #expect(file.takeDamage() == 0)
    }
}
