import CProbes
import Records
import TestSupport
import Testing

@testable import Probes

/// Whatever the bytes are, decoding ends and does not trap.
@Suite struct `Bytes that are no record` {
    /// Decodes, and reads what comes of it to the last byte.
    @discardableResult
    static func decode(_ bytes: [UInt8]) -> Bool {
        _ = Record.size(of: bytes.span.bytes)
        guard let record = Record(bytes.span.bytes) else { return false }
        if case .exec(let exec) = record { _ = (exec.image.arguments, exec.image.path, exec.image.areArgumentsCut) }
        if case .task(let exec) = record { _ = (exec.image.arguments, exec.image.path, exec.image.areArgumentsCut) }
        return true
    }

    @Test func `are the front of one that was cut off`() {
        for whole in Sample.all {
            #expect(Self.decode(whole))
            for count in 0..<whole.count { #expect(!Self.decode(Array(whole.prefix(count)))) }
        }
    }

    @Test func `are one whose size is less than it needs`() {
        for whole in Sample.all {
            var bytes = whole
            for size in 0..<UInt32(whole.count) {
                for index in 0..<4 { bytes[8 + index] = UInt8(truncatingIfNeeded: size >> UInt32(8 * index)) }
                Self.decode(bytes)
            }
            #expect(Self.decode(whole))
        }
    }

    @Test func `are one whose size is more than there is`() {
        for whole in Sample.all {
            for size in [UInt32(whole.count) + 1, 1 << 20, .max] {
                var bytes = whole
                for index in 0..<4 { bytes[8 + index] = UInt8(truncatingIfNeeded: size >> UInt32(8 * index)) }
                #expect(!Self.decode(bytes))
            }
        }
    }

    @Test func `are of a kind nobody knows`() {
        for kind in [UInt8(0), 12, 200, 255] {
            var bytes = Sample.fork
            bytes[12] = kind
            #expect(!Self.decode(bytes))
        }
    }

    @Test func `are an exec whose strings are longer than it`() {
        // path_size, invoked_size, directory_size, arguments_size stand behind the task.
        let first = MemoryLayout<ww_header>.size + MemoryLayout<ww_task>.size
        for field in 0..<4 {
            for byte in 0..<4 {
                var bytes = Sample.exec()
                bytes[first + 4 * field + byte] = 0xff
                #expect(!Self.decode(bytes))
            }
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `are random`(seed: UInt64) {
        print("seed", seed)
        var random = SplitMix(seed: seed)
        for _ in 0..<10_000 {
            let count = Int.random(in: 0...900, using: &random)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            // With a size and a kind that fit, or nearly none would get past the header.
            if count >= 16, UInt8.random(in: 0...3, using: &random) > 0 {
                bytes.replaceSubrange(8..<12, with: withUnsafeBytes(of: UInt32(count)) { Array($0) })
                bytes.replaceSubrange(12..<14, with: [UInt8.random(in: 0...12, using: &random), 0])
            }
            Self.decode(bytes)
        }
    }

    @Test(arguments: [UInt64(11), 12, 13])
    func `are records with some bytes changed`(seed: UInt64) {
        print("seed", seed)
        var random = SplitMix(seed: seed)
        for _ in 0..<10_000 {
            guard var bytes = Sample.all.randomElement(using: &random) else { return }
            for _ in 0...Int.random(in: 0...4, using: &random) {
                guard let place = bytes.indices.randomElement(using: &random) else { continue }
                bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
            }
            Self.decode(bytes)
        }
    }

    @Test func `are nothing of a stream`() {
        #expect(Record.size(of: [UInt8]().span.bytes) == nil)
        #expect(Record.size(of: Sample.fork.span.bytes) == Sample.fork.count)
        #expect(Record.size(of: (Sample.fork + Sample.exit).span.bytes) == Sample.fork.count)
        #expect(Record.size(of: Array(Sample.fork.dropLast()).span.bytes) == nil)
        // A size of nothing would be read for ever.
        #expect(Record.size(of: [UInt8](repeating: 0, count: 64).span.bytes) == nil)
    }
}
