import Records
import Testing

@Suite struct `What a process was started as` {
    static func image(
        _ bytes: String, path: Int = 0, invoked: Int = 0, directory: Int = 0, total: Int? = nil
    ) -> ExecImage {
        ExecImage(
            bytes: Array(bytes.utf8), path: path, invoked: invoked, directory: directory,
            argumentsTotal: total ?? bytes.utf8.count - path - invoked - directory, argumentCount: 0)
    }

    static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
    static func arguments(_ bytes: String) -> [String] { image(bytes).arguments.map(text) }

    @Test func `is read in its parts`() {
        let image = Self.image("/bin/nftnft/root-f\0x\0", path: 8, invoked: 3, directory: 5)
        #expect(Self.text(image.path) == "/bin/nft")
        #expect(Self.text(image.invoked) == "nft")
        #expect(Self.text(image.directory) == "/root")
        #expect(image.arguments.map(Self.text) == ["-f", "x"])
        #expect(!image.areArgumentsCut)
    }

    @Test func `keeps empty arguments wherever they stand`() {
        #expect(Self.arguments("a\0\0b\0") == ["a", "", "b"])
        #expect(Self.arguments("\0a\0") == ["", "a"])
        #expect(Self.arguments("a\0\0") == ["a", ""])
        #expect(Self.arguments("\0\0\0") == ["", "", ""])
        #expect(Self.arguments("\0") == [""])
    }

    @Test func `has no arguments where there are no bytes`() {
        #expect(Self.arguments("").isEmpty)
        #expect(ExecImage.unknown.arguments.isEmpty && !ExecImage.unknown.areArgumentsCut)
    }

    @Test func `shows an argument that was cut in its middle`() {
        let image = Self.image("sh\0-c\0ec", total: 100)
        #expect(image.arguments.map(Self.text) == ["sh", "-c", "ec"])
        #expect(image.areArgumentsCut)
    }

    @Test(arguments: [-1, 0, 3, 8, 9, Int(UInt32.max), Int.min])
    func `takes no more than there is, whatever the sizes say`(size: Int) {
        let bytes = "12345678"
        for (path, invoked, directory) in [(size, 0, 0), (2, size, 0), (2, 2, size), (size, size, size)] {
            let image = Self.image(bytes, path: path, invoked: invoked, directory: directory, total: 0)
            let parts = [image.path, image.invoked, image.directory] + image.arguments
            #expect(parts.reduce(0) { $0 + $1.count } <= bytes.utf8.count)
            #expect(bytes.hasPrefix(Self.text(image.path)))
        }
    }

    @Test func `is the same program with other arguments`() {
        let image = Self.image("/bin/shsh/old\0", path: 7, invoked: 2, directory: 1)
        let other = image.with(arguments: Array("new\0".utf8), total: 9, count: 2)
        #expect(
            Self.text(other.path) == "/bin/sh" && Self.text(other.invoked) == "sh" && Self.text(other.directory) == "/")
        #expect(other.arguments.map(Self.text) == ["new"])
        #expect(other.areArgumentsCut && other.argumentCount == 2)
    }
}

@Suite struct `A task's name` {
    static func bytes(_ low: UInt64, _ high: UInt64) -> [UInt8] { ShortName(low: low, high: high).bytes }

    @Test func `ends at its first NUL`() {
        #expect(Self.bytes(0x74_666e, 0) == Array("nft".utf8))
        #expect(Self.bytes(0x6161_0061, .max) == Array("a".utf8))
        #expect(Self.bytes(0, 0).isEmpty)
    }

    @Test func `may fill all sixteen bytes`() {
        #expect(Self.bytes(0x6161_6161_6161_6161, 0x6262_6262_6262_6262) == Array("aaaaaaaabbbbbbbb".utf8))
    }

    @Test func `keeps bytes that are no text`() {
        #expect(Self.bytes(0xff_fe, 0) == [0xfe, 0xff])
    }
}

@Suite struct `An executable` {
    static func file(inode: UInt64, links: UInt32) -> ExecutableFile {
        ExecutableFile(inode: inode, device: 1, links: links, owner: 0, mode: 0, isMemFD: false, isOnTmpfs: false)
    }

    @Test func `without a name on disk is deleted`() {
        #expect(Self.file(inode: 5, links: 0).isDeleted)
        #expect(!Self.file(inode: 5, links: 1).isDeleted)
    }

    @Test func `that a kernel thread lacks is not deleted`() {
        #expect(!Self.file(inode: 0, links: 0).isDeleted)
    }
}
