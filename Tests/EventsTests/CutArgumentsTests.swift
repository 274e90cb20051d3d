import Testing

@testable import Events

@Suite struct `Arguments that are cut` {
    static func cut(_ arguments: [String], _ limit: Int) -> (arguments: [String], isCut: Bool) {
        let cut = CutArguments(arguments.map { Array($0.utf8)[...] }, limit: limit)
        return (cut.arguments.map { String(decoding: $0, as: UTF8.self) }, cut.isCut)
    }

    @Test func `are whole where they fit, to the byte`() {
        let arguments = ["nft", "flush", "ruleset"]
        #expect(Self.cut(arguments, 18) == (arguments, false))
        #expect(Self.cut(arguments, 17).isCut)
        #expect(Self.cut([], 0) == ([], false))
    }

    @Test func `keep the first and the last`() {
        let (arguments, isCut) = Self.cut((0..<1000).map { "a\($0)" }, 64)
        #expect(isCut && arguments.first == "a0" && arguments.last == "a999")
        #expect(arguments.contains("…"))
    }

    @Test func `lose their middle, and keep order`() {
        let all = (0..<100).map { "argument-\($0 + 100)" }
        let (arguments, _) = Self.cut(all, 200)
        let gap = arguments.firstIndex(of: "…")
        let front = arguments.prefix(gap ?? 0)
        let back = arguments.suffix(arguments.count - (gap ?? 0) - 1)
        #expect(Array(front) == Array(all.prefix(front.count)))
        #expect(Array(back) == Array(all.suffix(back.count)))
    }

    @Test func `show both ends of one that is long`() {
        let script = "begin" + String(repeating: "-", count: 5000) + "end"
        let (arguments, isCut) = Self.cut(["sh", "-c", script], 64)
        #expect(isCut && arguments.count == 3)
        #expect(arguments[2].hasPrefix("begin") && arguments[2].hasSuffix("end") && arguments[2].contains("…"))
    }

    @Test func `keep part of a program's name, however long`() {
        let (arguments, _) = Self.cut([String(repeating: "n", count: 9000)], 32)
        #expect(arguments.count == 1 && arguments[0].hasPrefix("nnnn"))
    }

    @Test(arguments: [16, 32, 96, 384, 1024, 2048])
    func `take little more than their limit`(limit: Int) {
        for width in [1, 3, 7, 40, 300, 5000] {
            let all = (0..<500).map { _ in Array(repeating: UInt8(ascii: "x"), count: width)[...] }
            let cut = CutArguments(all, limit: limit)
            // Beyond the limit: two gaps, and sixteen bytes of a name that had to be kept.
            #expect(cut.arguments.reduce(0) { $0 + $1.count + 1 } <= limit + 32)
        }
    }

    @Test func `are joined by spaces to be read`() {
        for words in [["a", "", "b"], ["", "b"], ["", ""], ["a"], []] {
            let cut = CutArguments(words.map { Array($0.utf8)[...] }, limit: 100)
            #expect(cut.commandLine.elementsEqual(words.joined(separator: " ").utf8))
        }
    }
}
