internal import FoundationEssentials
internal import JSON

/// A line of events, as far as a recording is in it.
package struct RecordedLine: Hashable, Sendable {
    package struct Host: Hashable, Sendable {
        package var id: String
        package var hostname: String
        package var bootID: String
        package var kernel: String
    }

    package struct Agent: Hashable, Sendable {
        package var version: String
        package var id: String
        package var ephemeralID: String
    }

    package struct Piece: Hashable, Sendable, Decodable {
        package var part: Int
        package var parts: Int
        package var data: String
    }

    package var host: Host
    package var agent: Agent
    package var piece: Piece
    /// By whose names it is written, and so what its alerts are told in.
    package var isOCSF: Bool

    /// nil: another event, or none.
    package init?(_ line: [UInt8]) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        isOCSF = line.starts(with: #"{"time":"#.utf8)
        if isOCSF {
            guard let known = try? decoder.decode(OCSF.self, from: Data(line)),
                let agent = known.device.agentList.first
            else { return nil }
            let device = known.device
            host = Host(
                id: device.uid, hostname: device.hostname, bootID: device.bootUid, kernel: device.os.kernelRelease)
            self.agent = Agent(version: agent.version, id: agent.uid, ephemeralID: agent.uidAlt)
            piece = known.unmapped.wallwatch.record
        } else {
            guard let known = try? decoder.decode(ECS.self, from: Data(line)) else { return nil }
            host = Host(
                id: known.host.id, hostname: known.host.hostname, bootID: known.host.boot.id,
                kernel: known.host.os.kernel)
            agent = Agent(
                version: known.agent.version, id: known.agent.id, ephemeralID: known.agent.ephemeralId)
            piece = known.wallwatch.record
        }
    }
}

private struct Own: Decodable { var record: RecordedLine.Piece }

/// The names are the lines' own, in Swift's spelling.
private struct ECS: Decodable {
    struct Host: Decodable {
        struct Boot: Decodable { var id: String }
        struct System: Decodable { var kernel: String }

        var id: String
        var hostname: String
        var boot: Boot
        var os: System
    }

    struct Agent: Decodable {
        var version: String
        var id: String
        var ephemeralId: String
    }

    var host: Host
    var agent: Agent
    var wallwatch: Own
}

private struct OCSF: Decodable {
    struct Device: Decodable {
        struct System: Decodable { var kernelRelease: String }
        struct Agent: Decodable {
            var version: String
            var uid: String
            var uidAlt: String
        }

        var uid: String
        var hostname: String
        var bootUid: String
        var os: System
        var agentList: [Agent]
    }

    struct Unmapped: Decodable { var wallwatch: Own }

    var device: Device
    var unmapped: Unmapped
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
