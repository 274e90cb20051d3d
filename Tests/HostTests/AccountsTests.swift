import Glibc
import Testing

@testable import Host

@Suite struct `Accounts` {
    static func parse(_ text: String) -> [UInt32: String] { Host.Accounts.parse(Array(text.utf8)) }

    @Test func `are read from lines of passwd and group`() {
        #expect(Self.parse("root:x:0:0:root:/root:/bin/sh\nadm:x:4:syslog,me\n") == [0: "root", 4: "adm"])
    }

    @Test func `keep the first name of a number`() {
        #expect(Self.parse("root:x:0:0\ntoor:x:0:0\n") == [0: "root"])
    }

    @Test(arguments: [
        "", "\n\n", "name", "name:x", ":x:5:0", "name:x::0", "name:x:five:0", "name:x:-1:0", "name:x:4294967296:0",
        "+::::::", "# name:x:", "name:x: 5:0", "\0\0\0",
    ])
    func `pass over a line that is none`(line: String) {
        #expect(Self.parse("\(line)\ngood:x:7:7\n") == [7: "good"])
    }

    @Test func `are read where the last line has no end, or few fields`() {
        #expect(Self.parse("a:x:1\nb::2") == [1: "a", 2: "b"])
    }

    @Test func `know the largest number`() {
        #expect(Self.parse("nobody:x:4294967295:0") == [.max: "nobody"])
    }

    @Test func `take bytes that are no text`() {
        #expect(Host.Accounts.parse([0xff, 0x3a, 0x78, 0x3a, 0x35, 0x3a]) == [5: "\u{fffd}"])
    }

    @Test func `name users and groups apart`() throws {
        let scratch = try Scratch()
        try scratch.write("passwd", "root:x:0:0\n")
        try scratch.write("group", "wheel:x:0:\n")
        let accounts = Host.Accounts(users: scratch.file("passwd"), groups: scratch.file("group"))
        #expect(accounts.user(0) == "root" && accounts.group(0) == "wheel")
        #expect(accounts.user(1) == nil && accounts.group(1) == nil)
    }

    @Test func `are read again when the file has changed`() throws {
        let scratch = try Scratch()
        try scratch.write("passwd", "root:x:0:0\n")
        let accounts = Host.Accounts(users: scratch.file("passwd"), groups: scratch.file("group"))
        #expect(accounts.user(1000) == nil)
        try scratch.write("passwd", "root:x:0:0\nme:x:1000:0\n")
        // A moment that is another for certain, whatever the clock's steps are.
        var times = [timespec(tv_sec: 1_000_000, tv_nsec: 1), timespec(tv_sec: 1_000_000, tv_nsec: 1)]
        #expect(utimensat(AT_FDCWD, scratch.file("passwd"), &times, 0) == 0)
        #expect(accounts.user(1000) == "me")
    }

    @Test func `are none where there is no file`() {
        #expect(Host.Accounts(users: "/nonexistent", groups: "/nonexistent").user(0) == nil)
    }
}
