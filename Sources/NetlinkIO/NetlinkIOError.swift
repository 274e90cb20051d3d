internal import CLinux
internal import Glibc

/// A system call or a netlink request that failed.
public struct NetlinkIOError: Error, Hashable, Sendable {
    /// What was being attempted, worded to follow "could not".
    public let operation: String
    /// As in errno.h, always positive.
    public let code: CInt
    /// The kernel's own words, where it gave some.
    public let detail: String?

    /// Describes one by its parts.
    public init(operation: String, code: CInt, detail: String? = nil) {
        self.operation = operation
        self.code = code
        self.detail = detail
    }
}

extension NetlinkIOError: CustomStringConvertible {
    /// A sentence for people.
    public var description: String {
        let reason = "could not \(operation): \(String(cString: strerror(code)))"
        return detail.map { "\(reason) (\($0))" } ?? reason
    }
}

/// Passes on the result of a system call that returns a negative number and sets errno on failure.
/// A call that a signal interrupted is made again.
@discardableResult
func check<Result: SignedInteger>(
    _ operation: @autoclosure () -> String, _ call: () -> Result
) throws(NetlinkIOError) -> Result {
    while true {
        let result = call()
        if result >= 0 { return result }
        if errno != EINTR { throw NetlinkIOError(operation: operation(), code: errno) }
    }
}
