import Testing
import XTables

@Suite struct XTableTests {
    @Test(arguments: XTFamily.xtables, [false, true])
    func `chains, rules and policies are found`(family: XTFamily, isKernel: Bool) throws {
        let table = Blob.sample(family, isKernel: isKernel).table(isKernel ? .kernel : .user)
        #expect(!table.isMalformed)
        #expect(table.chains.map(\.name) == ["INPUT", "OUTPUT", "guests", "empty"])
        #expect(table.chains.map(\.isBuiltIn) == [true, true, false, false])
        #expect(table.chains.map(\.policy) == [.drop, .accept, nil, nil])
        #expect(table.chains[0].rules.map(\.target) == [.jump("guests"), .target("REJECT")])
        #expect(table.chains[1].rules.isEmpty)
        #expect(table.chains[2].rules.map(\.target) == [.accept])
        #expect(table.chains[2].rules.map(\.condition) == [.sometimes])
        #expect(table.chains[0].rules.map(\.condition) == [.always, .always])
        #expect(table.chains[3].rules.isEmpty)
        #expect(table.ruleCount == 3)
    }

    @Test func `the kernel's pointers leave six characters of a name`() {
        func target(_ name: String) -> XTTarget? {
            var blob = Blob(isKernel: true)
            blob.begin(hook: 1)
            blob.entry(target: name, data: [1, 2, 3, 4], matches: [("comment", [1]), ("tcp", [1])])
            blob.policy(hook: 1, -2)
            blob.head("ERROR")
            let rule = blob.table(.kernel).chains.first?.rules.first
            #expect(rule?.matches == ["commen*", "tcp"])
            return rule?.target
        }
        #expect(target("LOG") == .target("LOG"))
        #expect(target("REJECT") == .target("REJECT"))
        #expect(target("MASQUERADE") == .target("MASQUERADE"))
        #expect(target("SOMETHINGELSE") == .target("SOMETH*"))
    }

    @Test func `a rule that goes on is no jump`() {
        var blob = Blob()
        blob.begin(hook: 1)
        blob.standard(blob.standardSize)
        blob.standard(0)
        blob.policy(hook: 1, -2)
        blob.head("ERROR")
        let chain = blob.table().chains[0]
        #expect(chain.rules.map(\.target) == [.continue, .jumpInside(chain: "INPUT", rule: 0, isGoto: false)])
    }

    @Test func `a goto is told from a jump by the entry's flag`() {
        for (family, flag, offset) in [(XTFamily.ipv4, UInt8(2), 82), (.ipv6, 4, 131)] {
            var blob = Blob(family)
            blob.begin(hook: 1)
            let user = 3 * blob.standardSize + blob.standardSize + 24
            blob.standard(user, fields: [offset: flag])
            blob.standard(user)
            blob.policy(hook: 1, -1)
            blob.head("u")
            blob.standard(-5)
            blob.head("ERROR")
            let rules = blob.table().chains[0].rules
            #expect(rules.map(\.target) == [.goto("u"), .jump("u")])
            #expect(rules.map(\.condition) == [.always, .always])
            #expect(rules[0].hash != rules[1].hash)
        }
    }

    @Test func `the hash is of what a rule says`() {
        func hash(_ fields: [Int: UInt8], _ matches: [(String, [UInt8])], before: Int = 0) -> UInt64? {
            var blob = Blob()
            blob.begin(hook: 1)
            for _ in 0..<before { blob.standard(-1) }
            blob.entry(target: "LOG", data: [1], matches: matches, fields: fields, packets: UInt8(before))
            blob.policy(hook: 1, -2)
            blob.head("ERROR")
            return blob.table().chains[0].rules.last?.hash
        }
        let hashes = [
            hash([:], []), hash([0: 1], []), hash([:], [("tcp", [1])]), hash([:], [("tcp", [2])]),
            hash([:], [("udp", [1])]), hash([:], [("tcp", [1]), ("tcp", [1])]),
        ]
        #expect(Set(hashes).count == hashes.count)
        #expect(hash([0: 1], [("tcp", [1])], before: 5) == hash([0: 1], [("tcp", [1])]))
    }

