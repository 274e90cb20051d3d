/// Writes netlink messages one after the other.
public struct NetlinkMessageBuilder: Sendable {
    /// The messages so far, each aligned to four bytes.
    public private(set) var bytes: [UInt8] = []

    /// Begins with nothing.
    public init() {}

    /// Appends a message. Its length is put in after `payload` has appended what it holds.
    public mutating func message(
        type: UInt16, flags: NetlinkFlags, sequence: UInt32, payload: (inout NetlinkMessageBuilder) -> Void
    ) {
        let start = bytes.count
        append(UInt32(0))
        append(type)
        append(flags.rawValue)
        append(sequence)
        append(UInt32(0))  // nlmsg_pid: the kernel puts in the socket's own
        payload(&self)
        put(UInt32(truncatingIfNeeded: bytes.count &- start), at: start)
        align()
    }

    /// Appends a message of nfnetlink, which begins with `struct nfgenmsg`; `resourceID` is in host order.
    public mutating func netfilterMessage(
        subsystem: UInt8, message: UInt8, flags: NetlinkFlags, sequence: UInt32, family: NFTFamily = .unspecified,
        resourceID: UInt16 = 0, payload: (inout NetlinkMessageBuilder) -> Void = { _ in }
    ) {
        let type = UInt16(subsystem) << 8 | UInt16(message)
        self.message(type: type, flags: flags, sequence: sequence) { builder in
            builder.append(family.rawValue)
            builder.append(UInt8(0))  // NFNETLINK_V0
            builder.append(resourceID.bigEndian)
            payload(&builder)
        }
    }

    /// Appends an attribute with raw bytes. Bytes over the 65531 an attribute can hold are left out.
    public mutating func attribute(_ type: UInt16, bytes value: some Collection<UInt8>) {
        let value = value.prefix(Int(UInt16.max) - NetlinkAttribute.headerByteCount)
        append(UInt16(truncatingIfNeeded: value.count &+ NetlinkAttribute.headerByteCount))
        append(type)
        bytes += value
        align()
    }

    /// Appends an attribute with a NUL-terminated string, `\xHH` written by `name()` turned back into the byte.
    public mutating func attribute(_ type: UInt16, name: String) {
        attribute(type, bytes: nameBytes(name) + [0])
    }

    /// Appends an attribute with an integer in the byte order of the machine.
    public mutating func attribute(_ type: UInt16, host value: some FixedWidthInteger) {
        attribute(type, bytes: memoryBytes(value))
    }

    /// Appends an attribute with an integer in network byte order.
    public mutating func attribute<Value: FixedWidthInteger>(_ type: UInt16, bigEndian value: Value) {
        attribute(type, bytes: memoryBytes(value.bigEndian))
    }

    /// Appends an attribute that holds those `payload` appends.
    public mutating func nested(_ type: UInt16, payload: (inout NetlinkMessageBuilder) -> Void) {
        let start = bytes.count
        append(UInt16(0))
        append(type | NetlinkAttribute.nested)
        payload(&self)
        put(UInt16(truncatingIfNeeded: bytes.count &- start), at: start)
        align()
    }

    /// Appends `struct rtgenmsg`: a family, padded.
    mutating func family(_ family: UInt8) {
        append(family)
        align()
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        bytes += memoryBytes(value)
    }

    private mutating func put(_ value: some FixedWidthInteger, at offset: Int) {
        for (index, byte) in memoryBytes(value).enumerated() where bytes.indices.contains(offset &+ index) {
            bytes[offset &+ index] = byte
        }
    }

    private mutating func align() {
        while bytes.count % 4 != 0 { bytes.append(0) }
    }
}

/// The bytes of an integer as they lie in memory.
private func memoryBytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    let little = value.littleEndian
    return (0..<(Value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: little >> ($0 * 8)) }
}

/// The inverse of `RawSpan.name()`.
private func nameBytes(_ name: String) -> [UInt8] {
    let text = Array(name.utf8)
    var bytes: [UInt8] = []
    var index = 0
    while index < text.count {
        if text[index] == UInt8(ascii: "\\"), index &+ 3 < text.count, text[index &+ 1] == UInt8(ascii: "x"),
            let byte = UInt8(String(decoding: text[(index &+ 2)...(index &+ 3)], as: UTF8.self), radix: 16)
        {
            bytes.append(byte)
            index &+= 4
        } else {
            bytes.append(text[index])
            index &+= 1
        }
    }
    return bytes
}
