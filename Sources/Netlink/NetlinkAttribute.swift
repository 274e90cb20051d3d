/// Hands over each attribute (`struct nlattr`: length, type, payload, padding to four bytes) of a message.
///
/// The type comes without its two flag bits (`NLA_TYPE_MASK`). Walks as the kernel's `nla_parse` does: what stands
/// before a malformed attribute counts, what follows does not. A type that comes twice is handed over twice and the
/// kernel takes the last, so assign. Returns whether everything was walked.
@discardableResult
public func forEachAttribute(in bytes: RawSpan, _ body: (_ type: UInt16, _ payload: RawSpan) -> Void) -> Bool {
    var offset = 0
    while offset < bytes.byteCount {
        let rest = bytes.extracting(droppingFirst: offset)
        guard let length = rest.load(0, as: UInt16.self).map(Int.init), let type = rest.load(2, as: UInt16.self),
            length >= NetlinkAttribute.headerByteCount, length <= rest.byteCount
        else { return false }
        body(type & NetlinkAttribute.typeMask, rest.extracting(NetlinkAttribute.headerByteCount..<length))
        offset &+= netlinkAligned(length)
    }
    return true
}

/// Constants of `struct nlattr`.
enum NetlinkAttribute {
    static let headerByteCount = 4
    /// `NLA_F_NESTED`
    static let nested: UInt16 = 0x8000
    /// `NLA_F_NET_BYTEORDER`
    static let networkByteOrder: UInt16 = 0x4000
    /// `NLA_TYPE_MASK`
    static let typeMask: UInt16 = 0x3fff
}
