extension RawSpan {
    /// Copies a C structure out of the bytes, or returns nil if they are too few for it.
    ///
    /// `Value` must be a structure shared with the kernel half: those hold integers only, so that
    /// whatever the bytes are, they are a valid value.
    @inlinable
    package func decode<Value: BitwiseCopyable>(_ type: Value.Type, at offset: Int = 0) -> Value? {
        guard offset >= 0, byteCount - offset >= MemoryLayout<Value>.size else { return nil }
        return unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    }

    /// Copies `count` bytes from `offset` on, or returns nil if they are not all there.
    package func copy(from offset: Int, count: Int) -> [UInt8]? {
        guard offset >= 0, count >= 0, byteCount - offset >= count else { return nil }
        return extracting(offset..<offset + count).withUnsafeBytes { Array($0) }
    }
}
