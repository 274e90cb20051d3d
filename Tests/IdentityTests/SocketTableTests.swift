import Identity
import Testing

@Suite struct `A table of sockets` {
    static let head =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

    static func row(_ remote: String, state: String = "01", inode: Int = 77) -> [UInt8] {
        Array(
            (head
                + "   0: 0100007F:0016 \(remote):C350 \(state) 00000000:00000000 00:00000000 00000000     0        0 \(inode) 1 f\n")
                .utf8)
    }

    @Test(arguments: [
        ("0100007F", "127.0.0.1"), ("0A0200C0", "192.0.2.10"),
        ("0000000000000000FFFF00000A0200C0", "192.0.2.10"),
        ("B80D0120000000000000000001000000", "2001:db8::1"),
        ("00000000000000000000000001000000", "::1"), ("00000000000000000000000000000000", "::"),
        ("B80D0120020001000400030006000500", "2001:db8:1:2:3:4:5:6"),
    ])
    func `tells the other end of a connection`(remote: String, expected: String) {
        #expect(SocketTable.peers(Self.row(remote)) == [77: expected])
    }

    @Test(arguments: [
        row("0100007F", state: "0A"), row("0100007F", inode: 0), row("0100"), row("XYZ0007F"), Array(head.utf8), [],
        Array("a\nb c d\n".utf8),
    ])
    func `has nothing of what is none, or is cut`(table: [UInt8]) {
        #expect(SocketTable.peers(table).isEmpty)
    }

    @Test func `may be anything`() {
        var random = SystemRandomNumberGenerator()
        let row = Self.row("0A0200C0")
        for _ in 0..<2000 {
            var table = row
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                table[Int.random(in: 0..<table.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            _ = SocketTable.peers(Array(table.prefix(Int.random(in: 0...table.count, using: &random))))
        }
    }
}
