import Netlink
import Protection
import Testing
import XTables

@Suite struct `A rule is read` {
    private func read(
        _ expressions: [NFTExpression], family: NFTFamily = .inet, loose: [String: LooseSet] = [:]
    ) -> RuleOutline {
        var rule = NFTRule(family: family, table: "t", chain: "c", handle: 1)
        rule.expressions = expressions
        return RuleOutline(rule) { loose[$0] }
    }

    private let accept = NFTExpression.immediate(verdict: NFTVerdict(code: .accept))
    private let drop = NFTExpression.immediate(verdict: NFTVerdict(code: .drop))

    private func filled(_ verdicts: NFTVerdict?...) -> LooseSet {
        var set = LooseSet()
        for (key, verdict) in verdicts.enumerated() { set.add(NFTElement(keyHash: UInt64(key), verdict: verdict)) }
        return set
    }

    @Test func `without a condition, whatever it counts, logs or marks`() {
        let statements: [NFTExpression] = [
            .counter(packets: 1, bytes: 2), .log, .statement(name: "meta"), .immediate(verdict: nil),
            .match(name: "comment", revision: 0, info: []),
        ]
        #expect(read(statements + [drop]) == RuleOutline(.blocks))
        #expect(read(statements) == RuleOutline())
        #expect(read([.immediate(verdict: NFTVerdict(code: .continue)), accept]) == RuleOutline(.passes))
    }

    @Test func `with one, where an expression is not known to let every packet through`() {
        for expression in [
            NFTExpression.other(name: "payload"), .other(name: "new in 2030"), .limit(isInverted: true),
            .match(name: "tcp", revision: 0, info: []), .dynset(set: "s", setID: nil),
        ] {
            #expect(read([expression, drop]).isConditional)
        }
        // Behind its verdict a rule does nothing.
        #expect(!read([drop, .other(name: "cmp")]).isConditional)
    }

    @Test func `by its verdict`() {
        func verdict(_ expression: NFTExpression, _ family: NFTFamily = .ipv4) -> RuleOutline.Verdict {
            read([expression], family: family).verdict
        }
        #expect(verdict(.reject) == .blocks)
        #expect(verdict(.other(name: "queue")) == .passes)
        #expect(verdict(.other(name: "masq"), .inet) == .passes)
        #expect(verdict(.other(name: "nat")) == .passes)
        #expect(verdict(.other(name: "nat"), .inet) == .goesOn)
        #expect(verdict(.target(name: "REJECT", revision: 0, info: [])) == .blocks)
        #expect(verdict(.target(name: "DNAT", revision: 0, info: [])) == .passes)
        #expect(verdict(.target(name: "LOG", revision: 0, info: [])) == .goesOn)
        #expect(verdict(.immediate(verdict: NFTVerdict(code: NFTVerdictCode(rawValue: 0x0005_0003)))) == .passes)
        #expect(verdict(.immediate(verdict: NFTVerdict(code: .break))) == .goesOn)
        let jump = read([.immediate(verdict: NFTVerdict(code: .jump, chain: "x"))])
        #expect(jump == RuleOutline(.jumps, chain: "x"))
        // Where the chain is not known it may come back, and may not.
        #expect(read([.immediate(verdict: NFTVerdict(code: .goto, chainID: 4))]).isConditional)
    }

    @Test func `with the sets and maps that belong to it`() {
        let isIn = NFTExpression.lookup(set: "__set0", setID: nil, isInverted: false, isVerdictMap: false)
        let isNotIn = NFTExpression.lookup(set: "__set0", setID: nil, isInverted: true, isVerdictMap: false)
        #expect(read([isIn, drop], loose: ["__set0": filled(nil)]) == RuleOutline(.blocks, isConditional: true))
        #expect(read([isIn, drop], loose: ["__set0": filled()]) == RuleOutline(.blocks, isNever: true))
        #expect(read([isNotIn, drop], loose: ["__set0": filled()]) == RuleOutline(.blocks))
        #expect(read([isIn, drop]).lookups == [.init("__set0", .isIn)])

        let map = NFTExpression.lookup(set: "__map0", setID: nil, isInverted: false, isVerdictMap: true)
        let verdicts = filled(NFTVerdict(code: .jump, chain: "x"), NFTVerdict(code: .drop), NFTVerdict(code: .accept))
        let outline = read([map], loose: ["__map0": verdicts])
        #expect(outline.isConditional)
        #expect(Set(outline.branches) == [.init(.jumps, chain: "x"), .init(.blocks)])
    }

    @Test func `with the ipsets it asks`() {
        let info: [UInt8] = [5, 0, 1, 0, 9, 9]
        let inverted: [UInt8] = [5, 0, 1, 1]
        #expect(read([.match(name: "set", revision: 4, info: info), drop]).lookups == [.init("ipset 5", .isIn)])
        #expect(read([.match(name: "set", revision: 4, info: inverted), drop]).lookups == [.init("ipset 5", .isNotIn)])
        // Of another layout, or too short: a condition and no more.
        #expect(read([.match(name: "set", revision: 0, info: info), drop]).lookups.isEmpty)
        #expect(read([.match(name: "set", revision: 4, info: [5, 0]), drop]).isConditional)
    }

    @Test func `of a legacy table as of nftables`() {
        func read(_ target: XTTarget, _ condition: XTCondition = .always) -> RuleOutline {
            RuleOutline(XTRule(hash: 0, target: target, condition: condition))
        }
        #expect(read(.drop) == RuleOutline(.blocks))
        #expect(read(.accept, .sometimes) == RuleOutline(.passes, isConditional: true))
        #expect(read(.target("REJECT"), .never) == RuleOutline(.blocks, isNever: true))
        #expect(read(.goto("x")) == RuleOutline(.goes, chain: "x"))
        #expect(read(.target("MARK")) == RuleOutline())
        // Not every packet that jumps inside meets the whole of the chain.
        #expect(
            read(.jumpInside(chain: "x", rule: 2, isGoto: false))
                == RuleOutline(.jumps, chain: "x", isConditional: true))
        #expect(read(.unknown(verdict: 7)).isConditional)
    }
}
