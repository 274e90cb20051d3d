import Glibc
import SystemPackage
import Testing

@testable import Host

@Suite struct `Marks of what was told` {
    private func scratch() -> FilePath { FilePath("/tmp/wallwatch-told-\(getpid())-\(UInt32.random(in: 0 ... .max))") }

    @Test func `are there for the next, until the state accounts for them`() throws {
        let path = scratch()
        defer { unlink(path.string) }
        let marks = try ToldMarks(path)
        marks.note(1)
        marks.note(.max)
        #expect(try ToldMarks(path).all() == [1, .max])
        marks.clear()
        #expect(marks.all().isEmpty)
        marks.note(3)
        #expect(try ToldMarks(path).all() == [3])
    }

    @Test func `of which one was cut off are the others`() throws {
        let path = scratch()
        defer { unlink(path.string) }
        let marks = try ToldMarks(path)
        marks.note(0x0102_0304_0506_0708)
        marks.note(2)
        #expect(truncate(path.string, 13) == 0)
        #expect(marks.all() == [0x0102_0304_0506_0708])
    }
}
