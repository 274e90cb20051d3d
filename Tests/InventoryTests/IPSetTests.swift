import Inventory
import Netlink
import Testing

@Suite struct `ipsets` {
    static func sets(_ counts: [String: Int], type: String = "hash:ip") -> IPSets {
        IPSets(counts.map { IPSetHeader(name: $0.key, typeName: type, elements: UInt32($0.value)) })
    }

    static func request(_ command: IPSetCommand, _ name: String? = nil, _ other: String? = nil) -> IPSetRequest {
        var request = IPSetRequest(command: command, setName: name)
        request.setName2 = other
        return request
    }

    static func change(
        _ before: [String: Int], _ after: [String: Int], _ requests: [IPSetRequest] = [], succeeded: Bool = true
    ) -> Change {
        var state = FirewallState()
        _ = state.replace(ipsets: sets(before))
        return state.replace(ipsets: sets(after), requests: requests, succeeded: succeeded)
    }

    @Test func `are told when they come, with their type and elements`() {
        let change = Self.change([:], ["a": 2, "b": 0])
        #expect(change.brief == ["add-set a (hash:ip)", "add-elements a 2", "add-set b (hash:ip)"])
        #expect(change.elements == Count(before: 0, after: 2))
    }

    @Test func `are told when they are destroyed, one or all`() {
        #expect(Self.change(["a": 3, "b": 1], ["b": 1], [Self.request(.destroy, "a")]).brief == ["delete-set a 3"])
        let all = Self.change(["a": 3, "b": 1], [:], [Self.request(.destroy)])
        #expect(all.brief == ["delete-set a 3", "delete-set b 1"])
        #expect(all.elements == Count(before: 4, after: 0))
    }

    @Test func `are told by the difference where elements come and go`() {
        #expect(Self.change(["a": 3], ["a": 5], [Self.request(.add, "a")]).brief == ["add-elements a 2"])
        #expect(Self.change(["a": 3], ["a": 1], [Self.request(.delete, "a")]).brief == ["delete-elements a 2"])
    }

    @Test func `emptied are flushed only where that was asked for`() {
        #expect(Self.change(["a": 3], ["a": 0], [Self.request(.flush, "a")]).brief == ["flush-set a 3"])
        #expect(Self.change(["a": 3], ["a": 0], [Self.request(.delete, "a")]).brief == ["delete-elements a 3"])
        #expect(Self.change(["a": 3], ["a": 0], [Self.request(.flush, "b")]).brief == ["delete-elements a 3"])
    }

    @Test func `are all flushed by a flush that names none`() {
        let change = Self.change(["a": 3, "b": 1, "c": 0], ["a": 0, "b": 0, "c": 0], [Self.request(.flush)])
        #expect(change.brief == ["flush-set a 3", "flush-set b 1"])
    }

    @Test func `two alike are swapped only by request`() {
        let request = Self.request(.swap, "a", "b")
        #expect(Self.change(["a": 3, "b": 3], ["a": 3, "b": 3], [request]).brief == ["swap-set a 3 (with b)"])
        #expect(Self.change(["a": 3, "b": 3], ["a": 3, "b": 3]).isEmpty)
        #expect(Self.change(["a": 3, "b": 3], ["a": 3, "b": 3], [request], succeeded: false).isEmpty)
    }

    @Test func `swapped are neither emptied nor filled`() {
        let change = Self.change(["a": 3, "b": 0], ["a": 0, "b": 3], [Self.request(.swap, "a", "b")])
        #expect(change.brief == ["swap-set a 0 (with b)"])
        #expect(change.elements == Count(before: 3, after: 3))
    }

    @Test func `swapped back and forth are told twice`() {
        let swap = Self.request(.swap, "a", "b")
        let change = Self.change(["a": 3, "b": 0], ["a": 3, "b": 0], [swap, swap])
        #expect(change.brief == ["swap-set a 0 (with b)", "swap-set a 3 (with b)"])
    }

    @Test func `swapped with one that is not there are not swapped`() {
        #expect(Self.change(["a": 3], ["a": 3], [Self.request(.swap, "a", "b")]).isEmpty)
    }

    @Test func `renamed are neither made nor destroyed`() {
        let change = Self.change(["a": 3], ["b": 3], [Self.request(.rename, "a", "b")])
        #expect(change.brief == ["other a (renamed to b)"])
    }

    @Test func `renamed unheard are one gone and one come`() {
        let change = Self.change(["a": 3], ["b": 3])
        #expect(change.brief == ["delete-set a 3", "add-set b (hash:ip)", "add-elements b 3"])
    }

    @Test func `count with the elements of nftables`() {
        var state = FirewallState([Notice.table(), Notice.set("s"), Notice.elements([1, 2], "s")])
        #expect(state.replace(ipsets: Self.sets(["a": 5])).elements == Count(before: 2, after: 7))
    }
}
