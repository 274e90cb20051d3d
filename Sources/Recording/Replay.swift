package import Detection

/// A recording through a detector: the same alerts as when it was made.
package struct Replay {
    private var detector: Detector?
    private let tuning: Tuning
    private var reader = RecordReader()
    /// Whose recording it is.
    private var run = ""
    /// What the deeds were, by the id of the line that told them, for explanations.
    package private(set) var deeds: [String: Deed] = [:]
    private let keepsDeeds: Bool
    /// What the last line told was done, and why that is nobody's alarm.
    package private(set) var lastDeed: Deed?
    package private(set) var lastCoverage: Coverage?
    /// How many things the detector was told, and from when to when, in nanoseconds of CLOCK_BOOTTIME.
    package private(set) var inputs = 0
    package private(set) var began: UInt64?
    package private(set) var ended: UInt64 = 0

    package init(_ tuning: Tuning, keepsDeeds: Bool = false) {
        self.tuning = tuning
        self.keepsDeeds = keepsDeeds
    }

    package var unreadable: Int { reader.unreadable }

    /// What a line leads to; nil: it is no part of a recording, or not the last of one.
    package mutating func take(_ line: RecordedLine) -> (alerts: [Alert], offset: Int64)? {
        lastDeed = nil
        guard let recorded = reader.take(line.piece) else { return nil }
        inputs += 1
        if let time = recorded.input.time {
            began = began ?? time
            ended = max(ended, time)
        }
        // A run's recording begins with what stands; another run's follows in the same file.
        if detector == nil || line.agent.ephemeralID != run {
            run = line.agent.ephemeralID
            detector = Detector(tuning, run: run)
        }
        if keepsDeeds, case .deed(let deed) = recorded.input {
            deeds[deed.id] = deed
            lastDeed = deed
            lastCoverage = detector?.coverage(of: deed)
        }
        guard let alerts = detector?.take(recorded.input) else { return nil }
        return (alerts, recorded.offset)
    }

}

extension Input {
    /// When it was told, where it says so.
    var time: UInt64? {
        switch self {
        case .deed(let deed): deed.time
        case .settle(let now), .finish(let now): now
        case .stands, .gone, .pause, .remember: nil
        }
    }
}
