internal import FoundationEssentials
internal import JSON

/// A line of events, as far as a recording is in it.
package struct RecordedLine: Hashable, Sendable, Decodable {
    package struct Host: Hashable, Sendable, Decodable {
        package var id: String
        package var hostname: String
        package var boot: Boot
        package var os: System

        package struct Boot: Hashable, Sendable, Decodable { package var id: String }

        package struct System: Hashable, Sendable, Decodable { package var kernel: String }
    }

    package struct Agent: Hashable, Sendable, Decodable {
        package var version: String
        package var id: String
        package var ephemeralID: String

        enum CodingKeys: String, CodingKey {
            case version, id
            case ephemeralID = "ephemeral_id"
        }
    }

    package var host: Host
    package var agent: Agent
    private var wallwatch: Own

    private struct Own: Hashable, Sendable, Decodable { var record: Piece }

    package struct Piece: Hashable, Sendable, Decodable {
        package var part: Int
        package var parts: Int
        package var data: String
    }

    package var piece: Piece { wallwatch.record }

    /// nil: another event, or none.
    package init?(_ line: [UInt8]) {
        guard let known = try? JSONDecoder().decode(RecordedLine.self, from: Data(line)) else { return nil }
        self = known
    }
}

/// Puts the pieces of recordings together, line by line.
package struct RecordReader {
    /// No recorded thing has more pieces.
    private static let limit = 4096

    private var pieces: [String] = []
    /// How many recorded things could not be read.
    package private(set) var unreadable = 0

    package init() {}

    /// Takes a line's piece. Returns what it completes.
    package mutating func take(_ piece: RecordedLine.Piece) -> Recorded? {
        if piece.part == 1 {
            if !pieces.isEmpty { unreadable += 1 }
            pieces = []
        }
        guard piece.part == pieces.count + 1, piece.parts <= Self.limit else {
            unreadable += pieces.isEmpty ? 0 : 1
            pieces = []
            return nil
        }
        // What is written as a text is escaped as every other.
        pieces.append(String(decoding: EscapedText.decode(piece.data), as: UTF8.self))
        guard piece.part == piece.parts else { return nil }
        defer { pieces = [] }
        guard let recorded = Recorded(pieces) else {
            unreadable += 1
            return nil
        }
        return recorded
    }
}
