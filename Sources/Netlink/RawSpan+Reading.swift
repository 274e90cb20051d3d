// Loads from bytes that come from outside. Every one is checked: short input gives nil, never a trap.

extension RawSpan {
    /// The integer at `offset` in the byte order of the machine, or nil if it does not lie within the bytes.
    package func load<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value? {
        guard offset >= 0, offset <= byteCount, byteCount - offset >= MemoryLayout<Value>.size else { return nil }
        // SAFETY: the range was checked above, and every bit pattern is a valid integer.
        return unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self)
    }

    /// The integer at the front of the bytes in network byte order, in which nfnetlink writes its attributes.
    func bigEndian<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> Value? {
        load(0, as: Value.self).map(Value.init(bigEndian:))
    }

    /// A copy that may outlive the datagram.
    package func copy() -> [UInt8] {
        let bytes = Span<UInt8>(_bytes: self)
        var copy: [UInt8] = []
        copy.reserveCapacity(bytes.count)
        for index in bytes.indices { copy.append(bytes[index]) }
        return copy
    }
}

/// Rounds a length up to the four bytes netlink aligns messages and attributes to (`NLMSG_ALIGN`, `NLA_ALIGN`).
func netlinkAligned(_ length: Int) -> Int {
    (length &+ 3) & ~3
}
