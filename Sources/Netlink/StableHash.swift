/// FNV-1a over 64 bits: the same on every machine and in every run, so a hash may be written down and compared later.
/// It is no protection against a made collision.
public struct StableHash: Sendable {
    /// The hash of what was taken in so far.
    public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// The hash of nothing.
    public init() {}

    /// Takes in one byte.
    public mutating func combine(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    /// Takes in the length and the bytes, so that two pieces are not the same as one.
    public mutating func combine(_ bytes: RawSpan) {
        let bytes = Span<UInt8>(_bytes: bytes)
        var count = bytes.count
        while count > 0 {
            combine(UInt8(truncatingIfNeeded: count))
            count >>= 8
        }
        combine(UInt8(0))
        for index in bytes.indices { combine(bytes[index]) }
    }
}

extension StableHash {
    /// Takes in a number.
    public mutating func combine(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { combine(UInt8(truncatingIfNeeded: number >> UInt64(shift))) }
    }

    /// Takes in the text, by its UTF-8.
    public mutating func combine(_ text: String) {
        for byte in text.utf8 { combine(byte) }
        combine(UInt8(0))
    }
}
