import JSON
import TestSupport
import Testing

@Suite struct `Escaped text` {
    @Test(
        arguments: [
            ([0x00], #"\x00"#),
            ([0x1B, 0x5B], #"\x1b["#),
            ([0x7F], #"\x7f"#),
            ([0xFF, 0x41], #"\xffA"#),
            ([0xC0, 0x80], #"\xc0\x80"#),  // overlong NUL
            ([0xED, 0xA0, 0x80], #"\xed\xa0\x80"#),  // the surrogate U+D800
            ([0xF4, 0x90, 0x80, 0x80], #"\xf4\x90\x80\x80"#),  // U+110000
            ([0xE2, 0x82], #"\xe2\x82"#),  // cut short
            ([0xE2, 0x82, 0xAC], "€"),
            ([0xF0, 0x9F, 0x94, 0xA5], "🔥"),
            ([0x5C], #"\"#),
            ([0x5C, 0x78, 0x34, 0x31], #"\x5cx41"#),
            ([0x5C, 0x5C, 0x78], #"\\x5cx"#),
            ([0x5C, 0xFF], #"\\xff"#),
            ([0x22], "\""),
        ] as [([UInt8], String)])
    func `spells these bytes so`(bytes: [UInt8], text: String) {
        #expect(readBack(bytes) == text)
        #expect(EscapedText.decode(text) == bytes)
    }

    @Test func `is marked exactly when it differs from the source`() {
        var writer = JSONWriter()
        var altered: [Bool] = []
        altered.append(writer.field("a", "grüße \" \\ C:\\dir"))
        altered.append(writer.field("a", list: ["x", "y"]))
        altered.append(writer.field("a", "a\nb"))
        altered.append(writer.field("a", bytes: [0x5C, 0x78]))
        altered.append(writer.field("a", list: [[0x41], [0xFE]]))
        #expect(altered == [false, false, true, true, true])
    }

    @Test func `comes out the same from a String and from its bytes, in keys too`() {
        let text = "tab\t\\x quote\" ü"
        let fromBytes = json { $0.field("k", bytes: Array(text.utf8)) }
        let fromString = json { $0.field("k", text) }
        #expect(fromString == fromBytes)
        let key = json { $0.field(named: "a\u{0}", 1) }
        #expect(key == #"{"a\\x00":1}"# + "\n")
    }

    @Test func `finds every special byte at every offset of a long run`() {
        for special: UInt8 in [0x00, 0x1F, 0x22, 0x5C, 0x7F, 0x80, 0xFF] {
            for offset in 0..<40 {
                var bytes = [UInt8](repeating: 0x61, count: 40)
                bytes[offset] = special
                #expect(readBack(bytes).map(EscapedText.decode) == bytes)
            }
        }
    }

    @Test func `reads back to the same bytes, whatever they were`() {
        var random = SplitMix(seed: 2)
        let likely: [UInt8] = [0x00, 0x0A, 0x22, 0x5C, 0x78, 0x30, 0x66, 0xC3, 0xA9, 0xED, 0xA0, 0xE2, 0xF0, 0xFF]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<48, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? likely.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
            }
            guard let text = readBack(bytes) else {
                Issue.record("\(bytes) does not give a JSON string")
                return
            }
            #expect(EscapedText.decode(text) == bytes)
        }
    }

    @Test func `agrees with the standard library on what is well-formed`() {
        var random = SplitMix(seed: 3)
        for _ in 0..<20_000 {
            let bytes = (0..<4).map { _ in UInt8.random(in: 0x80...0xFF, using: &random) }
            let wellFormed = String(validating: bytes, as: UTF8.self) != nil
            var writer = JSONWriter(capacity: 64)
            let altered = writer.field("k", bytes: bytes)
            #expect(altered == !wellFormed, "\(bytes)")
        }
    }
}
