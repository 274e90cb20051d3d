import Glibc
import Host
import SystemPackage
import Testing

@Suite struct `A text file` {
    @Test(arguments: [0, 1, 4095, 4096, 4097, 10_000])
    func `is read whole`(count: Int) throws {
        let scratch = try Scratch()
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        try scratch.write("file", bytes)
        #expect(TextFile.bytes(scratch.file("file")) == bytes)
    }

    @Test func `is read no further than a little over its limit`() throws {
        let scratch = try Scratch()
        try scratch.write("file", [UInt8](repeating: 7, count: 100_000))
        let count = try #require(TextFile.bytes(scratch.file("file"), limit: 10_000)?.count)
        #expect((10_000..<10_000 + 4096).contains(count))
    }

    @Test func `that has no end is read to the limit`() {
        #expect(TextFile.bytes("/dev/zero", limit: 8192)?.count == 8192)
    }

    @Test func `that is not there is nil, and so is a folder`() {
        #expect(TextFile.bytes("/nonexistent") == nil)
        #expect(TextFile.bytes("/tmp") == nil)
        #expect(TextFile.line("/nonexistent") == nil)
    }

    @Test(arguments: [("a\n", "a"), ("a b \n\n", "a b"), ("a\0", "a"), (" a", " a"), ("a\nb\n", "a\nb")])
    func `as a line has nothing white at its end`(text: String, line: String) throws {
        let scratch = try Scratch()
        try scratch.write("file", text)
        #expect(TextFile.line(scratch.file("file")) == line)
    }

    @Test(arguments: ["", "\n", " \n \0"])
    func `of nothing is no line`(text: String) throws {
        let scratch = try Scratch()
        try scratch.write("file", text)
        #expect(TextFile.line(scratch.file("file")) == nil)
    }

    @Test func `that is a link is followed by name only`() throws {
        let scratch = try Scratch()
        let target: [UInt8] = Array("/some where/\u{e9}".utf8)
        #expect(symlink(String(decoding: target, as: UTF8.self), scratch.file("link")) == 0)
        #expect(TextFile.link(scratch.file("link")) == target)
        try scratch.write("file", "x")
        #expect(TextFile.link(scratch.file("file")) == nil)
    }

    @Test func `is among the names of its folder, dots left out`() throws {
        let scratch = try Scratch()
        for name in ["a", ".hidden", "long name"] { try scratch.write(name, "") }
        #expect(TextFile.names(in: scratch.path.string).sorted() == [".hidden", "a", "long name"])
        #expect(TextFile.names(in: "/nonexistent").isEmpty)
    }
}

@Suite struct `This machine` {
    @Test func `knows its own namespace and opens it`() throws {
        let inode = try #require(NamespaceFiles.own)
        let descriptor = try #require(NamespaceFiles.open(inode, tasks: [UInt32(getpid())]))
        close(descriptor)
    }

    @Test func `opens no namespace that is not there`() {
        #expect(NamespaceFiles.open(1, tasks: [0, 1, .max], thoroughly: true) == nil)
    }

    @Test func `lists this process, with its arguments`() throws {
        let pid = UInt32(getpid())
        #expect(ProcFS.pids.contains(pid))
        #expect(try #require(ProcFS.arguments(of: pid)).contains(0))
        #expect(ProcFS.arguments(of: .max) == nil)
    }

    @Test func `has clocks that go on, and an offset between them`() {
        let before = Clock.boottime
        #expect(Clock.boottime >= before)
        let realtime = Int64(Clock.boottime) + Clock.realtimeOffset
        #expect(abs(realtime - Int64(Clock.realtime)) < 1_000_000_000)
    }

    @Test func `has facts`() {
        let facts = HostFacts.current()
        #expect(![facts.id, facts.hostname, facts.bootID, facts.kernel].contains(""))
    }
}
