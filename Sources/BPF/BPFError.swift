internal import CLibBPF
internal import Glibc

/// A libbpf call that failed.
package struct BPFError: Error, Hashable, Sendable {
    /// What was being attempted, worded to follow "could not".
    package let operation: String
    /// The errno libbpf reported, always positive.
    package let code: CInt
    /// What libbpf said of the program that was refused.
    package let complaint: Complaint?

    package init(operation: String, code: CInt, complaint: Complaint? = nil) {
        self.operation = operation
        self.code = code
        self.complaint = complaint
    }

    /// A program, and what is wrong with it.
    package struct Complaint: Hashable, Sendable {
        package let program: String
        package let text: String

        /// From libbpf's line: `libbpf: prog 'NAME': TEXT`. nil: it is about no program.
        package init?(line: String) {
            let parts = line.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0].hasSuffix("prog "), !parts[1].isEmpty else { return nil }
            program = String(parts[1])
            text = String(parts[2].drop { $0 == ":" || $0 == " " }.prefix { $0 != "\n" })
        }
    }

    /// Whether the kernel forbids it, rather than not knowing it.
    package var isForbidden: Bool { code == EPERM || code == EACCES }
}

extension BPFError: CustomStringConvertible {
    package var description: String {
        let reason = "could not \(operation): \(String(cString: strerror(code)))"
        return complaint.map { "\(reason) (\($0.program): \($0.text))" } ?? reason
    }
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
