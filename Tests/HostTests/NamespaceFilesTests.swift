import Glibc
import Host
import Testing

@Suite struct `Network namespaces` {
    @Test func `are counted with those who are in them`() throws {
        let own = try #require(NamespaceFiles.own)
        #expect(NamespaceFiles.census()[own]?.contains(UInt32(getpid())) == true)
    }

    @Test func `are told from other files`() {
        #expect(NamespaceFiles.isNamespace("/proc/self/ns/net"))
        #expect(!NamespaceFiles.isNamespace("/proc/self/status"))
        #expect(!NamespaceFiles.isNamespace("/nowhere"))
    }

    @Test func `are named by control groups, of which every process has one or none`() {
        #expect(ProcFS.controlGroups(of: UInt32(getpid())).allSatisfy { $0.hasPrefix("/") })
        #expect(ProcFS.controlGroups(of: .max).isEmpty)
    }
}
