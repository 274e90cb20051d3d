import Testing

@testable import NetlinkIO

@Suite struct `The list of netlink sockets` {
    static let text = """
        sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
        000000008c6a156b 0   0          00000000 0        0        0     2        0        1681551
        00000000569e9684 0   4711       00000000 0        0        0     2        0        100
        000000007b30d980 12  4711       00000040 0        0        0     2        0        200
        00000000925cbe1d 12  4294963199 00000000 0        0        0     2        0        300
        00000000925cbe1e 12  -4098      00000000 0        0        0     2        0        400
        cut short 12 5
        """

    @Test func `has the inode of a port of nfnetlink, and of no other protocol`() {
        #expect(NetlinkPorts.inode(ofPort: 4711, in: Self.text) == 200)
        #expect(NetlinkPorts.inode(ofPort: 4712, in: Self.text) == nil)
    }

    @Test func `prints ports above 2^31 with or without a sign`() {
        #expect(NetlinkPorts.inode(ofPort: 0xffff_efff, in: Self.text) == 300)
        #expect(NetlinkPorts.inode(ofPort: UInt32(bitPattern: -4098), in: Self.text) == 400)
    }

    @Test func `has this process's own`() throws {
        let socket = try NetlinkSocket(.netfilter)
        #expect(try NetlinkPorts.inode(ofPort: socket.port, namespace: nil) != nil)
    }
}
