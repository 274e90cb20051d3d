package import Detection
internal import FoundationEssentials

/// One thing the detector was told, as a recording keeps it.
package struct Recorded: Hashable, Sendable, Codable {
    /// Of the layout.
    package static let currentVersion = 1

    package var version = Recorded.currentVersion
    /// From CLOCK_BOOTTIME to UTC, in nanoseconds.
    package var offset: Int64
    package var input: Input

    package init(_ input: Input, offset: Int64) {
        self.input = input
        self.offset = offset
    }

    /// As JSON, in pieces of at most so many bytes each.
    package func pieces(of length: Int) -> [String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return [] }
        var pieces: [String] = []
        var rest = Array(data)[...]
        while !rest.isEmpty {
            var piece = rest.prefix(max(length, 4))
            // Not within a character: what continues one begins with the bits 10.
            while let next = rest.dropFirst(piece.count).first, next & 0xc0 == 0x80 { piece = piece.dropLast() }
            pieces.append(String(decoding: piece, as: UTF8.self))
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }

    /// What pieces in their order make; nil: no recording of this version.
    package init?(_ pieces: [String]) {
        let text = Array(pieces.joined().utf8)
        guard let known = try? JSONDecoder().decode(Recorded.self, from: Data(text)),
            known.version == Self.currentVersion, known.offset.magnitude < 1 << 62, known.input.isPlausible
        else { return nil }
        self = known
    }
}

/// What an installation remembers, as its file holds it.
package enum MemoryFile {
    package static func encode(_ memory: Memory) -> [UInt8] {
        (try? JSONEncoder().encode(memory)).map { Array($0) } ?? []
    }

    /// nil: they are not what this version wrote.
    package static func decode(_ bytes: [UInt8]) -> Memory? {
        guard let memory = try? JSONDecoder().decode(Memory.self, from: Data(bytes)),
            memory.version == Memory.currentVersion, memory.isPlausible
        else { return nil }
        return memory
    }
}
