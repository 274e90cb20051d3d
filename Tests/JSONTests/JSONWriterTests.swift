import JSON
import Testing

@Suite struct `A JSON writer` {
    @Test func `keeps the order of the calls and ends with a newline`() {
        let text = json {
            $0.field("b", 1)
            $0.field("a", true)
            $0.field("c", "x")
        }
        #expect(text == "{\"b\":1,\"a\":true,\"c\":\"x\"}\n")
    }

    @Test func `never writes null`() {
        let text = json {
            $0.field("a", String?.none)
            $0.field("b", Int?.none)
            $0.field("c", Bool?.none)
            $0.field("d", Timestamp?.none)
            $0.field("e", bytes: [UInt8]?.none)
            $0.field("f", id: UInt64?.none)
            $0.field("g", Double.nan)
            $0.field("h", Double.infinity)
        }
        #expect(text == "{}\n")
    }

    @Test func `takes back objects and arrays that stay empty, however deep`() {
        let text = json {
            $0.object("a") { $0.object("b") { $0.array("c") { $0.element { _ in } } } }
            $0.field("d", list: [String]())
            $0.field("e", 1)
            $0.object("f") { _ in }
            $0.field("g", 2)
        }
        #expect(text == "{\"e\":1,\"g\":2}\n")
    }

    @Test func `nests objects in arrays in objects`() {
        let text = json {
            $0.array("operations") {
                $0.element { $0.field("op", "add-rule") }
                $0.element { _ in }
                $0.element {
                    $0.field("op", "policy")
                    $0.field("args", list: [Array("x".utf8), Array("y".utf8)])
                }
            }
            $0.array("n") {
                $0.element(1)
                $0.element(2)
            }
        }
        #expect(text == #"{"operations":[{"op":"add-rule"},{"op":"policy","args":["x","y"]}],"n":[1,2]}"# + "\n")
    }

    @Test func `writes integers above 2^53 as strings, and ids always`() {
        let text = json {
            $0.field("a", 1 << 53)
            $0.field("b", (1 << 53) + 1)
            $0.field("c", UInt64.max)
            $0.field("d", Int64.min)
            $0.field("e", -(1 << 53))
            $0.field("f", Int8.min)
            $0.field("g", id: UInt32(0))
            $0.field("h", UInt128.max)
        }
        let expected =
            #"{"a":9007199254740992,"b":"9007199254740993","c":"18446744073709551615","#
            + #""d":"-9223372036854775808","e":-9007199254740992,"f":-128,"g":"0","#
            + #""h":"340282366920938463463374607431768211455"}"#
        #expect(text == expected + "\n")
    }

    @Test func `writes so many hexadecimal digits`() {
        let text = json {
            $0.field("a", hexadecimal: 0xAB)
            $0.field("b", hexadecimal: .max)
            $0.field("c", hexadecimal: 0xF_1234, digits: 4)
        }
        #expect(text == #"{"a":"00000000000000ab","b":"ffffffffffffffff","c":"1234"}"# + "\n")
    }

    @Test func `writes members again as they were, with what stood before them or without`() {
        var writer = JSONWriter()
        var written: (members: [UInt8], escaped: Bool) = ([], false)
        writer.line { line in
            line.field("a", 1)
            written = line.recording { $0.field("b", bytes: [0xFF]) }
        }
        let again = json {
            $0.members(written: written.members.span, escaped: written.escaped)
            $0.members(written: written.members.span)
        }
        #expect(written.escaped && writer.escaped && again == #"{"b":"\\xff","b":"\\xff"}"# + "\n")
        writer.line { line in
            line.field("a", bytes: [0])
            written = line.recording { $0.object("b") { _ in } }
        }
        #expect(written.members.isEmpty && !written.escaped && writer.escaped)
    }

    @Test func `writes names that are made while it runs like those that are not`() {
        let text = json {
            $0.object(named: "a\"") {
                $0.field(named: "b", 1)
                $0.field(named: "c", true)
                $0.field(named: "d", String?.none)
                $0.field(named: "e", list: ["x"])
                $0.field(named: "f", list: [])
            }
            $0.object(named: "g") { _ in }
        }
        #expect(text == #"{"a\"":{"b":1,"c":true,"e":["x"]}}"# + "\n")
    }

    @Test func `writes finite doubles in their shortest form`() {
        let text = json {
            $0.field("a", 73.5)
            $0.field("b", 0.1)
        }
        #expect(text == "{\"a\":73.5,\"b\":0.1}\n")
    }

    @Test func `rolls back to a mark, comma and escape flag included`() {
        var writer = JSONWriter()
        writer.line { line in
            line.field("a", 1)
            let mark = line.mark()
            line.field("b", bytes: [0xFF])
            #expect(line.escaped)
            line.rollBack(to: mark)
            #expect(!line.escaped)
            line.field("c", 2)
        }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "{\"a\":1,\"c\":2}\n")
    }

    @Test func `starts every line anew and tells whether this one was escaped`() {
        var writer = JSONWriter()
        writer.line { $0.field("a", bytes: [0]) }
        #expect(writer.escaped)
        writer.line { $0.field("a", "plain") }
        #expect(!writer.escaped)
        #expect(writer.count == "{\"a\":\"plain\"}\n".utf8.count)
    }
}
