internal import Glibc
internal import SystemPackage

/// Marks of the records whose lines are written, in a file, in the page cache and so for good: the next collector, which
/// reads the same records if this one is killed, makes no second line of them.
///
/// Each is one appending write(2) of 8 bytes, which any thread may do.
package final class ToldMarks: Sendable {
    private let file: CInt
    private let path: String

    init(_ path: FilePath) throws(Errno) {
        self.path = path.string
        file = open(path.string, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw Errno(rawValue: errno) }
    }

    deinit { close(file) }

    package func note(_ mark: UInt64) {
        var mark = mark
        _ = write(file, &mark, 8)
    }

    /// Those that were noted since the state was saved last. A disk that is full may have cut one short.
    package func all() -> Set<UInt64> {
        let bytes = TextFile.bytes(path, limit: 64 << 20) ?? []
        var marks: Set<UInt64> = []
        var mark: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            mark |= UInt64(byte) << UInt64(index % 8 * 8)
            guard index % 8 == 7 else { continue }
            marks.insert(mark)
            mark = 0
        }
        return marks
    }

    /// The state accounts for them.
    func clear() { ftruncate(file, 0) }
}
