public import SystemPackage

/// Where lines go.
public enum OutputDestination: Hashable, Sendable {
    case standardOutput
    /// A file that is appended to, or a named pipe that somebody reads.
    case file(FilePath)

    /// `-` is standard output, the rest a path.
    public init(_ text: String) {
        self = text == "-" ? .standardOutput : .file(FilePath(text))
    }
}

extension OutputDestination: CustomStringConvertible {
    /// For a sentence to people.
    public var description: String {
        switch self {
        case .standardOutput: "standard output"
        case .file(let path): path.string
        }
    }
}

/// Why a destination cannot be opened.
public enum OutputFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case system(Errno)
    /// It is something that lines are not written to.
    case refused(String)

    /// For a sentence to people.
    public var description: String {
        switch self {
        case .system(.tooManySymbolicLinkLevels): "it is a symbolic link, or too many lead to it"
        case .system(.noSuchAddressOrDevice): "it is a named pipe that nobody reads, or no such device"
        case .system(let error): error.description
        case .refused(let reason): reason
        }
    }
}

/// What a writer is to do with its lines.
public struct OutputPlan: Hashable, Sendable {
    /// A file is followed by another when it is this large.
    public struct Rotation: Hashable, Sendable {
        /// No file grows beyond, but for one line that is longer than that.
        public var bytes: Int
        /// How many older ones are kept, as `.1` and so on.
        public var keep: Int

        /// A rotation, of files of so many bytes.
        public init(bytes: Int, keep: Int) {
            self.bytes = bytes
            self.keep = keep
        }
    }

    /// Where lines wait that find no reader, on disk.
    public struct Spill: Hashable, Sendable {
        /// The file.
        public var path: FilePath
        /// How many bytes of it hold lines at most.
        public var bytes: Int

        /// A spill of so many bytes.
        public init(path: FilePath, bytes: Int) {
            self.path = path
            self.bytes = bytes
        }
    }

    /// Where lines go.
    public var destination: OutputDestination
    /// What stands before each line.
    public var linePrefix: [UInt8] = []
    /// What lines may wait in memory.
    public var queueBytes = 8 << 20
    /// nil: none, what finds no room in memory is lost.
    public var spill: Spill?
    /// nil: somebody else does it, or nobody.
    public var rotation: Rotation?

    /// To a destination, with the defaults and neither spill nor rotation.
    public init(_ destination: OutputDestination) { self.destination = destination }
}
