import Inventory
import Netlink
import Testing

@Suite struct `Tables that a socket owns` {
    static func table(_ name: String, handle: UInt64?, owner: UInt32?, _ flags: NFTTableFlags = .owner) -> NFTMessage {
        var table = NFTTable(family: .inet, name: name)
        (table.flags, table.handle, table.owner) = (flags, handle, owner)
        return .newTable(table)
    }

    static func id(_ name: String) -> TableID { TableID(family: .inet, name: name) }

    static func two() -> FirewallState {
        FirewallState([
            table("a", handle: 1, owner: 42), Notice.chain("c", id("a"), handle: 1), Notice.rule(2, "c", id("a")),
            Notice.rule(3, "c", id("a")), table("b", handle: 2, owner: 43), Notice.table(),
        ])
    }

    @Test func `are known by their owner`() {
        #expect(Self.two().nft.owners == [42, 43])
    }

    @Test func `die with it`() {
        var state = Self.two()
        let dead = state.nft.orphans(of: 42, standing: [:])
        #expect(dead == [Self.id("a")])
        let change = state.bury(dead)
        #expect(change.brief == ["owner-died a 2"])
        #expect(change.rules == Count(before: 2, after: 0))
        #expect(Set(state.nft.tables.keys) == [Self.id("b"), filter])
        #expect(state.bury(dead).isEmpty)
    }

    @Test func `live where they are seen to stand`() {
        let state = Self.two()
        #expect(state.nft.orphans(of: 42, standing: state.nft.tables).isEmpty)
    }

    @Test func `died where another of that name stands`() {
        let state = Self.two()
        let other = [Self.id("a"): NFTState.Table(flags: .owner, handle: 9, owner: 42)]
        #expect(state.nft.orphans(of: 42, standing: other) == [Self.id("a")])
    }

    @Test func `are all looked at where no owner is named, and others are not`() {
        #expect(Self.two().nft.orphans(standing: [:]) == [Self.id("a"), Self.id("b")])
    }

    @Test func `outlive it if they are persistent, and can be adopted`() {
        var state = FirewallState([Self.table("a", handle: 1, owner: 42, [.owner, .persist])])
        #expect(state.nft.orphans(of: 42, standing: [:]).isEmpty)
        state.release(42)
        #expect(state.nft.owners.isEmpty)
        let change = state.commit([Self.table("a", handle: 1, owner: 44, [.owner, .persist])], intent: nil)
        #expect(change.brief == ["other a (an owner adopted the table)"])
        #expect(state.nft.owners == [44])
    }

    @Test func `are known to have died by one that is made anew`() {
        let state = Self.two().nft
        let again = Self.table("a", handle: 3, owner: nil, [])
        #expect(state.replaced(by: [again]) == [Self.id("a")])
        #expect(state.replaced(by: [Self.table("a", handle: 1, owner: 42)]).isEmpty)
        #expect(state.replaced(by: [Notice.noTable(Self.id("a")), again]).isEmpty)
    }
}
