import Lineage
import Records
import Testing

@Suite struct `The control group of a process` {
    static func exec(_ lineage: inout Lineage, _ pid: UInt32, group: UInt64, telling name: String? = nil) -> Process? {
        var identity = task(id(pid), parent: id(1))
        identity.cgroup = group
        let bytes: [UInt8] = name.map { Array("\($0)\0".utf8) } ?? []
        let image = ExecImage(
            bytes: bytes, path: 0, invoked: 0, directory: 0, controlGroup: bytes.count, argumentsTotal: 0,
            argumentCount: 0)
        lineage.exec(Record.Exec(task: identity, image: image))
        return lineage.process(id(pid))
    }

    static func name(_ process: Process?) -> String? {
        process?.controlGroup.map { String(decoding: $0.path, as: UTF8.self) }
    }

    @Test func `is told once for all in it`() {
        var lineage = Lineage()
        #expect(Self.name(Self.exec(&lineage, 2, group: 7)) == nil)
        #expect(Self.name(Self.exec(&lineage, 3, group: 7, telling: "a.service")) == "/a.service")
        #expect(Self.name(Self.exec(&lineage, 4, group: 7)) == "/a.service")
        #expect(Self.name(Self.exec(&lineage, 4, group: 8)) == nil)
    }

    @Test func `lives on with those in it, and their children, when too many others were told`() {
        var lineage = Lineage()
        _ = Self.exec(&lineage, 2, group: 7, telling: "a.service")
        for group in UInt64(100)..<17_000 { _ = Self.exec(&lineage, 3, group: group, telling: "b\(group)") }
        lineage.fork(id(2), id(5))
        #expect(Self.name(Self.exec(&lineage, 5, group: 7)) == "/a.service")
        #expect(Self.name(Self.exec(&lineage, 6, group: 7)) == nil)
        #expect(Self.name(Self.exec(&lineage, 7, group: 16_999)) == "/b16999")
    }
}
