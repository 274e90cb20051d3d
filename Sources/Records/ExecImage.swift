/// What a process was started as: the bytes the kernel held at exec, in one piece.
///
/// Forks share it, so it is a class, and never changes.
package final class ExecImage: Sendable {
    private let bytes: [UInt8]
    private let pathEnd: Int
    private let invokedEnd: Int
    private let directoryEnd: Int
    /// How many bytes of arguments the process had; more than are here if they were cut.
    package let argumentsTotal: Int
    /// How many arguments it had; more than are here if they were cut.
    package let argumentCount: Int
    /// Whether a path was too deep or long to be told whole.
    package let isPathCut: Bool

    /// Takes path, invoked path, working directory and NUL-separated arguments, one behind the other.
    /// Sizes that do not fit the bytes are cut to them.
    package init(
        bytes: [UInt8], path: Int, invoked: Int, directory: Int, argumentsTotal: Int, argumentCount: Int,
        isPathCut: Bool
    ) {
        self.bytes = bytes
        pathEnd = min(max(path, 0), bytes.count)
        invokedEnd = pathEnd + min(max(invoked, 0), bytes.count - pathEnd)
        directoryEnd = invokedEnd + min(max(directory, 0), bytes.count - invokedEnd)
        self.argumentsTotal = argumentsTotal
        self.argumentCount = argumentCount
        self.isPathCut = isPathCut
    }

    /// Nothing is known of the program.
    package static let unknown = ExecImage(
        bytes: [], path: 0, invoked: 0, directory: 0, argumentsTotal: 0, argumentCount: 0, isPathCut: false)

    /// The resolved file.
    package var path: ArraySlice<UInt8> { bytes[..<pathEnd] }
    /// The path it was called by.
    package var invoked: ArraySlice<UInt8> { bytes[pathEnd..<invokedEnd] }
    /// The working directory at exec.
    package var directory: ArraySlice<UInt8> { bytes[invokedEnd..<directoryEnd] }

    /// Whether arguments are missing at the end.
    package var areArgumentsCut: Bool { argumentsTotal > bytes.count - directoryEnd }

    /// The arguments, argv[0] first.
    package var arguments: [ArraySlice<UInt8>] {
        var rest = bytes[directoryEnd...]
        // Each argument ends in a NUL, the last one too; without it, the last was cut.
        if rest.last == 0 { rest = rest.dropLast() }
        guard !rest.isEmpty else { return directoryEnd < bytes.count ? [rest] : [] }
        return rest.split(separator: 0, omittingEmptySubsequences: false)
    }

    /// The same program with these arguments, of which `total` bytes and `count` there were.
    package func with(arguments: [UInt8], total: Int, count: Int) -> ExecImage {
        ExecImage(
            bytes: Array(bytes[..<directoryEnd]) + arguments, path: pathEnd, invoked: invokedEnd - pathEnd,
            directory: directoryEnd - invokedEnd, argumentsTotal: total, argumentCount: count, isPathCut: isPathCut)
    }
}
