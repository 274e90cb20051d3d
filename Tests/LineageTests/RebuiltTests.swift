import Lineage
import Records
import Testing

@Suite struct `An author` {
    static func author(_ process: ProcessID, above: [AncestorIdentity]) -> Author {
        Author(time: 0, task: task(process, parent: above.first?.process ?? id(0), "nft"), ancestors: above)
    }

    @Test func `that is known keeps its lineage`() {
        var lineage = Lineage.withShell
        lineage.fork(id(10), id(20))
        let process = lineage.process(of: Self.author(id(20), above: [ancestor(id(1), "init")]))
        #expect(process.pids == [20, 10, 1])
        #expect(process === lineage.process(id(20)))
    }

    @Test func `that is unknown is built from what its record says`() {
        var lineage = Lineage()
        let author = Self.author(
            id(20), above: [ancestor(id(10), "bash"), ancestor(id(5), "sshd"), ancestor(id(1), "init")])
        let process = lineage.process(of: author)
        #expect(process.pids == [20, 10, 5, 1])
        #expect(process.chain.map(\.comm) == ["nft", "bash", "sshd", "init"])
    }

    @Test func `that is unknown hangs below the ancestors that are known`() {
        var lineage = Lineage.withShell
        let author = Self.author(id(20), above: [ancestor(id(15), "sudo"), ancestor(id(10), "x")])
        let process = lineage.process(of: author)
        #expect(process.pids == [20, 15, 10, 1])
        #expect(process.chain.map(\.path) == ["", "", "/sh", "/init"])
    }

    @Test func `is the same process each time`() {
        var lineage = Lineage()
        let author = Self.author(id(20), above: [ancestor(id(1), "init")])
        #expect(lineage.process(of: author) === lineage.process(of: author))
        #expect(lineage.count == 2)
    }

    @Test func `tells who it is by now`() {
        var lineage = Lineage.withShell
        lineage.fork(id(10), id(20))
        var author = Self.author(id(20), above: [])
        author.task.user = 1000
        #expect(lineage.process(of: author).user == 1000)
        #expect(lineage.process(id(20))?.task?.user == 1000)
    }

    @Test func `that runs another file than its parent, and whose exec was missed, has no path of the parent's`() {
        var lineage = Lineage.withShell
        lineage.fork(id(10), id(20))
        lineage.fork(id(20), id(30))
        var author = Self.author(id(30), above: [])
        let same = lineage.process(of: author)
        #expect(same.path == "/sh")
        author.task.executable.inode = 0  // at its end
        #expect(lineage.process(of: author).path == "/sh")
        author.task.executable.inode = 2
        let other = lineage.process(of: author)
        #expect(other.path.isEmpty && other.comm == "nft" && other.pids == [30, 20, 10, 1])
    }

    @Test func `that was seen to exec keeps what it was started as, whatever file it claims`() {
        var lineage = Lineage.withShell
        lineage.fork(id(10), id(20))
        lineage.exec(id(20), "/nft", parent: id(10))
        var author = Self.author(id(20), above: [])
        author.task.executable.inode = 2
        #expect(lineage.process(of: author).path == "/nft")
    }

    @Test func `without ancestors stands alone`() {
        var lineage = Lineage()
        #expect(lineage.process(of: Self.author(id(20), above: [])).pids == [20])
    }

    @Test func `that names itself among its ancestors makes no ring`() {
        var lineage = Lineage()
        let process = lineage.process(
            of: Self.author(id(20), above: [ancestor(id(20), "nft"), ancestor(id(1), "init")]))
        #expect(process.pids == [20, 1])
    }

    @Test func `that is unknown is called what it was called when it wrote`() {
        var lineage = Lineage()
        var author = Self.author(id(20), above: [ancestor(id(1), "init")])
        author.arguments = Array("nft\0flush\0ruleset\0".utf8)
        let image = lineage.process(of: author).image
        #expect(image.arguments.map { String(decoding: $0, as: UTF8.self) } == ["nft", "flush", "ruleset"])
        #expect(!image.areArgumentsCut)
        #expect(image.argumentCount == 3)

        author.task = task(id(30), parent: id(1), "nft")
        author.arguments = Array(repeating: UInt8(ascii: "a"), count: 128)
        let cut = lineage.process(of: author).image
        #expect(cut.arguments.count == 1)
        #expect(cut.areArgumentsCut)
    }
}