    @Test func `conditions are read as the kernel compares`() {
        func condition(_ fields: [Int: UInt8], _ matches: [(String, [UInt8])] = []) -> XTCondition? {
            var blob = Blob()
            blob.begin(hook: 1)
            blob.standard(-2, matches: matches, fields: fields)
            blob.policy(hook: 1, -1)
            blob.head("ERROR")
            return blob.table().chains[0].rules.first?.condition
        }
        #expect(condition([:]) == .always)
        #expect(condition([:], [("comment", [1])]) == .always)
        #expect(condition([:], [("comment", [1]), ("limit", [1])]) == .sometimes)
        #expect(condition([80: 6]) == .sometimes)  // protocol
        #expect(condition([8: 255]) == .sometimes)  // source mask
        #expect(condition([0: 10]) == .never)  // a source under no mask
        #expect(condition([0: 10, 83: 0x08]) == .always)  // the same inverted
        #expect(condition([83: 0x08]) == .never)  // not any source
        #expect(condition([16: 0x65]) == .always)  // an interface under no mask
        #expect(condition([16: 0x65, 83: 0x01]) == .never)
        #expect(condition([82: 1]) == .sometimes)  // fragments
        #expect(condition([83: 0x20]) == .never)  // not fragments, without asking for them
        #expect(condition([82: 1, 83: 0x20]) == .sometimes)
    }

    @Test func `a policy before the end of its chain hides no rule`() {
        var blob = Blob()
        blob.begin(hook: 1)
        blob.policy(hook: 1, -2)
        blob.standard(-1)
        blob.standard(-1)
        blob.head("ERROR")
        let chain = blob.table().chains[0]
        #expect(chain.policy == .accept)
        #expect(chain.rules.map(\.target) == [.accept, .drop, .drop])
    }

    @Test func `hooks that share an entry share its rules`() {
        var blob = Blob()
        blob.begin(hook: 1)
        blob.begin(hook: 2)
        blob.standard(-1)
        blob.hooks.underflow[2] = UInt32(blob.end)
        blob.policy(hook: 1, -2)
        blob.head("u")
        blob.head("v")
        blob.standard(-2)
        blob.standard(-5)
        blob.head("ERROR")
        let table = blob.table()
        #expect(table.chains.map(\.name) == ["INPUT", "FORWARD", "u", "v"])
        #expect(table.chains.map(\.rules.count) == [1, 1, 0, 1])
        #expect(table.chains.map(\.policy) == [.accept, .accept, nil, nil])
    }

    @Test func `a request to replace a table is read`() throws {
        let blob = Blob.sample(.ipv4)
        var bytes = Array("filter".utf8) + [UInt8](repeating: 0, count: 26)
        for value in [blob.hooks.validHooks, 10, UInt32(blob.end)] + blob.hooks.hookEntry + blob.hooks.underflow + [4] {
            bytes += Blob.integer(Int32(bitPattern: value))
        }
        bytes += [UInt8](repeating: 0xaa, count: 8) + blob.bytes + [1, 2, 3]
        let decoded = XTReplace(bytes.span.bytes, family: .ipv4)
        let replace = try #require(decoded)
        #expect(replace.name == "filter" && replace.entryCount == 10 && replace.counterCount == 4)
        #expect(replace.table == blob.table())

        let cut = Array(bytes.dropLast(300))
        let cutReplace = XTReplace(cut.span.bytes, family: .ipv4)
        #expect(cutReplace?.table.isMalformed == true)
        let head = Array(bytes.prefix(95))
        #expect(XTReplace(head.span.bytes, family: .ipv4) == nil)
    }

    @Test func `a table without entries is empty`() {
        let table = Blob().table()
        #expect(table.chains.isEmpty && !table.isMalformed)
    }
}
