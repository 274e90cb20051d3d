import Testing

@testable import Probes

@Suite struct `The choice of plans` {
    @Test func `begins with the best of each family`() {
        let choice = Choice(nil)
        for family in HookFamily.allCases { #expect(choice.coverage(of: family).tier == .full) }
    }

    @Test func `goes down with every refusal, and keeps the reasons`() {
        var choice = Choice(nil)
        for reason in ["one", "two"] { choice.refuse(.netlink, because: reason) }
        let coverage = choice.coverage(of: .netlink)
        #expect(coverage.tier == .restricted)
        #expect(coverage.refusals.map(\.tier) == [.full, .kprobe])
        #expect(coverage.refusals.map(\.reason) == ["one", "two"])
        #expect(choice.coverage(of: .xtables).tier == .full)
    }

    @Test func `ends with nothing, and says what is blind then`() {
        var choice = Choice(nil)
        for _ in 0..<5 { choice.refuse(.socket, because: "x") }
        let coverage = choice.coverage(of: .socket)
        #expect(coverage.tier == nil && choice[.socket] == nil)
        #expect(coverage.blind == HookFamily.socket.blindWithout)
        #expect(coverage.refusals.count == HookFamily.socket.plans.count)
        #expect(!choice.programs.contains("socket_full") && choice.programs.contains("netlink_full"))
    }

    @Test(arguments: Tier.allCases)
    func `keeps to a tier that was asked for, where the family has a choice`(tier: Tier) {
        let choice = Choice(tier)
        for family in HookFamily.allCases {
            let isPlanned = family.plans.contains { $0.tier == tier }
            #expect(choice[family]?.tier == (family.plans.count == 1 ? .full : isPlanned ? tier : nil))
        }
    }

    @Test func `knows whose program was refused`() {
        var choice = Choice(nil)
        #expect(choice.family(of: "netlink_full_exit") == .netlink)
        #expect(choice.family(of: "process_seed") == .process)
        #expect(choice.family(of: "netlink_kprobe") == nil)
        choice.refuse(.netlink, because: "x")
        #expect(choice.family(of: "netlink_kprobe") == .netlink)
        #expect(choice.family(of: "netlink_full") == nil)
    }

    @Test func `has no program of one family in another's plans`() {
        for family in HookFamily.allCases {
            let own = family.plans.reduce(into: Set<String>()) { $0.formUnion($1.all) }
            for other in HookFamily.allCases where other != family {
                for plan in other.plans { #expect(own.isDisjoint(with: plan.all)) }
            }
        }
    }

    @Test func `forgets its refusals when a family is tried anew`() {
        var choice = Choice(.kprobe)
        choice.refuse(.xtables, because: "x")
        choice.restore(.xtables, .kprobe)
        #expect(choice.coverage(of: .xtables).tier == .kprobe)
        #expect(choice.coverage(of: .xtables).refusals.isEmpty)
    }
}
