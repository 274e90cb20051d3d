internal import Configuration
internal import Events
internal import Glibc
internal import Host
internal import Output
internal import SystemPackage

extension OutputPlan {
    init(_ settings: OutputSettings, state: StateDirectory) {
        self.init(OutputDestination(settings.path))
        linePrefix = Array(settings.linePrefix.utf8)
        queueBytes = settings.queueBytes
        if settings.spillBytes > 0 {
            spill = Spill(path: state.path.appending("spill"), bytes: settings.spillBytes)
        }
        if settings.rotateBytes > 0 {
            rotation = Rotation(bytes: settings.rotateBytes, keep: settings.rotateKeep)
        }
    }
}

/// What was told of an output that takes no lines.
struct OutputWatch {
    private var told = OutputStatus.healthy
    private var since: UInt64 = 0
    private var notBefore: UInt64 = 0
    /// One that comes and goes is told once a minute, in nanoseconds.
    private static let pause: UInt64 = 60_000_000_000

    /// What is news, and for how long nothing was taken.
    mutating func news(_ status: OutputStatus, at now: UInt64) -> (status: OutputStatus, seconds: UInt64)? {
        if told == .healthy {
            guard status != .healthy, now >= notBefore else { return nil }
            since = now
            notBefore = now &+ Self.pause
        } else {
            guard status == .healthy else { return nil }
        }
        told = status
        return (status, (now &- since) / 1_000_000_000)
    }
}

extension OutputStatus {
    /// For people.
    var sentence: String {
        switch self {
        case .healthy: "the output takes lines"
        case .blocked: "who reads the output has taken nothing for some seconds"
        case .stalled(let error): "the output cannot be written: \(error)"
        case .broken(let error): "the output is gone: \(error)"
        }
    }

    fileprivate var name: String {
        switch self {
        case .healthy: "healthy"
        case .blocked: "blocked"
        case .stalled: "stalled"
        case .broken: "broken"
        }
    }

    fileprivate var error: Errno? {
        switch self {
        case .stalled(let error), .broken(let error): error
        case .healthy, .blocked: nil
        }
    }
}

extension Collector {
    /// Tells when the output takes no lines, and when it does again; that line waits with the others.
    func reportOutput(at now: UInt64) {
        guard let (status, seconds) = outputWatch.news(output.writer.status, at: now) else { return }
        let figures = output.writer.figures
        var details: [(String, CollectorReport.Value)] = [("status", .text(status.name))]
        if let error = status.error { details.append(("error", .text(error.description))) }
        if status == .healthy { details.append(("seconds", .number(Int(seconds)))) }
        details.append(("queue_bytes", .number(figures.queueBytes)))
        details.append(("spill_bytes", .number(figures.spillBytes)))
        details.append(("lines_spilled", .number(Int(clamping: figures.linesSpilled))))
        send(
            CollectorReport(
                .coverageChanged, reason: status.sentence + (status == .healthy ? " again" : ""),
                isFailure: status != .healthy, details: [("output", .group(details))]))
    }
}

/// What this process has used so far.
struct Usage {
    var cpuMicroseconds: Int
    var maxResidentKiB: Int
    /// At present.
    var residentBytes: Int

    static var current: Usage {
        var usage = rusage()
        getrusage(CInt(RUSAGE_SELF.rawValue), &usage)
        let times = [usage.ru_utime, usage.ru_stime]
        let pages = TextFile.line("/proc/self/statm")?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return Usage(
            cpuMicroseconds: times.reduce(0) { $0 + $1.tv_sec * 1_000_000 + $1.tv_usec },
            maxResidentKiB: usage.ru_maxrss, residentBytes: (pages ?? 0) * Int(getpagesize()))
    }
}
