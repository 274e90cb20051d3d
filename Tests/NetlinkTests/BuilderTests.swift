import Netlink
import Testing

@Suite struct BuilderTests {
    @Test func `a dump request has a header and a family`() {
        let bytes = NetlinkMessageBuilder.dump(.rules, sequence: 5)
        // length 20, type 0x0a07, flags 0x301, sequence 5, port 0; family 0, version 0, res_id 0
        #expect(bytes == hex("14000000 070a 0103 05000000 00000000 00 00 0000"))
    }

    @Test func `a request for elements names table and set`() {
        let bytes = NetlinkMessageBuilder.dumpElements(of: "s", table: "t\\xff", family: .ipv6, sequence: 1)
        #expect(bytes == hex("24000000 0d0a 0103 01000000 00000000 0a000000 07000100 74ff0000 06000200 73000000"))
    }

    @Test func `a request for ipset headers says so`() {
        let bytes = NetlinkMessageBuilder.dumpIPSetHeaders(sequence: 1)
        #expect(bytes == hex("24000000 0706 0103 01000000 00000000 00000000 05000100 07000000 08000640 00000004"))
    }

    @Test func `requests for namespace numbers carry the descriptor`() {
        let bytes = NetlinkMessageBuilder.newNamespaceID(descriptor: 3, sequence: 1)
        #expect(bytes == hex("24000000 5800 0500 01000000 00000000 00000000 08000100 ffffffff 08000300 03000000"))
        let get = NetlinkMessageBuilder.getNamespaceID(descriptor: 3, sequence: 1)
        #expect(get == hex("1c000000 5a00 0100 01000000 00000000 00000000 08000300 03000000"))
    }

    @Test func `what is built is read again`() {
        var builder = NetlinkMessageBuilder()
        for sequence: UInt32 in 1...3 {
            builder.netfilterMessage(subsystem: 10, message: 16, flags: .request, sequence: sequence) {
                $0.nested(9) { $0.attribute(1, bytes: [1, 2, 3]) }
            }
        }
        var seen: [UInt32] = []
        let isWhole = forEachMessage(in: builder.bytes.span.bytes) { header, payload in
            seen.append(header.sequence)
            #expect(header.subsystem == 10 && header.message == 16)
            forEachAttribute(in: payload.extracting(droppingFirst: 4)) { type, value in
                #expect(type == 9)
                forEachAttribute(in: value) { type, value in #expect(type == 1 && value.byteCount == 3) }
            }
        }
        #expect(isWhole && seen == [1, 2, 3])
    }

    @Test func `an attribute too long for its length field is cut`() {
        var builder = NetlinkMessageBuilder()
        builder.attribute(1, bytes: [UInt8](repeating: 7, count: 70_000))
        #expect(builder.bytes.count == 65_536)
    }
}
