import Glibc
import SystemPackage
import Testing

@testable import Output

extension `A line writer on a pipe` {
    @Suite struct `and on a file` {
        @Test func `reads a dash as standard output`() {
            #expect(OutputDestination("-") == .standardOutput)
            #expect(OutputDestination("/x") == .file("/x"))
        }

        @Test func `appends to a file that only its owner can read`() throws {
            let scratch = try Scratch()
            for text in ["one", "two"] {
                let writer = try LineWriter(to: .file(scratch.file("out")))
                writer.enqueue(Array(text.utf8), class: .firewall)
                #expect(writer.close(within: .seconds(2)))
            }
            #expect(try scratch.contents("out") == "one\ntwo\n")
            #expect(try Stat(scratch.file("out")).permissions == [.ownerReadWrite])
        }

        @Test func `begins a new line after one that was torn`() throws {
            let scratch = try Scratch()
            try scratch.write("out", "{\"torn\":")
            let writer = try LineWriter(to: .file(scratch.file("out")))
            writer.enqueue(Array("{}".utf8), class: .firewall)
            #expect(writer.close(within: .seconds(2)))
            #expect(try scratch.contents("out") == "{\"torn\":\n{}\n")
        }

        @Test func `goes on in a new file after a rotation`() throws {
            let scratch = try Scratch()
            let writer = try LineWriter(to: .file(scratch.file("out")))
            writer.enqueue(Array("before".utf8), class: .firewall)
            #expect(writer.drain(within: .seconds(2)))
            rename(scratch.file("out").string, scratch.file("old").string)
            writer.enqueue(Array("between".utf8), class: .firewall)
            #expect(writer.drain(within: .seconds(2)))
            try writer.reopen()
            writer.enqueue(Array("after".utf8), class: .firewall)
            #expect(writer.close(within: .seconds(2)))
            #expect(try scratch.contents("old") == "before\nbetween\n")
            #expect(try scratch.contents("out") == "after\n")
        }

        @Test func `refuses a symbolic link, a directory and a pipe that nobody reads`() throws {
            let scratch = try Scratch()
            symlink("/etc/passwd", scratch.file("link").string)
            mkfifo(scratch.file("fifo").string, 0o600)
            #expect(throws: Errno.tooManySymbolicLinkLevels) { try LineWriter(to: .file(scratch.file("link"))) }
            #expect(throws: Errno.isDirectory) { try LineWriter(to: .file(scratch.path)) }
            #expect(throws: Errno.noSuchAddressOrDevice) { try LineWriter(to: .file(scratch.file("fifo"))) }
        }

        @Test func `stays with the old file when the new one cannot be opened`() throws {
            let scratch = try Scratch()
            let writer = try LineWriter(to: .file(scratch.file("out")))
            rename(scratch.file("out").string, scratch.file("old").string)
            symlink("/nowhere", scratch.file("out").string)
            #expect(throws: Errno.self) { try writer.reopen() }
            writer.enqueue(Array("kept".utf8), class: .alert)
            #expect(writer.close(within: .seconds(2)))
            #expect(try scratch.contents("old") == "kept\n")
        }

        @Test func `reports a full disk, keeps the line and writes it once it can`() throws {
            let scratch = try Scratch()
            let full = try FileDescriptor.open("/dev/full", .writeOnly)
            defer { try? full.close() }
            let destination = OutputDestination.file(scratch.file("out"))
            let writer = try LineWriter(destination, try Sink(sharing: full.rawValue), 4096)
            writer.enqueue(Array("late".utf8), class: .alert)
            #expect(writer.hearsNotice())
            #expect(writer.acknowledge() == .stalled(.noSpace))
            try writer.reopen()
            #expect(writer.drain(within: .seconds(2)))
            #expect(writer.acknowledge() == .healthy)
            #expect(writer.close(within: .seconds(2)))
            #expect(try scratch.contents("out") == "late\n")
        }

        @Test func `writes to a socket without waiting for it`() throws {
            var ends: [CInt] = [0, 0]
            #expect(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
            let writer = try LineWriter(.standardOutput, try Sink(sharing: ends[0]), 1 << 20)
            close(ends[0])
            for _ in 0..<1000 { writer.enqueue([UInt8](repeating: 0x61, count: 999), class: .firewall) }
            #expect(!writer.drain(within: .milliseconds(50)))
            close(ends[1])
            #expect(writer.hearsNotice())
            let status = writer.acknowledge()
            #expect(status == .broken(.brokenPipe) || status == .broken(.connectionReset))
        }
    }
}
