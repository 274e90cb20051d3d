import JSON
import Testing

@Suite struct `JSON that is read` {
    private func read(_ text: String) -> JSONValue? { JSONValue(Array(text.utf8)) }

    @Test func `has its members by path`() throws {
        let value = try #require(read(#" {"a": {"b": [1, -2.5e1, true, null, "x"]}, "n": 9007199254740992} "#))
        #expect(value.list("a.b") == [.number(1), .number(-25), .flag(true), .null, .text("x")])
        #expect(value.number("n") == 9_007_199_254_740_992)
        #expect(value.text("a.b") == nil && value["a.c"] == nil)
        #expect(read("{}") == .object([:]) && read("[]") == .array([]) && read(#""""#) == .text(""))
    }

    @Test func `has its escapes read, surrogates too`() {
        #expect(read(#""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00""#) == .text("\"\\/\u{8}\u{c}\n\r\tAé😀"))
        #expect(read(#""\ud83dx\ude00\ud83d\u0041""#) == .text("\u{fffd}x\u{fffd}\u{fffd}A"))
        #expect(JSONValue([0x22, 0xff, 0x22]) == .text("\u{fffd}"))
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "01", "-", "1.", "1e", ".5", "+1", "nul",
        "truex",
        "\"a", "\"\\x\"", "\"\\u12g4\"", "\"\u{1}\"", "1 2", "[1 2]", "NaN", "\"\\",
    ])
    func `is JSON and nothing else`(text: String) {
        #expect(read(text) == nil)
    }

    @Test func `is refused where it is deeper than the stack should be`() {
        #expect(read(String(repeating: "[", count: 100) + String(repeating: "]", count: 100)) != nil)
        #expect(read(String(repeating: "[", count: 100_000)) == nil)
        #expect(read(String(repeating: "{\"a\":", count: 100_000)) == nil)
    }

    @Test func `is what was written`() throws {
        var writer = JSONWriter()
        writer.line {
            $0.field("text", "a\"\\\u{1}é</script>")
            $0.field("number", -17)
            $0.field("list", list: ["x", "y"])
        }
        let value = try #require(JSONValue(writer.bytes))
        #expect(value.text("text") == #"a"\\x01é</script>"# && value.number("number") == -17)
        #expect(value.list("list") == [.text("x"), .text("y")])
    }

    @Test func `A moment is read as it was written`() throws {
        for text in [
            "2026-11-23T23:51:28.000000001Z", "1970-01-01T00:00:00.000000000Z", "2024-02-29T12:00:00.500000000Z",
            "1969-12-31T23:59:59.999999999Z", "2100-03-01T00:00:00.000000000Z",
        ] {
            #expect(try #require(Timestamp(text)).description == text)
        }
        #expect(
            Timestamp("2026-11-23T23:51:28.5Z")?.microseconds == Timestamp("2026-11-23T23:51:28.500000Z")?.microseconds)
        for text in [
            "", "2026-11-23", "2026-11-23T23:51:28", "2026-13-23T23:51:28Z", "2026-11-23T23:51:28.Z",
            "x2026-11-23T23:51:28Z",
        ] {
            #expect(Timestamp(text) == nil)
        }
    }
}
