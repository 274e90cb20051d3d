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
                let writer = try LineWriter(scratch.plan("out"))
                writer.enqueue(Array(text.utf8), class: .firewall)
                #expect(writer.close(within: .seconds(2)) == .written)
            }
            #expect(try scratch.contents("out") == "one\ntwo\n")
            #expect(try Stat(scratch.file("out")).permissions == [.ownerReadWrite])
        }

        @Test func `begins a new line after one that was torn and is not ours`() throws {
            let scratch = try Scratch()
            try scratch.write("out", "whole\ntorn")
            let writer = try LineWriter(scratch.plan("out"))
            writer.enqueue(Array("{}".utf8), class: .firewall)
            #expect(writer.close(within: .seconds(2)) == .written)
            #expect(try scratch.contents("out") == "whole\ntorn\n{}\n")
        }

        @Test func `takes away a line of ours that was torn, and says so`() throws {
            let scratch = try Scratch()
            for beginning in ["", "@cee: "] {
                try scratch.write("out", "whole\n\(beginning){\"torn\":")
                var plan = scratch.plan("out")
                plan.linePrefix = Array(beginning.utf8)
                let writer = try LineWriter(plan)
                writer.enqueue(Array("{}".utf8), class: .firewall)
                #expect(writer.drain(within: .seconds(2)))
                #expect(writer.takeNews().cutBytes == UInt64(beginning.utf8.count + 8))
                #expect(writer.close(within: .seconds(2)) == .written)
                #expect(try scratch.contents("out") == "whole\n\(beginning){}\n")
            }
        }

        @Test func `ends a line of ours that lacks nothing but its end`() throws {
            let scratch = try Scratch()
            try scratch.write("out", "{\"whole\":1}")
            let writer = try LineWriter(scratch.plan("out"))
            writer.enqueue(Array("{}".utf8), class: .firewall)
            #expect(writer.close(within: .seconds(2)) == .written)
            #expect(try scratch.contents("out") == "{\"whole\":1}\n{}\n")
        }

        @Test func `completes the line that waits in the spill, where it was torn`() throws {
            let scratch = try Scratch()
            let spill = try SpillFile(scratch.file("spill"), capacity: 65_536)
            try spill.append([
                QueuedLine(bytes: Array("{\"one\":1}\n".utf8)), QueuedLine(bytes: Array("{\"two\":2}\n".utf8)),
            ])
            try scratch.write("out", "{\"zero\":0}\n{\"one")
            var plan = scratch.plan("out")
            plan.spill = scratch.spill(65_536)
            let writer = try LineWriter(plan)
            writer.enqueue(Array("{\"three\":3}".utf8), class: .firewall)
            #expect(writer.close(within: .seconds(2)) == .written)
            #expect(try scratch.contents("out") == "{\"zero\":0}\n{\"one\":1}\n{\"two\":2}\n{\"three\":3}\n")
        }

        @Test func `is followed by another when it is large enough, and so many are kept`() throws {
            let scratch = try Scratch()
            var plan = scratch.plan("out")
            plan.rotation = OutputPlan.Rotation(bytes: 50, keep: 2)
            let writer = try LineWriter(plan)
            // Nine bytes each with their end: five in a file.
            for number in 0..<23 { writer.enqueue(Array("line \(100 + number)".utf8), class: .firewall) }
            #expect(writer.close(within: .seconds(2)) == .written)
            #expect(writer.figures.rotations == 4)
            func lines(_ numbers: Range<Int>) -> String { numbers.map { "line \(100 + $0)\n" }.joined() }
            #expect(try scratch.contents("out") == lines(20..<23))
            #expect(try scratch.contents("out.1") == lines(15..<20))
            #expect(try scratch.contents("out.2") == lines(10..<15))
            #expect(!scratch.exists("out.3"))
            #expect(try Stat(scratch.file("out")).permissions == [.ownerReadWrite])
        }

        @Test func `goes on in a new file after a rotation`() throws {
            let scratch = try Scratch()
            let writer = try LineWriter(scratch.plan("out"))
            writer.enqueue(Array("before".utf8), class: .firewall)
            #expect(writer.drain(within: .seconds(2)))
            rename(scratch.file("out").string, scratch.file("old").string)
            writer.enqueue(Array("between".utf8), class: .firewall)
            #expect(writer.drain(within: .seconds(2)))
            writer.reopen()
            writer.enqueue(Array("after".utf8), class: .firewall)
            #expect(writer.close(within: .seconds(2)) == .written)
            #expect(try scratch.contents("old") == "before\nbetween\n")
            #expect(try scratch.contents("out") == "after\n")
        }

        @Test func `refuses a symbolic link, a directory and a pipe that nobody reads`() throws {
            let scratch = try Scratch()
            symlink("/etc/passwd", scratch.file("link").string)
            mkfifo(scratch.file("fifo").string, 0o600)
            #expect(throws: OutputFailure.system(.tooManySymbolicLinkLevels)) { try LineWriter(scratch.plan("link")) }
            #expect(throws: OutputFailure.system(.isDirectory)) { try LineWriter(OutputPlan(.file(scratch.path))) }
            #expect(throws: OutputFailure.system(.noSuchAddressOrDevice)) { try LineWriter(scratch.plan("fifo")) }
        }

        @Test func `refuses a file that has other names`() throws {
            let scratch = try Scratch()
            try scratch.write("old", "")
            link(scratch.file("old").string, scratch.file("out").string)
            #expect(throws: OutputFailure.refused("it is a file that has other names too")) {
                try LineWriter(scratch.plan("out"))
            }
        }

        @Test func `waits for the next reader of a named pipe`() throws {
            let scratch = try Scratch()
            mkfifo(scratch.file("fifo").string, 0o600)
            func reader() -> CInt { open(scratch.file("fifo").string, O_RDONLY | O_NONBLOCK) }
            func read(_ file: CInt) -> String {
                var bytes = [UInt8](repeating: 0, count: 100)
                let count = Glibc.read(file, &bytes, 100)
                return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
            }
            let first = reader()
            var plan = scratch.plan("fifo")
            plan.spill = scratch.spill(65_536)
            let writer = try LineWriter(plan)
            writer.enqueue(Array("one".utf8), class: .firewall)
            #expect(writer.drain(within: .seconds(2)))
            #expect(read(first) == "one\n")
            close(first)
            for line in ["two", "three"] { writer.enqueue(Array(line.utf8), class: .firewall) }
            #expect(eventually { writer.status == .stalled(.brokenPipe) && writer.isSafe(ringing: false) })
            #expect(!writer.drain(within: .milliseconds(50)))
            let second = reader()
            #expect(writer.drain(within: .seconds(5)))
            #expect(read(second) == "two\nthree\n")
            #expect(writer.status == .healthy)
            #expect(writer.close(within: .seconds(2)) == .written)
            close(second)
        }

        @Test func `stays with the old file when the new one cannot be opened`() throws {
            let scratch = try Scratch()
            let writer = try LineWriter(scratch.plan("out"))
            rename(scratch.file("out").string, scratch.file("old").string)
            symlink("/nowhere", scratch.file("out").string)
            writer.reopen()
            #expect(writer.hearsNotice())
            #expect(writer.takeNews().troubles.count == 1)
            writer.enqueue(Array("kept".utf8), class: .alert)
            #expect(writer.close(within: .seconds(2)) == .written)
            #expect(try scratch.contents("old") == "kept\n")
        }

        @Test func `reports a full disk, keeps the line and writes it once it can`() throws {
            let scratch = try Scratch()
            let full = try FileDescriptor.open("/dev/full", .writeOnly)
            defer { try? full.close() }
            let writer = try LineWriter(scratch.plan("out"), try Sink(sharing: full.rawValue))
            writer.enqueue(Array("late".utf8), class: .alert)
            #expect(writer.hearsNotice())
            #expect(writer.acknowledge() == .stalled(.noSpace))
            writer.reopen()
            #expect(writer.drain(within: .seconds(2)))
            #expect(writer.acknowledge() == .healthy)
            #expect(writer.close(within: .seconds(2)) == .written)
            #expect(try scratch.contents("out") == "late\n")
        }

        @Test func `writes to a socket without waiting for it`() throws {
            var ends: [CInt] = [0, 0]
            #expect(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
            var plan = OutputPlan(.standardOutput)
            plan.queueBytes = 1 << 20
            let writer = try LineWriter(plan, try Sink(sharing: ends[0]))
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
