/// The CRC-32 of zlib, Ethernet and gzip.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xedb8_8320 }
    }

    /// Of bytes that stand one after the other.
    static func sum(_ parts: ArraySlice<UInt8>...) -> UInt32 {
        var value: UInt32 = .max
        for part in parts {
            for byte in part { value = value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
        }
        return ~value
    }
}
