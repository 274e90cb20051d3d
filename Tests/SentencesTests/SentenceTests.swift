import Sentences
import Testing

@Suite struct `A sentence` {
    static func line(_ action: String, _ members: String) -> [UInt8] {
        Array(
            "{\"@timestamp\":\"2026-11-27T22:09:05.825490937Z\",\"event\":{\"action\":\"\(action)\",\"module\":\"wallwatch\"},\(members)}"
                .utf8)
    }

    static let nft =
        "\"process\":{\"pid\":812,\"name\":\"nft\",\"user\":{\"id\":\"0\",\"name\":\"root\"},\"parent\":{\"name\":\"bash\"},\"entry_leader\":{\"entry_meta\":{\"type\":\"sshd\",\"source\":{\"ip\":\"192.0.2.7\"}}}}"

    static func change(_ operations: String, _ delta: Int, more: String = "") -> [UInt8] {
        line(
            "firewall-changed",
            "\(nft),\"wallwatch\":{\"login\":{\"name\":\"alice\"},\(more)\"change\":{\"netns\":{\"id\":\"7\",\"is_host\":true},\"operations\":[\(operations)],\"operations_count\":4,\"effective_rules\":{\"before\":50,\"after\":\(50 + delta),\"delta\":\(delta)}}}"
        )
    }

    @Test func `says who did what, and how much is left`() throws {
        let rule =
            "{\"op\":\"delete-rule\",\"family\":\"inet\",\"table\":\"filter\",\"chain\":\"input\",\"count\":42}"
        let told = try #require(EventSentence(Self.change(rule, -47)))
        #expect(told.time == "22:09:05" && told.tone == .loss)
        #expect(
            told.text
                == "nft (pid 812, root, logged in as alice, by sshd from 192.0.2.7, below bash) deleted 42 rules of inet filter input and 3 more: 3 effective left (-47)"
        )
        let covered = try #require(
            EventSentence(Self.change(rule, 2, more: "\"covered_by\":{\"name\":\"deploy\"},")))
        #expect(covered.tone == .gain && covered.text.hasSuffix("52 effective left (+2) [covered by deploy]"))
    }

    @Test func `of an alert is an alarm, until it is resolved`() throws {
        func alert(_ state: String) -> [UInt8] {
            Self.line(
                "firewall-alert",
                "\(Self.nft),\"rule\":{\"id\":\"WW002\",\"name\":\"Firewall emptied\"},\"wallwatch\":{\"alert\":{\"state\":\"\(state)\",\"score\":90,\"effective_rules\":{\"before\":9,\"after\":0},\"blocking_rules\":{\"before\":5,\"after\":0}}}"
            )
        }
        let open = try #require(EventSentence(alert("open")))
        #expect(
            open.tone == .alarm && open.text.hasPrefix("ALERT 90 WW002 Firewall emptied by nft (pid 812, root")
                && open.text.hasSuffix(": effective 9 to 0, blocking 5 to 0"))
        #expect(try #require(EventSentence(alert("resolved"))).tone == .gain)
    }

    @Test func `commands no terminal`() throws {
        let told = try #require(
            EventSentence(
                Self.line(
                    "collector-tampered", "\"x\":1,\"a\":2".replacing("\"a\":2", with: "\"b\":[]"))))
        #expect(told.text == "collector-tampered" && told.tone == .alarm)
        let hostile = try #require(
            EventSentence(
                Self.line(
                    "firewall-changed",
                    "\"process\":{\"name\":\"\\u001b[2J\\u202ex\\u009b\"},\"wallwatch\":{\"change\":{\"netns\":{\"id\":\"7\\n\"}}}"
                )))
        #expect(!hostile.text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x9b || $0.value == 0x202e })
    }

    @Test(arguments: [
        "", "{}", "null", "[1]", "x", "{\"@timestamp\":\"T1\",\"event\":{\"action\":\"x\",\"module\":\"other\"}}",
    ])
    func `is none of what is no event`(text: String) { #expect(EventSentence(Array(text.utf8)) == nil) }
}
