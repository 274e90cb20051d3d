import TestSupport
import Testing

@testable import Configuration

@Suite(.timeLimit(.minutes(1))) struct `A hostile configuration` {
    @Test func `with NUL, broken UTF-8 or too many bytes is refused with its place`() {
        #expect(complaints(Array("a\n b".utf8) + [0]) == ["w.toml:2:3: found a NUL byte, expected text"])
        #expect(
            complaints(Array("# é\n# é".utf8) + [0xFF, 0x0A]) == [
                "w.toml:2:4: found bytes that are not UTF-8, expected UTF-8 text"
            ])
        let long = [UInt8](repeating: UInt8(ascii: "#"), count: 10 << 20)
        #expect(
            complaints(long) == ["w.toml:1:1: found more than 1048576 bytes, expected a smaller configuration file"])
    }

    @Test func `cannot hide a name behind a NUL escape`() {
        for text in ["\"output\\u0000\".path = '-'", "output.path = \"-\\U00000000\"", "x = \"\"\"\\u0000\"\"\""] {
            #expect(complaints(text).first?.contains("found a NUL character in a string") == true)
        }
        #expect(complaints("# \\u0000\noutput.path = '-'").isEmpty)
        #expect(complaints("output.path = '/\\u0000'").isEmpty)
    }

    private static let deep: [String: String] = [
        "arrays that stay open": "x = " + String(repeating: "[", count: 10_000),
        "arrays": "x = " + String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
        "arrays over many lines": "x = " + String(repeating: "[\n", count: 100_000),
        "inline tables": "x = " + String(repeating: "{a=", count: 10_000),
        "a dotted key": String(repeating: "a.", count: 400_000) + "a = 1",
        "a dotted key with blanks": String(repeating: "a . ", count: 200_000) + "a = 1",
        "a header": "[" + String(repeating: "a.", count: 400_000) + "a]",
        "a quoted key before a fault": String(repeating: "'a'.", count: 200_000) + "a = = 1",
        "a dotted key after a fault": "@" + String(repeating: "a.", count: 400_000) + "a = 1",
        "a dotted key in the line after a fault": "x = @\n" + String(repeating: "a.", count: 400_000) + "a = 1",
        "both kinds": "x = [" + String(repeating: "{a.a.a.a.a.a=[", count: 50_000),
    ]

    @Test(arguments: deep.keys.sorted())
    func `that is nested too deep is refused`(name: String) {
        #expect(complaints(Self.deep[name] ?? "").count == 1)
    }

    /// Each of these ends toml++ 3.4.0 in a failed assert().
    @Test(arguments: ["[=a]", "[}]", "x = 1979-05-27T:"])
    func `that its parser would not survive does not get there`(text: String) {
        #expect(complaints(text).count == 1)
    }

    @Test func `with a long key is refused, and with many values read in good time`() {
        #expect(complaints(String(repeating: "k", count: 500_000) + " = 1").first?.contains("128 bytes") == true)
        let many = "output.emit = [" + String(repeating: "1,", count: 20_000) + "]"
        #expect(complaints(many).count == 101)
    }

    /// Starts from texts that use every construct, and breaks them.
    @Test func `made by 20,000 mutations never crashes and is refused with a place or read`() {
        let seeds = [
            "# c\n[output]\npath = \"-\"\nemit = ['firewall', \"process\"]\n[probes]\nring_bytes = 0x800000\n",
            "state = {interval = \"1h\", 'directory' = '''/a'''}\r\nnetns.\"max\" = 1_0\n[[x.y]]\nz = [[1, 2], [{a = 1}]]\n",
            "a = \"\"\"x\\\n  \\u00e9\"\"\"\"\nb = 1979-05-27T07:32:00Z\n[c . 'd']\ne = [1.5, inf, true,\n# c\n]\n",
        ].map { Array($0.utf8) }
        let spice = Array("[]{}\"'=.,#\\\n\r\t u0axn_-+:é\u{0}".utf8) + [0xFF, 0xED, 0xA0]
        var random = SplitMix(seed: 20_261_123)
        for round in 0..<20_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<max(1, bytes.count), using: &random)
                let new = spice.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<4, using: &random) {
                case 0 where !bytes.isEmpty: bytes[at] = new
                case 1: bytes.insert(new, at: min(at, bytes.count))
                case 2 where !bytes.isEmpty: bytes.removeSubrange(at..<min(bytes.count, at + 4))
                default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 9)], at: min(at, bytes.count))
                }
            }
            var configuration = Configuration()
            for error in configuration.apply(bytes, file: "f") {
                let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).count
                #expect(error.line >= 1 && error.line <= lines && error.column >= 1, "\(error) in \(bytes)")
            }
        }
    }
}
