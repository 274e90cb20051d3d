import ConfigFiles
import Testing

@Suite struct BookTests {
    private let rules = BytePath("/etc/ufw/user.rules")
    private let plan = ConfigPlan.standard

    private func book(_ files: [BytePath: FileFacts]) -> ConfigBook { ConfigBook(files: files) }

    @Test func aTouchWithoutAChangeIsNone() {
        var book = book([rules: facts(text: "a")])
        book.touch(rules, .content, by: 7, at: 1000)
        let changes = book.settle(
            [rules], found: [rules: facts(text: "a", inode: 9)], plan: plan, source: .kernel, at: 9)
        #expect(changes.isEmpty)
        book.forget([rules])
        #expect(book.deadline == nil)
    }

    @Test func aWriteNamesItsWriters() throws {
        var book = book([rules: facts(text: "a\nb\n")])
        book.touch(rules, .content, by: 7, at: 1000)
        book.touch(rules, .content, by: 8, at: 2000)
        book.touch(rules, .content, by: 7, at: 3000)
        let changes = book.settle([rules], found: [rules: facts(text: "a\nc\n")], plan: plan, source: .kernel, at: 9)
        let change = try #require(changes.first)
        #expect(changes.count == 1)
        #expect(change.operation == .written)
        #expect(change.kind == .ufw)
        #expect(change.author == 7)
        #expect(change.others == [8, 7])
        #expect(change.time == 3000)
        #expect(change.source == .kernel)
        #expect(change.difference == "@@ -1,2 +1,2 @@\n a\n-b\n+c\n")
    }

    @Test func aFileIsLookedAtWhenItIsQuietOrPatienceEnds() {
        var book = book([:])
        book.touch(rules, .content, by: 1, at: 0)
        #expect(book.due(at: 149_999_999).isEmpty)
        #expect(book.due(at: 150_000_000) == [rules])
        for step in 1...20 { book.touch(rules, .content, by: 1, at: UInt64(step) * 100_000_000) }
        #expect(book.deadline == 1_000_000_000)
    }

    @Test func editorsRenameOverTheFile() throws {
        let draft = BytePath("/etc/ufw/.user.rules.swp")
        var book = book([rules: facts(text: "a", inode: 1)])
        book.touch(draft, .content, by: 7, at: 0)
        book.touch(rules, .content, by: 7, at: 0)
        let found = [rules: facts(text: "b", inode: 2)]
        let changes = book.settle(book.due(at: .max), found: found, plan: plan, source: .kernel, at: 9)
        #expect(changes.map(\.operation) == [.written])
        #expect(changes.map(\.path) == [rules])
    }

    @Test func aMoveIsOneChange() throws {
        let aside = BytePath("/etc/ufw/user.rules.bak")
        var book = book([rules: facts(text: "a", inode: 5)])
        book.touch(rules, .content, by: 7, at: 0)
        book.touch(aside, .content, by: 7, at: 0)
        let changes = book.settle(
            [rules, aside], found: [aside: facts(text: "a", inode: 5)], plan: plan, source: .kernel, at: 9)
        let change = try #require(changes.first)
        #expect(changes.count == 1)
        #expect(change.operation == .moved)
        #expect(change.movedFrom == rules)
        #expect(change.path == aside)
        #expect(change.difference == nil)
    }

    @Test func aFolderThatGoesTakesItsFiles() {
        let other = BytePath("/etc/ufw/before.rules")
        let folder = BytePath("/etc/ufw")
        var book = book([rules: facts(text: "a"), other: facts(text: "b"), BytePath("/etc/ufwx"): facts(text: "c")])
        book.touch(folder, .content, by: 7, at: 5)
        let changes = book.settle([folder], found: [:], plan: plan, source: .kernel, at: 9)
        #expect(changes.map(\.path) == [other, rules])
        #expect(changes.allSatisfy { $0.operation == .removed && $0.author == 7 && $0.time == 5 })
    }

    @Test func permissionsAndOwners() {
        var book = book([rules: facts(text: "a")])
        let open = facts(text: "a", mode: 0o666)
        #expect(
            book.settle([rules], found: [rules: open], plan: plan, source: .kernel, at: 9).map(\.operation)
                == [.permissions])
        let other = facts(text: "a", mode: 0o666, user: 1000)
        #expect(
            book.settle([rules], found: [rules: other], plan: plan, source: .audit, at: 9).map(\.source) == [.audit])
    }

    @Test func whoOnlyTouchedAttributesDidNotWrite() throws {
        var book = book([rules: facts(text: "a")])
        book.touch(rules, .content, by: 7, at: 0)
        book.touch(rules, .attributes, by: 8, at: 1)
        let written = try #require(
            book.settle([rules], found: [rules: facts(text: "b")], plan: plan, source: .kernel, at: 9).first)
        #expect(written.author == 7)
        #expect(written.others == [8, 7])
        book.touch(rules, .content, by: 7, at: 10)
        book.touch(rules, .attributes, by: 8, at: 11)
        let opened = try #require(
            book.settle([rules], found: [rules: facts(text: "b", mode: 0o666)], plan: plan, source: .kernel, at: 19)
                .first)
        #expect(opened.author == 8)
    }

    @Test func whoMadeAFolderNeedNotHaveWrittenWhatIsInIt() throws {
        let zone = BytePath("/etc/firewalld/zones/public.xml")
        let folder = BytePath("/etc/firewalld")
        var book = book([:])
        book.touch(folder, .folder, by: 7, at: 0)
        let made = try #require(
            book.settle([folder], found: [zone: facts(text: "b")], plan: plan, source: .kernel, at: 9).first)
        #expect(made.author == nil)
        #expect(made.others == [7])
        #expect(made.source == .kernel)
    }

    @Test func ofSharedFilesOnlyTheLinesThatSwitchFiltering() {
        let path = BytePath("/etc/sysctl.d/a.conf")
        var book = book([path: facts(text: "vm.swappiness = 1\n")])
        func settle(_ text: String) -> Int {
            book.settle([path], found: [path: facts(text: text)], plan: plan, source: .kernel, at: 9).count
        }
        #expect(settle("vm.swappiness = 2\n") == 0)
        #expect(settle("vm.swappiness = 2\n# net.bridge.bridge-nf-call-iptables = 0\n") == 0)
        #expect(settle("vm.swappiness = 2\nnet.bridge.bridge-nf-call-iptables = 0\n") == 1)
        #expect(settle("net.bridge.bridge-nf-call-iptables = 0\n") == 0)
        #expect(settle("") == 1)
    }

    @Test func touchesBeyondCountMeanEverything() {
        var book = book([:])
        for index in 0..<5000 { book.touch(BytePath("/etc/ufw/\(index)"), .content, by: 1, at: 0) }
        #expect(book.due(at: .max) == [.root])
        _ = book.settle([.root], found: [:], plan: plan, source: .audit, at: 9)
        book.forget([.root])
        #expect(book.deadline == nil)
    }

    @Test func nobodySeenMeansFoundByComparing() {
        var book = book([:])
        let changes = book.settle([rules], found: [rules: facts(text: "a")], plan: plan, source: .kernel, at: 9)
        #expect(changes.map(\.source) == [.audit])
        #expect(changes.map(\.operation) == [.created])
        #expect(changes.map(\.difference) == ["@@ -1,0 +1,1 @@\n+a\n"])
    }
}
