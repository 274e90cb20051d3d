import Lineage
import Records
import Testing

@Suite struct `Who started whom` {
    @Test func `ties seeded processes to their parents, in whatever order they came`() {
        var lineage = Lineage()
        lineage.seed(task(id(20), parent: id(10)), image: image("/b"))
        lineage.seed(task(id(1), parent: id(0)), image: image("/init"))
        lineage.seed(task(id(10), parent: id(1)), image: image("/a"))
        lineage.linkSeeded()
        #expect(lineage.process(pid: 20)?.pids == [20, 10, 1])
    }

    @Test func `ties no seeded process to a parent of another start time`() {
        var lineage = Lineage()
        lineage.seed(task(id(10), parent: id(1)), image: .unknown)
        lineage.seed(task(id(20), parent: id(10, start: 9)), image: .unknown)
        lineage.linkSeeded()
        #expect(lineage.process(pid: 20)?.parent == nil)
    }

    @Test func `ties no process to itself`() {
        var lineage = Lineage()
        lineage.seed(task(id(1), parent: id(1)), image: .unknown)
        lineage.linkSeeded()
        #expect(lineage.process(pid: 1)?.pids == [1])
    }

    @Test func `gives a child its parent's program until it execs`() {
        var lineage = Lineage.withShell
        lineage.fork(id(10), id(20))
        #expect(lineage.process(id(20))?.path == "/sh")
        lineage.exec(id(20), "/nft")
        #expect(lineage.process(id(20))?.path == "/nft")
        #expect(lineage.process(id(10))?.path == "/sh")
    }

    @Test func `keeps the parent of a process over its exec`() {
        var lineage = Lineage.withShell
        lineage.fork(id(10), id(20))
        // By then the kernel had given it to init.
        lineage.exec(id(20), "/nft", parent: id(1))
        #expect(lineage.process(id(20))?.pids == [20, 10, 1])
    }

    @Test func `knows an exec whose fork was lost by the parent it names`() {
        var lineage = Lineage.withShell
        lineage.exec(id(20), "/nft", parent: id(10))
        #expect(lineage.process(id(20))?.pids == [20, 10, 1])
    }

    @Test func `knows a child of nobody`() {
        var lineage = Lineage()
        lineage.fork(id(5), id(6))
        #expect(lineage.process(id(6))?.parent == nil)
        #expect(lineage.process(id(6))?.image === ExecImage.unknown)
    }

    @Test func `tells processes of one pid apart by their start`() {
        var lineage = Lineage.withShell
        let old = id(20, start: 100)
        let new = id(20, start: 200)
        lineage.fork(id(10), old)
        lineage.exec(old, "/old")
        lineage.exit(old, at: 0)
        lineage.fork(id(1), new)
        #expect(lineage.process(old)?.path == "/old")
        #expect(lineage.process(pid: 20)?.id == new)
        #expect(lineage.process(new)?.pids == [20, 1])
    }

    @Test func `forgets the old process of a pid and keeps the new one`() {
        var lineage = Lineage.withShell
        lineage.fork(id(10), id(20, start: 100))
        lineage.exit(id(20, start: 100), at: 0)
        lineage.fork(id(10), id(20, start: 200))
        lineage.fork(id(10), id(21), at: 10 * second)
        #expect(lineage.process(id(20, start: 100)) == nil)
        #expect(lineage.process(pid: 20)?.id == id(20, start: 200))
    }

    @Test func `keeps who started whom through a double fork`() {
        var lineage = Lineage.withShell
        lineage.fork(id(10), id(20))
        lineage.exec(id(20), "/attack")
        lineage.fork(id(20), id(21))
        lineage.exit(id(20), at: 0)
        lineage.fork(id(21), id(22))
        lineage.exit(id(21), at: 0)
        lineage.exec(id(22), "/nft", parent: id(1))
        // Long after the two in between are gone.
        lineage.fork(id(10), id(30), at: 100 * second)
        #expect(lineage.process(id(21)) == nil)
        #expect(lineage.process(id(22))?.pids == [22, 21, 20, 10, 1])
        #expect(lineage.process(id(22))?.chain.map(\.path) == ["/nft", "/attack", "/attack", "/sh", "/init"])
    }
}
