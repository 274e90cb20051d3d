internal import Glibc
package import SystemPackage

/// A file descriptor that is closed when it is let go of.
package struct Descriptor: ~Copyable {
    package let raw: CInt

    /// Takes over `raw`.
    package init(owning raw: CInt) {
        self.raw = raw
    }

    /// Takes over the result of a call that returns -1 on failure.
    package init(_ call: () -> CInt) throws(Errno) {
        var result = call()
        while result < 0, Errno.last == .interrupted { result = call() }
        guard result >= 0 else { throw Errno.last }
        raw = result
    }

    deinit {
        close(raw)
    }
}

extension Errno {
    /// The error of the system call just made.
    package static var last: Errno { Errno(rawValue: errno) }
}
