import Detection
import Recording

/// The reading of recordings. The first byte chooses: lines of events as they stand in a file, or what their pieces make,
/// one thing a line, without the events around it.
enum ReplayFuzz: FuzzTarget {
    static let isText = true

    static func take(_ bytes: RawSpan) throws -> Bool {
        guard let (choice, rest) = bytes.chosen else { return false }
        let lines = rest.split(separator: 0x0A).map { Array($0) }
        return choice & 1 == 0 ? replay(lines) : try tell(lines)
    }

    private static func replay(_ lines: [[UInt8]]) -> Bool {
        var replay = Replay(Tuning(), keepsDeeds: true)
        for line in lines { if let line = RecordedLine(line) { _ = replay.take(line) } }
        return replay.inputs > 0
    }

    private static func tell(_ lines: [[UInt8]]) throws -> Bool {
        var detector = Detector(run: "r")
        var isRead = false
        for line in lines {
            guard let recorded = Recorded([String(decoding: line, as: UTF8.self)]) else { continue }
            isRead = true
            let pieces = recorded.pieces(of: 100)
            try demand(pieces.allSatisfy { $0.utf8.count <= 100 && !$0.isEmpty }, "no piece is longer than was asked")
            try demand(Recorded(pieces) == recorded, "what is recorded is read as it was")
            _ = detector.take(recorded.input)
        }
        return isRead
    }
}
