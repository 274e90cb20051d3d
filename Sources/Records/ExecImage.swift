/// What a process was started as: the bytes the kernel held at exec, in one piece.
///
/// Forks share it, so it is a class, and never changes.
package final class ExecImage: Sendable {
    private let bytes: [UInt8]
    private let pathEnd: Int
    private let invokedEnd: Int
    private let directoryEnd: Int
    private let groupEnd: Int
    private let nameStart: Int
    /// How many bytes of arguments the process had; more than are here if they were cut.
    package let argumentsTotal: Int
    /// How many arguments it had; more than are here if they were cut.
    package let argumentCount: Int
    package let flags: Flags

    /// What else was seen at exec.
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt16
        package init(rawValue: UInt16) { self.rawValue = rawValue }

        /// A path was too deep or long to be told whole.
        package static let isPathCut = Flags(rawValue: 1)
        /// LD_PRELOAD or LD_AUDIT was set.
        package static let isPreloaded = Flags(rawValue: 2)
        /// Its environment has more variables than were looked at.
        package static let hasLongEnvironment = Flags(rawValue: 4)
        /// A variable was set that gives an interpreter more to run: BASH_ENV, PYTHONPATH, PERL5LIB and their like.
        package static let isInjected = Flags(rawValue: 8)
        /// Of a process that was there before: it is this one.
        package static let isReader = Flags(rawValue: 16)
    }

    /// Takes path, invoked path, working directory, control group and NUL-separated arguments, one behind the other.
    /// Sizes that do not fit the bytes are cut to them.
    package init(
        bytes: [UInt8], path: Int, invoked: Int, directory: Int, controlGroup: Int = 0, argumentsTotal: Int,
        argumentCount: Int, flags: Flags = []
    ) {
        self.bytes = bytes
        pathEnd = min(max(path, 0), bytes.count)
        invokedEnd = pathEnd + min(max(invoked, 0), bytes.count - pathEnd)
        directoryEnd = invokedEnd + min(max(directory, 0), bytes.count - invokedEnd)
        groupEnd = directoryEnd + min(max(controlGroup, 0), bytes.count - directoryEnd)
        nameStart = bytes[..<pathEnd].fileName.startIndex
        self.argumentsTotal = argumentsTotal
        self.argumentCount = argumentCount
        self.flags = flags
    }

    /// Nothing is known of the program.
    package static let unknown = ExecImage(
        bytes: [], path: 0, invoked: 0, directory: 0, argumentsTotal: 0, argumentCount: 0)

    /// The resolved file.
    package var path: ArraySlice<UInt8> { bytes[..<pathEnd] }
    /// The name of that file.
    package var name: ArraySlice<UInt8> { bytes[nameStart..<pathEnd] }
    /// The path it was called by.
    package var invoked: ArraySlice<UInt8> { bytes[pathEnd..<invokedEnd] }
    /// The working directory at exec.
    package var directory: ArraySlice<UInt8> { bytes[invokedEnd..<directoryEnd] }

    /// The names of the control group's folders, the leaf first, if this is the first program in it; none: not told.
    package var controlGroup: [ArraySlice<UInt8>] {
        bytes[directoryEnd..<groupEnd].split(separator: 0)
    }

    package var tellsControlGroup: Bool { directoryEnd < groupEnd }

    /// Whether arguments are missing at the end.
    package var areArgumentsCut: Bool { argumentsTotal > bytes.count - groupEnd }

    /// The bytes of the arguments, NUL between them.
    package var argumentBytes: ArraySlice<UInt8> { bytes[groupEnd...] }

    /// The arguments, argv[0] first.
    package var arguments: [ArraySlice<UInt8>] {
        var rest = argumentBytes
        // Each argument ends in a NUL, the last one too; without it, the last was cut.
        if rest.last == 0 { rest = rest.dropLast() }
        guard !rest.isEmpty else { return groupEnd < bytes.count ? [rest] : [] }
        var found: [ArraySlice<UInt8>] = []
        found.reserveCapacity(min(max(argumentCount, 1), rest.count))
        var start = rest.startIndex
        for index in rest.indices where rest[index] == 0 {
            found.append(rest[start..<index])
            start = index + 1
        }
        found.append(rest[start...])
        return found
    }

    /// The same program with the beginning of its arguments as they are now (`WW_ARGUMENTS_NOW` bytes at most).
    package func with(now arguments: [UInt8]) -> ExecImage {
        let isCut = arguments.last != 0 || arguments.count >= Int(Self.argumentsNow)
        return with(
            arguments: arguments, total: arguments.count + (isCut ? 1 : 0),
            count: arguments.count { $0 == 0 } + (isCut ? 1 : 0))
    }

    /// `WW_ARGUMENTS_NOW`
    private static let argumentsNow = 128

    /// The same program with these arguments, of which `total` bytes and `count` there were.
    package func with(arguments: [UInt8], total: Int, count: Int) -> ExecImage {
        ExecImage(
            bytes: Array(bytes[..<groupEnd]) + arguments, path: pathEnd, invoked: invokedEnd - pathEnd,
            directory: directoryEnd - invokedEnd, controlGroup: groupEnd - directoryEnd, argumentsTotal: total,
            argumentCount: count, flags: flags)
    }
}

extension ArraySlice<UInt8> {
    /// Of a path: what comes after the last slash.
    package var fileName: ArraySlice<UInt8> {
        suffix(from: lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? startIndex)
    }
}
