import Netlink
import Testing

@testable import Attribution

@Suite struct `A request without a commit` {
    /// What becomes of it once the notifications were read.
    static func verdict(_ bytes: [UInt8], total: Int? = nil, error: Int32 = 0) -> [String] {
        var attribution = Attribution()
        let verdicts = attribution.send(record(1, bytes, total: total), error: error)
        return (verdicts + attribution.hear()).brief
    }

    @Test func `and with an error was refused`() {
        #expect(Self.verdict(batch(10), error: -1) == ["refused 1 -1"])
    }

    @Test func `and without an end was a dry run`() {
        #expect(Self.verdict(batch(10, isEnded: false)) == ["dry-run 1"])
    }

    @Test func `and without an end and with an error was refused`() {
        #expect(Self.verdict(batch(10, isEnded: false), error: -17) == ["refused 1 -17"])
    }

    @Test func `is no dry run where its end was only cut off`() {
        let bytes = batch(10, isEnded: false)
        #expect(Self.verdict(bytes, total: bytes.count + 20) == ["silent 1"])
    }

    @Test func `and without an error was silent`() {
        #expect(Self.verdict(batch(10)) == ["silent 1"])
    }

    @Test func `that committed all the same is the author, whatever it was answered`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10)), error: -105)
        #expect(attribution.commit(commit(7, sequence: 11, at: 1)).brief == ["committed 7 by 1"])
    }

    @Test(arguments: [Int32(0), -1, -17])
    func `to ipset is looked at at once, whatever it was answered`(error: Int32) {
        var attribution = Attribution()
        #expect(attribution.send(record(1, ipset(.add)), error: error).brief == ["ipset 1"])
        #expect(attribution.deadline == nil)
    }

    @Test func `to ipset that only reads is none that changes`() {
        #expect(Self.verdict(ipset(.list)) == ["silent 1"])
    }

    @Test func `that never began has no end`() {
        var attribution = Attribution()
        #expect(attribution.end(id: 9, error: 0).isEmpty)
        attribution.append(id: 9, offset: 0, bytes: [1])
        #expect(attribution.end(id: 9, error: 0).isEmpty)
    }

    @Test func `ends once`() {
        var attribution = Attribution()
        _ = attribution.send(record(1, batch(10)))
        #expect(attribution.end(id: 1, error: -1).isEmpty)
        #expect(attribution.hear().brief == ["silent 1"])
    }
}

@Suite struct `The bytes of a request` {
    /// The request that is put together from a beginning and these pieces.
    static func request(_ whole: [UInt8], first: Int, _ pieces: [(offset: Int, bytes: [UInt8])]) -> SentRequest? {
        var attribution = Attribution()
        attribution.begin(record(1, Array(whole.prefix(first)), total: whole.count))
        for piece in pieces { attribution.append(id: 1, offset: piece.offset, bytes: piece.bytes) }
        _ = attribution.end(id: 1, error: 0)
        guard case .silent(let sent) = attribution.hear().first else { return nil }
        return sent
    }

    static let whole = batch(10, messages: 8)
    static func piece(_ range: Range<Int>) -> (offset: Int, bytes: [UInt8]) { (range.lowerBound, Array(whole[range])) }

    @Test func `are put together in order`() throws {
        let count = Self.whole.count
        let sent = try #require(Self.request(Self.whole, first: 40, [Self.piece(40..<100), Self.piece(100..<count)]))
        #expect(!sent.request.isTruncated && sent.request.hasBatchEnd && sent.request.messages.count == 8)
    }

    @Test func `out of order leave it cut off`() throws {
        let count = Self.whole.count
        let sent = try #require(Self.request(Self.whole, first: 40, [Self.piece(100..<count), Self.piece(40..<100)]))
        #expect(sent.request.isTruncated && !sent.request.hasBatchEnd)
        #expect(sent.request.messages.count < 8)
    }

    @Test func `told twice count once`() throws {
        let count = Self.whole.count
        let sent = try #require(
            Self.request(Self.whole, first: 40, [Self.piece(40..<100), Self.piece(40..<100), Self.piece(100..<count)]))
        #expect(!sent.request.isTruncated && sent.request.messages.count == 8)
    }

    @Test func `are those of the later one where an id comes again`() {
        var attribution = Attribution()
        attribution.begin(record(1, batch(10)))
        attribution.begin(record(1, batch(20)))
        _ = attribution.end(id: 1, error: 0)
        #expect(attribution.commit(commit(7, sequence: 21, at: 1)).brief == ["committed 7 by 1"])
    }
}
