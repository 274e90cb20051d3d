import Glibc
import SystemPackage
import Testing

@testable import Output

@Suite struct `The metrics` {
    @Test func `are spelled as Prometheus reads them`() {
        var figures = Exposition()
        figures.add("a_total", .counter, "Lines\nand \\ backslashes.", 3)
        figures.add(
            "b", .gauge, "Odd names.",
            [
                Exposition.Sample(0.25, [("chain", "a \"b\" \\ c\nd"), ("family", "inet")]),
                Exposition.Sample(1_800_000_000.125), Exposition.Sample(.infinity), Exposition.Sample(.nan),
            ])
        figures.add("c", .gauge, "Nothing.", [])
        #expect(
            String(decoding: figures.bytes, as: UTF8.self) == #"""
                # HELP a_total Lines\nand \\ backslashes.
                # TYPE a_total counter
                a_total 3
                # HELP b Odd names.
                # TYPE b gauge
                b{chain="a \"b\" \\ c\nd",family="inet"} 0.25
                b 1800000000.125
                b +Inf
                b NaN

                """#)
    }

    @Test func `stand in a file that all may read, and that is never half`() throws {
        let scratch = try Scratch()
        umask(0o077)
        let metrics = try MetricsFile(scratch.file("prom"))
        let texts = (0..<200).map { [UInt8](repeating: UInt8(ascii: "a") + UInt8($0 % 26), count: 50_000) }
        for text in texts {
            metrics.publish(text)
            guard let found = try? scratch.contents("prom") else { continue }
            #expect(found.utf8.count == 50_000 && Set(found.utf8).count == 1)
        }
        metrics.close(within: .seconds(5))
        #expect(Array(try scratch.contents("prom").utf8).isSame(as: texts[199]))
        #expect(metrics.failure == nil)
        #expect(!scratch.exists("prom.new"))
        #expect(try Stat(scratch.file("prom")).permissions == [.ownerReadWrite, .groupRead, .otherRead])
    }

    @Test func `follow no link that somebody left, and say why they cannot be written`() throws {
        let scratch = try Scratch()
        try scratch.write("old", "kept")
        symlink(scratch.file("old").string, scratch.file("prom.new").string)
        let metrics = try MetricsFile(scratch.file("prom"))
        metrics.publish(Array("new".utf8))
        metrics.close(within: .seconds(5))
        #expect(try scratch.contents("prom") == "new" && scratch.contents("old") == "kept")
        let failing = try MetricsFile(scratch.file("prom").appending("below"))
        failing.publish([0x61])
        failing.close(within: .seconds(5))
        #expect(failing.failure == .notDirectory)
    }
}
