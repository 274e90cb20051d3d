import Netlink

/// The reading of requests as user space sends them.
enum NFNetlinkRequestFuzz: FuzzTarget {
    static func take(_ bytes: RawSpan) throws -> Bool {
        let whole = NFNetlinkRequest.decode(bytes, keepingExpressionBytes: true)
        let front = NFNetlinkRequest.decode(bytes, truncated: true)
        try demand(
            whole.messages.count <= front.messages.count, "what the kernel would read is no more than what is there")
        return !whole.messages.isEmpty
    }
}
