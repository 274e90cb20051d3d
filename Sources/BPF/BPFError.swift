internal import CLibBPF
internal import Glibc

/// A libbpf call that failed.
package struct BPFError: Error, Hashable, Sendable {
    /// What was being attempted, worded to follow "could not".
    package let operation: String
    /// The errno libbpf reported, always positive.
    package let code: CInt

    package init(operation: String, code: CInt) {
        self.operation = operation
        self.code = code
    }

    /// Whether the kernel forbids it, rather than not knowing it.
    package var isForbidden: Bool { code == EPERM || code == EACCES }
}

extension BPFError: CustomStringConvertible {
    package var description: String { "could not \(operation): \(String(cString: strerror(code)))" }
}

/// Passes on the result of a libbpf call that returns a negative errno on failure.
@discardableResult
func check(_ operation: @autoclosure () -> String, _ result: CInt) throws(BPFError) -> CInt {
    guard result >= 0 else { throw BPFError(operation: operation(), code: -result) }
    return result
}

/// Passes on the result of a libbpf call that returns null and sets errno on failure.
func check(_ operation: @autoclosure () -> String, _ result: OpaquePointer?) throws(BPFError) -> OpaquePointer {
    guard let result else { throw BPFError(operation: operation(), code: errno) }
    return result
}
