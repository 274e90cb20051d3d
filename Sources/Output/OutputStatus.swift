public import SystemPackage

/// How the writing goes.
public enum OutputStatus: Hashable, Sendable {
    case healthy
    /// Who reads has taken nothing for some seconds.
    case blocked
    /// Nothing can be written now (a full disk, say). It is tried again every second.
    case stalled(Errno)
    /// Nothing can be written any more (the reader has gone). Only ``LineWriter/reopen()`` helps.
    case broken(Errno)
}

/// What a writer did so far, and what waits.
public struct OutputFigures: Equatable, Sendable {
    /// Lines and bytes that were taken.
    public internal(set) var linesWritten: UInt64 = 0
    /// Their bytes.
    public internal(set) var bytesWritten: UInt64 = 0
    /// Lines that went through the spill file.
    public internal(set) var linesSpilled: UInt64 = 0
    /// What waits in memory, bookkeeping included, and in the spill file.
    public internal(set) var queueBytes = 0
    /// What waits in the spill file.
    public internal(set) var spillBytes = 0
    /// Bytes of lines that an earlier process left in the spill file.
    public internal(set) var inheritedBytes = 0
    /// How often the file was followed by another.
    public internal(set) var rotations: UInt64 = 0
    /// Lines that found no room.
    public internal(set) var losses = LineLosses.none
    /// Of these, those that were not taken as news yet.
    public internal(set) var untoldLosses = LineLosses.none
}

/// What there is to tell of the writing, once.
public struct OutputNews: Equatable, Sendable {
    /// Nothing.
    public init() {}

    /// Lines that found no room.
    public internal(set) var losses = LineLosses.none
    /// Bytes of the spill file that held lines and could not be read back.
    public internal(set) var damagedBytes: UInt64 = 0
    /// Bytes of a line that an earlier process left torn, taken away.
    public internal(set) var cutBytes: UInt64 = 0
    /// What could not be done, in words, the newest last; bounded.
    public internal(set) var troubles: [String] = []
}

/// What became of the lines of a writer that was closed.
public enum OutputEnd: Hashable, Sendable {
    /// All are written.
    case written
    /// The others are in the spill file, for the next process.
    case kept
    /// Some are nowhere.
    case lost
}
