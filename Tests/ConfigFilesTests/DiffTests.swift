import ConfigFiles
import TestSupport
import Testing

@Suite struct DiffTests {
    /// Applies hunks to a text, as patch does.
    private func patched(_ text: String, _ diff: String) -> String {
        var old = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        if old.last == "" { old.removeLast() }
        var result: [Substring] = []
        var at = 1
        for line in diff.split(separator: "\n", omittingEmptySubsequences: false) where !line.isEmpty {
            if line.hasPrefix("@@") {
                let numbers = line.split { !$0.isNumber }.compactMap { Int($0) }
                // With no line on the old side the hunk comes behind that line in diff's own counting; here at it.
                while at < numbers[0], let next = old.popFirst() {
                    result.append(next)
                    at += 1
                }
            } else if line.first == "+" {
                result.append(line.dropFirst())
            } else {
                #expect(old.first == line.dropFirst())
                if line.first == " " { result.append(line.dropFirst()) }
                old.removeFirst()
                at += 1
            }
        }
        return (result + old).map { $0 + "\n" }.joined()
    }

    @Test func whatItSaysLeadsFromOneToTheOther() {
        var generator = SplitMix(seed: 7)
        for _ in 0..<500 {
            let old = (0..<Int.random(in: 0...30, using: &generator)).map { _ in
                "l\(Int.random(in: 0...5, using: &generator))\n"
            }
            var new = old
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                let at = Int.random(in: 0...new.count, using: &generator)
                if Bool.random(using: &generator) {
                    new.insert("n\(at)\n", at: at)
                } else if at < new.count {
                    new.remove(at: at)
                }
            }
            let diff = UnifiedDiff.text(from: old.joined(), to: new.joined())
            #expect(diff.isEmpty == (old == new))
            #expect(patched(old.joined(), diff) == new.joined())
        }
    }

    @Test func farChangesHaveHunksOfTheirOwn() {
        let old = (1...40).map { "\($0)\n" }
        var new = old
        new[2] = "x\n"
        new[30] = "y\n"
        let heads = UnifiedDiff.text(from: old.joined(), to: new.joined()).split(separator: "\n").filter {
            $0.hasPrefix("@@")
        }
        #expect(heads == ["@@ -1,5 +1,5 @@", "@@ -29,5 +29,5 @@"])
    }

    @Test func largeTextsAreReplacedWhole() {
        let old = (0..<2000).map { "a\($0)\n" }.joined()
        let new = (0..<2000).map { "b\($0)\n" }.joined()
        let diff = UnifiedDiff.text(from: old, to: new)
        #expect(patched(old, diff) == new)
    }
}
