import Patterns
import Testing

@Suite struct `A table of names` {
    static let long = String(repeating: "n", count: 70)
    static let names = ["", "a", "nft", "ufw", "systemctl", "\u{e4}b", long]

    @Test(arguments: names) func `has what is in it`(name: String) {
        let table = NameTable(Dictionary(uniqueKeysWithValues: Self.names.enumerated().map { ($1, $0) }))
        let set = NameSet(Self.names)
        // A part of something larger, as names of programs are.
        let slice = Array("/\(name)/".utf8).dropFirst().dropLast()
        #expect(table[slice] == Self.names.firstIndex(of: name) && set.contains(slice))
    }

    @Test(arguments: ["b", "nfu", "oft", "nf", "nftt", "systemctL", "sYstemctl", long + "n", "\u{e4}c", "!"])
    func `has nothing else, also where length and beginning are the same`(name: String) {
        let table = NameTable(Dictionary(uniqueKeysWithValues: Self.names.map { ($0, true) }))
        #expect(table[Array(name.utf8)[...]] == nil && !NameSet(Self.names).contains(Array(name.utf8)[...]))
    }

    @Test func `may be empty`() {
        #expect(NameTable<Int>([String: Int]())[[]] == nil && !NameSet([]).contains([]))
    }
}
