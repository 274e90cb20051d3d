import Glibc
import Host
import SystemPackage
import Testing

@Suite struct `The state directory` {
    @Test func `counts on where it was left`() throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("state")
        do {
            let directory = try StateDirectory(path)
            #expect((1...5).map { _ in directory.nextSequence() } == [1, 2, 3, 4, 5])
        }
        #expect(try StateDirectory(path).nextSequence() == 6)
    }

    @Test func `is held by one, who is named to a second`() throws {
        let scratch = try Scratch()
        let first = try StateDirectory(scratch.path)
        #expect(throws: StateDirectory.Failure.busy(pid: "\(getpid())")) { _ = try StateDirectory(scratch.path) }
        #expect(first.nextSequence() == 1)
    }

    @Test func `is free again when let go`() throws {
        let scratch = try Scratch()
        do { _ = try StateDirectory(scratch.path).nextSequence() }
        #expect(throws: Never.self) { _ = try StateDirectory(scratch.path) }
    }

    @Test func `leaves what a second that failed found as it was`() throws {
        let scratch = try Scratch()
        let first = try StateDirectory(scratch.path)
        _ = first.nextSequence()
        _ = try? StateDirectory(scratch.path)
        #expect(first.nextSequence() == 2)
        #expect(TextFile.line(scratch.file("lock")) == "\(getpid())")
    }

    @Test func `is for its owner only, and so is what it holds`() throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("a").appending("b")
        let directory = try StateDirectory(path)
        _ = directory.agentID
        #expect(mode(path.string) == 0o700)
        for name in ["lock", "sequence", "agent-id"] { #expect(mode(path.appending(name).string) == 0o600) }
    }

    @Test func `names the installation for good`() throws {
        let scratch = try Scratch()
        var ids: Set<String> = []
        for _ in 0..<3 { ids.insert(try StateDirectory(scratch.path).agentID) }
        #expect(ids.count == 1 && ids.first?.isEmpty == false)
        let other = try Scratch()
        #expect(try StateDirectory(other.path).agentID != ids.first)
    }

    @Test func `takes a sequence file of another length for one`() throws {
        let scratch = try Scratch()
        try scratch.write("sequence", [9, 0, 0])
        #expect(try StateDirectory(scratch.path).nextSequence() == 10)
        let long = try Scratch()
        try long.write("sequence", [UInt8(1)] + [UInt8](repeating: 0, count: 100))
        #expect(try StateDirectory(long.path).nextSequence() == 2)
    }

    @Test func `follows no link in place of its files`() throws {
        for name in ["lock", "sequence"] {
            let scratch = try Scratch()
            try scratch.write("target", "precious")
            #expect(symlink(scratch.file("target"), scratch.file(name)) == 0)
            #expect(throws: StateDirectory.Failure.self) { _ = try StateDirectory(scratch.path) }
            #expect(TextFile.line(scratch.file("target")) == "precious")
        }
    }

    @Test func `is not made where a file stands`() throws {
        let scratch = try Scratch()
        try scratch.write("file", "x")
        #expect(throws: StateDirectory.Failure.self) {
            _ = try StateDirectory(scratch.path.appending("file").appending("state"))
        }
    }

}

@Suite(.serialized) struct `The state directory's descriptors` {
    @Test func `are closed, whether it was had or not`() throws {
        let scratch = try Scratch()
        try scratch.write("file", "x")
        func open() {
            if let directory = try? StateDirectory(scratch.path) {
                _ = directory.agentID
                _ = try? StateDirectory(scratch.path)
            }
        }
        open()
        let before = openDescriptors
        for _ in 0..<200 { open() }
        // Other tests run beside this one.
        #expect(openDescriptors < before + 100)
    }
}
