internal import Glibc
package import SystemPackage

/// Tells when something was mounted or unmounted in this mount namespace, not by whom.
package final class MountWatch {
    /// Has urgent data when the mounts are others.
    package let descriptor: CInt

    package init() throws(Errno) {
        descriptor = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    }

    deinit { close(descriptor) }

    /// What is mounted where: the path of each mount point, and the number of the mount.
    package var points: [(path: [UInt8], mount: [UInt8])] {
        let text = TextFile.bytes("/proc/self/mountinfo", limit: 1 << 24) ?? []
        return text.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            return fields.count == 6 ? (Self.unescaped(fields[4]), Array(fields[0])) : nil
        }
    }

    /// Blanks and backslashes stand as three octal digits.
    private static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (48...55).contains($0) }) {
                bytes.append(digits.reduce(0) { $0 &* 8 &+ ($1 - 48) })
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}
