import Testing

@testable import Configuration

@Suite struct `The outline of a TOML text` {
    /// The text from a path's key on, and from its value on, up to the end of the line.
    private func places(_ text: String, _ path: Outline.Step...) -> [String] {
        let bytes = Array(text.utf8)
        guard let place = Outline(of: bytes).places[path] else { return [] }
        return [place.key, place.value].map { offset in
            String(decoding: bytes[offset...].prefix { $0 != 0x0A }, as: UTF8.self)
        }
    }

    @Test func `finds keys in tables, dotted keys, inline tables and arrays`() {
        let text = """
            top = 1
            [a."b c"]
            d.e = "x # y" # z
            f = { g = [ 1, { h = 2 } ], i = '' }
            """
        #expect(places(text, .key("top")) == ["top = 1", "1"])
        #expect(places(text, .key("a")).first == "a.\"b c\"]")
        #expect(places(text, .key("a"), .key("b c")).first == "\"b c\"]")
        let table: [Outline.Step] = [.key("a"), .key("b c")]
        #expect(places(text, table[0], table[1], .key("d"), .key("e")) == ["e = \"x # y\" # z", "\"x # y\" # z"])
        #expect(
            places(text, table[0], table[1], .key("f"), .key("g"), .index(1), .key("h")) == [
                "h = 2 } ], i = '' }", "2 } ], i = '' }",
            ])
        #expect(places(text, table[0], table[1], .key("f"), .key("i")) == ["i = '' }", "'' }"])
        #expect(Outline(of: Array(text.utf8)).stop == nil)
    }

    @Test func `counts the elements of arrays of tables`() {
        let text = "[[r]]\nx = 1\n[[r]]\nx = 2\n[r.s]\ny = 3\n[[r.t]]\nz = 4\n"
        #expect(places(text, .key("r"), .index(0), .key("x")) == ["x = 1", "1"])
        #expect(places(text, .key("r"), .index(1), .key("x")) == ["x = 2", "2"])
        #expect(places(text, .key("r"), .index(1), .key("s"), .key("y")) == ["y = 3", "3"])
        #expect(places(text, .key("r"), .index(1), .key("t"), .index(0), .key("z")) == ["z = 4", "4"])
    }

    @Test(arguments: [
        "s = \"\"\"a \"quoted\" \\\"\"\" b = 1\n[x]\n\"\"\"\"\"\nb = 2",
        "s = '''[x]\nb = 1\n'''\nb = 2",
        "s = \"b = 1 \\\\\"\nb = 2",
        "s = [ # b = 1\n ']',\n \"[\" ]\nb = 2",
        "\u{FEFF}b = 2",
        "s = -1_0.5e+3\r\nb = 2",
        "# b = 1\n\n  b = 2",
    ])
    func `is not fooled by strings and comments`(text: String) {
        #expect(places(text, .key("b")) == ["b = 2", "2"])
    }

    @Test func `resolves the escapes of quoted keys`() {
        #expect(places(#""a\tb\u00e9\U0001F525\"" = 1"#, .key("a\tbé🔥\"")).last == "1")
    }
}
