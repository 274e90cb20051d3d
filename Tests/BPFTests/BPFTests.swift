import Glibc
import Testing

@testable import BPF

@Suite struct `Bytes of the kernel half` {
    static let bytes: [UInt8] = [1, 0, 0, 0, 2, 0, 0, 0, 3]

    @Test func `are read as a structure where they suffice`() {
        let span = Self.bytes.span.bytes
        #expect(span.decode(UInt32.self) == 1)
        #expect(span.decode(UInt32.self, at: 4) == 2)
        #expect(span.decode(UInt64.self) == 0x2_0000_0001)
    }

    @Test func `are read at places that are not aligned`() {
        #expect(Self.bytes.span.bytes.decode(UInt32.self, at: 5) == 0x0300_0000)
    }

    @Test(arguments: [-1, 6, 9, 10, Int.max])
    func `are not read beyond their end`(offset: Int) {
        #expect(Self.bytes.span.bytes.decode(UInt32.self, at: offset) == nil)
    }

    @Test func `are copied as far as they go`() {
        let span = Self.bytes.span.bytes
        #expect(span.copy(from: 0, count: 9) == Self.bytes)
        #expect(span.copy(from: 9, count: 0) == [])
        #expect(span.copy(from: 4, count: 2) == [2, 0])
    }

    @Test(arguments: [(0, 10), (9, 1), (10, 0), (-1, 1), (0, -1), (1, Int.max), (Int.max, 1)])
    func `are not copied beyond`(offset: Int, count: Int) {
        #expect(Self.bytes.span.bytes.copy(from: offset, count: count) == nil)
    }
}

@Suite struct `A BPF object` {
    @Test(arguments: [[], [0x7f], Array("not an ELF file at all, and long enough".utf8)] as [[UInt8]])
    func `is not made of other bytes`(bytes: [UInt8]) {
        #expect(throws: BPFError.self) { _ = try BPFObject(parsing: bytes.span.bytes, name: "x") }
    }

    @Test func `says what could not be done, and why`() {
        let error = BPFError(operation: "load BPF programs", code: EPERM)
        #expect(error.description == "could not load BPF programs: Operation not permitted")
        #expect(error.isForbidden)
        #expect(!BPFError(operation: "x", code: ENOENT).isForbidden)
    }

    @Test func `names the program that was refused, in libbpf's words`() throws {
        let line = "libbpf: prog 'module_load': failed to find kernel BTF type ID of 'module_load': -3\n"
        let complaint = try #require(BPFError.Complaint(line: line))
        #expect(complaint.program == "module_load")
        let error = BPFError(operation: "load BPF programs", code: ESRCH, complaint: complaint)
        let reason = "failed to find kernel BTF type ID of 'module_load': -3"
        #expect(error.description == "could not load BPF programs: No such process (module_load: \(reason))")
    }

    @Test(arguments: ["", "libbpf: map 'records': failed to create", "prog '", "prog ''", "libbpf: prog 'x"])
    func `names no program where libbpf named none`(line: String) {
        #expect(BPFError.Complaint(line: line) == nil)
    }

    @Test func `takes a negative result for an error, and no other`() throws {
        #expect(try check("x", 3) == 3)
        #expect(throws: BPFError(operation: "x", code: EINVAL)) { try check("x", -EINVAL) }
    }
}
