import Netlink
import TestSupport
import Testing

/// Whatever the bytes are, decoding ends and does not trap.
@Suite struct RobustnessTests {
    static let rounds = 20_000

    /// Everything this module reads from bytes.
    static func decodeAll(_ bytes: [UInt8]) {
        let span = bytes.span.bytes
        _ = NFNetlinkRequest.decode(span)
        _ = NFNetlinkRequest.decode(span, truncated: true, keepingExpressionBytes: true)
        forEachMessage(in: span) { header, payload in
            _ = NFTMessage(type: header.message, payload: payload, keepingExpressionBytes: true)
            _ = IPSetRequest(command: header.message, payload: payload)
            _ = IPSetHeader(payload: payload)
            _ = NetlinkError(payload, flags: header.flags)
            _ = NetlinkError.dumpResult(payload)
            _ = NamespaceID(header, payload: payload)
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `mutated requests are survived`(seed: UInt64) {
        print("seed", seed)
        var random = SplitMix(seed: seed)
        for _ in 0..<(RobustnessTests.rounds / 4) {
            guard let original = Captured.all.randomElement(using: &random) else { return }
            RobustnessTests.decodeAll(original.mutated(with: &random))
        }
    }

    @Test(arguments: [UInt64(11), 12])
    func `random bytes are survived`(seed: UInt64) {
        print("seed", seed)
        var random = SplitMix(seed: seed)
        for _ in 0..<(RobustnessTests.rounds / 2) {
            let count = Int.random(in: 0...200, using: &random)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            // Half of them begin as a message of nftables, or nothing would get past the first length.
            if count >= 20, Bool.random(using: &random) {
                bytes.replaceSubrange(0..<4, with: [UInt8(count), 0, 0, 0])
                bytes[4] = UInt8.random(in: 0...35, using: &random)
                bytes[5] = Bool.random(using: &random) ? 10 : 6
            }
            RobustnessTests.decodeAll(bytes)
        }
    }

    @Test func `deep nesting is survived`() {
        var builder = NetlinkMessageBuilder()
        func nest(_ builder: inout NetlinkMessageBuilder, _ depth: Int) {
            if depth > 0 { builder.nested(UInt16(depth % 12)) { nest(&$0, depth - 1) } }
        }
        builder.netfilterMessage(subsystem: 10, message: 6, flags: .request, sequence: 1) { nest(&$0, 2000) }
        RobustnessTests.decodeAll(builder.bytes)
    }
}
