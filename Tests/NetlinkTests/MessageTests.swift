import Netlink
import Testing

@Suite struct MessageTests {
    @Test func `a generation is read with its author`() {
        // nfgenmsg; GEN_ID 7; GEN_PROC_PID 4711; GEN_PROC_NAME "nft"
        let payload = hex("00000007 0800010000000007 0800020000001267 080003006e667400")
        let expected = NFTGeneration(id: 7, processID: 4711, processName: "nft")
        #expect(NFTMessage(type: 15, payload: payload.span.bytes) == .newGeneration(expected))
    }

    @Test func `a table is read with its flags, owner and handle`() {
        // nfgenmsg ip; NAME "fw"; FLAGS dormant|owner|persist; USE 2; HANDLE 9; OWNER 100
        let payload = hex(
            "02000000 0700010066770000 0800020000000007 0800030000000002 0c0004000000000000000009 0800070000000064")
        var table = NFTTable(family: .ipv4, name: "fw")
        table.flags = [.dormant, .owner, .persist]
        table.use = 2
        table.handle = 9
        table.owner = 100
        #expect(NFTMessage(type: 0, payload: payload.span.bytes) == .newTable(table))
    }

    @Test func `an attribute that comes twice counts as it does in the kernel, the last time`() {
        let payload = hex("02000000 0600010061000000 0600010062000000")
        #expect(NFTMessage(type: 0, payload: payload.span.bytes) == .newTable(NFTTable(family: .ipv4, name: "b")))
    }

    @Test func `attributes before a malformed one count`() {
        let payload = hex("02000000 0600010061000000 0300010062000000")
        #expect(NFTMessage(type: 0, payload: payload.span.bytes) == .newTable(NFTTable(family: .ipv4, name: "a")))
    }

    @Test func `a payload without nfgenmsg is no message`() {
        let payload: [UInt8] = [2, 0, 0]
        #expect(NFTMessage(type: 0, payload: payload.span.bytes) == nil)
    }

    @Test func `an integer of the wrong size is absent`() {
        let payload = hex("02000000 0600020000010000 0500040001000000")
        #expect(NFTMessage(type: 0, payload: payload.span.bytes) == .newTable(NFTTable(family: .ipv4)))
    }

    @Test(arguments: [
        ("plain", "plain"), ("with space", "with space"), ("grüße", "grüße"), ("", ""),
        ("back\\slash", "back\\x5cslash"),
    ])
    func `names come as they are, but for the backslash`(bytes: String, name: String) {
        #expect(tableName(Array(bytes.utf8) + [0]) == name)
        #expect(tableName(Array(bytes.utf8)) == name)
    }

    @Test func `names of different bytes are different strings`() {
        #expect(tableName([0x61, 0xff, 0x62, 0]) == "a\\xffb")
        // é in one scalar, and e with a combining accent: equal to Swift, but two tables.
        let composed = tableName([0xc3, 0xa9, 0])
        let decomposed = tableName([0x65, 0xcc, 0x81, 0])
        #expect(composed == "é")
        #expect(decomposed == "e\\xcc\\x81")
        #expect(composed != decomposed)
        #expect(tableName(Array("a\\xff".utf8)) != tableName([0x61, 0xff]))
        #expect(tableName([0x61, 0, 0x62]) == "a")
    }

    private func tableName(_ bytes: [UInt8]) -> String? {
        var builder = NetlinkMessageBuilder()
        builder.netfilterMessage(subsystem: 10, message: 0, flags: [], sequence: 0) { $0.attribute(1, bytes: bytes) }
        let payload = Array(builder.bytes.dropFirst(16))
        guard case .newTable(let table)? = NFTMessage(type: 0, payload: payload.span.bytes) else { return nil }
        return table.name
    }

    @Test func `families have nft's names`() {
        let families: [NFTFamily] = [.unspecified, .inet, .ipv4, .arp, .netdev, .bridge, .ipv6]
        #expect(families.map(\.name) == ["unspec", "inet", "ip", "arp", "netdev", "bridge", "ip6"])
        #expect(NFTFamily(rawValue: 99).name == "family-99")
    }

