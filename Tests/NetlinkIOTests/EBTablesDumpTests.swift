import NetlinkIO
import Testing
import XTables

@Suite struct `A dump of ebtables` {
    @Test(arguments: ["", "..", "../nf_tables", "filter/..", "Filter", "no such", "nosuch"])
    func `does not ask for what is no table here`(name: String) throws {
        #expect(!EBTablesDump.isLoaded(name))
        #expect(try EBTablesDump.tables(named: [name]).isEmpty)
    }

    @Test(.enabled(if: isRoot, "needs root"))
    func `loads no module`() throws {
        let before = EBTablesDump.standard.map { EBTablesDump.isLoaded($0) }
        let namespace = try TestNamespace()
        _ = try EBTablesDump.tables(named: EBTablesDump.standard, namespace: namespace.descriptor)
        #expect(EBTablesDump.standard.map { EBTablesDump.isLoaded($0) } == before)
    }

    @Test(
        .enabled(if: isRoot, "network namespaces need root"),
        .enabled(if: EBTablesDump.isLoaded("filter"), "this kernel's ebtables are not loaded"))
    func `tells what ebtables lists`() throws {
        let namespace = try TestNamespace()
        try namespace.run(
            """
            set -e
            ebtables-legacy -N mine
            ebtables-legacy -A INPUT -p IPv4 -j DROP
            ebtables-legacy -A INPUT -i eth0 -j mine
            ebtables-legacy -A mine -j RETURN
            ebtables-legacy -P FORWARD DROP
            """)
        let tables = try EBTablesDump.tables(named: ["filter"], namespace: namespace.descriptor)
        let table = try #require(tables.first)
        #expect(table.name == "filter" && !table.isMalformed && table.ruleCount == 3)
        #expect(table.chains.map(\.name) == ["INPUT", "FORWARD", "OUTPUT", "mine"])
        #expect(table.chains.map(\.policy) == [.accept, .drop, .accept, .accept])
        #expect(table.chains[0].rules.map(\.target) == [.drop, .jump("mine")])
    }
}
