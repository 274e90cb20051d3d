import Crypto
import JSON
import Testing

@testable import Report

@Suite struct `The page` {
    private let hostile =
        "</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>\u{2028}\u{202e}&amp;{{script}}"

    @Test func `holds what it was given, and nothing that ends its element`() throws {
        let bytes = PageJSON.bytes(.members(["a": .text(hostile), hostile: .number(-1.5)]))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("<") && !text.contains(">") && !text.contains("&") && !text.contains("\u{2028}"))
        let back = try #require(JSONValue(bytes))
        #expect(back.text("a") == hostile)
        guard case .object(let members) = back else { return }
        #expect(members[hostile] == .number(-1.5))
    }

    @Test func `asks for nothing, and allows its own script and style only`() throws {
        let page = String(decoding: Page.bytes(data: PageJSON.bytes(.texts([hostile]))), as: UTF8.self)
        for part in [
            "{{policy}}", "{{style}}", "{{data}}", "src=\"", "@import", "url(http", "//cdn", "innerHTML", "eval(",
        ] {
            #expect(!page.contains(part), "\(part)")
        }
        for (begin, end, policy) in [("<script>", "</script>", "script-src"), ("<style>", "</style>", "style-src")] {
            let from = try #require(page.firstRange(of: begin)).upperBound
            let to = try #require(page[from...].firstRange(of: end)).lowerBound
            let hash = Base64.text(SHA256.hash(data: Array(page[from..<to].utf8)).map { $0 })
            #expect(page.contains("\(policy) 'sha256-\(hash)'"))
        }
        #expect(page.split(separator: "<script").count == 3)
    }

    @Test func `spells bytes as RFC 4648 does`() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            #expect(Base64.text(Array(bytes.utf8)) == text)
        }
    }
}