    @Test func `xtables matches and targets within nftables keep their data`() {
        var builder = NetlinkMessageBuilder()
        builder.netfilterMessage(subsystem: 10, message: 6, flags: .request, sequence: 1, family: .ipv4) { builder in
            builder.attribute(1, name: "filter")
            builder.attribute(2, name: "INPUT")
            builder.nested(4) { builder in
                for name in ["match", "target"] {
                    builder.nested(1) { builder in
                        builder.nested(2) { builder in  // the data before the name
                            builder.attribute(1, name: "comment")
                            builder.attribute(2, bigEndian: UInt32(3))
                            builder.attribute(3, bytes: [1, 2, 3])
                        }
                        builder.attribute(1, name: name)
                    }
                }
                builder.nested(1) { $0.attribute(1, name: "log") }
            }
        }
        let payload = Array(builder.bytes.dropFirst(16))
        let message = NFTMessage(type: 6, payload: payload.span.bytes, keepingExpressionBytes: true)
        guard case .newRule(let rule)? = message else { return }
        #expect(
            rule.expressions == [
                .match(name: "comment", revision: 3, info: [1, 2, 3]),
                .target(name: "comment", revision: 3, info: [1, 2, 3]),
                .log,
            ])
        #expect(rule.expressionBytes?.count == payload.count - 4 - 12 - 12 - 4)
    }

    @Test func `the kernel's answers are read`() {
        // error -1 (EPERM), then the header of the request: 20 bytes, type 0x0a00, flags 5, sequence 3, port 9
        let payload = hex("ffffffff 14000000 000a 0500 03000000 09000000 02000000")
        let error = NetlinkError(payload.span.bytes, flags: [])
        #expect(error?.errno == 1)
        #expect(error?.request?.sequence == 3 && error?.request?.port == 9 && error?.request?.type == 0x0a00)
        // The same with the kernel's words: NLM_F_ACK_TLVS, NLMSGERR_ATTR_MSG.
        let words = payload + hex("08000100 6e6f7400")
        #expect(NetlinkError(words.span.bytes, flags: NetlinkFlags(rawValue: 0x200))?.message == "not")
        let done = hex("fcffffff")
        #expect(NetlinkError.dumpResult(done.span.bytes) == 4)
        let nothing: [UInt8] = []
        #expect(NetlinkError.dumpResult(nothing.span.bytes) == 0)
        let lowest = hex("00000080")
        #expect(NetlinkError(lowest.span.bytes, flags: [])?.errno == .max)
    }

    @Test func `an ipset header is read, and a part of its members is none`() {
        var builder = NetlinkMessageBuilder()
        builder.netfilterMessage(subsystem: 6, message: 7, flags: .multi, sequence: 1, family: .ipv4) { builder in
            builder.attribute(2, name: "a")
            builder.attribute(3, name: "hash:ip")
            builder.attribute(4, bytes: [6])
            builder.attribute(5, bytes: [2])
            builder.nested(7) { builder in
                builder.attribute(24, bigEndian: UInt32(5))
                builder.attribute(25, bigEndian: UInt32(1))
            }
        }
        let payload = Array(builder.bytes.dropFirst(16))
        let expected = IPSetHeader(
            name: "a", typeName: "hash:ip", family: .ipv4, revision: 6, elements: 5, references: 1)
        #expect(IPSetHeader(payload: payload.span.bytes) == expected)
        let part = Array(payload.prefix(12))
        #expect(IPSetHeader(payload: part.span.bytes) == nil)
    }

    @Test func `the number of a namespace is read`() {
        var builder = NetlinkMessageBuilder()
        builder.message(type: 89, flags: [], sequence: 0) { builder in
            builder.attribute(0, bytes: [])  // stands for rtgenmsg, four bytes
            builder.attribute(1, host: Int32(4))
        }
        var seen: [NamespaceID] = []
        forEachMessage(in: builder.bytes.span.bytes) { header, payload in
            if let id = NamespaceID(header, payload: payload) { seen.append(id) }
        }
        #expect(seen == [NamespaceID(isDeleted: true, nsid: 4)])
    }
}
