import CLinux
import Glibc
import NetlinkIO
import Synchronization
import Testing

/// Whether the tests may make network namespaces of their own.
let isRoot = getuid() == 0

private let counter = Atomic(0)

/// A network namespace made for one test, and deleted after it.
final class TestNamespace {
    let name: String
    let descriptor: CInt

    init() throws {
        let number = counter.add(1, ordering: .relaxed).newValue
        name = "wallwatch-test-\(getpid())-\(number)"
        _ = try runShell("ip netns add \(name)")
        descriptor = open("/run/netns/\(name)", O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
    }

    deinit {
        close(descriptor)
        _ = try? runShell("ip netns del \(name)")
    }

    /// Runs a shell command inside and returns what it prints.
    @discardableResult
    func run(_ command: String) throws -> String {
        try runShell("ip netns exec \(name) sh -c '\(command)'")
    }
}

struct CommandFailed: Error {
    var command: String
    var output: String
    var status: CInt
}

/// Runs a shell command and returns what it prints; throws if it fails. The command may hold no single quote.
func runShell(_ command: String) throws -> String {
    guard let stream = popen("(\(command)) 2>&1", "r") else {
        throw CommandFailed(command: command, output: "", status: errno)
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = fread(&chunk, 1, chunk.count, stream)
        if count == 0 { break }
        bytes += chunk[..<count]
    }
    let status = pclose(stream)
    let output = String(decoding: bytes, as: UTF8.self)
    guard status == 0 else { throw CommandFailed(command: command, output: output, status: status) }
    return output
}

extension String {
    /// How often `part` occurs.
    func count(of part: String) -> Int {
        split(separator: part, omittingEmptySubsequences: false).count - 1
    }

    /// How many lines begin with `prefix`.
    func lines(from prefix: String) -> Int {
        split(separator: "\n").count { $0.hasPrefix(prefix) }
    }
}
