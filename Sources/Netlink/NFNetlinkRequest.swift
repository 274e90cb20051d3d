/// What one process sent to the kernel's nfnetlink in one system call: a batch, or messages of their own.
///
/// It is what was asked for, not what was done: anybody may send it, and the kernel refuses or aborts afterwards.
public struct NFNetlinkRequest: Hashable, Sendable {
    /// The first message is `NFNL_MSG_BATCH_BEGIN`, so all that follow are done together or not at all.
    public var isBatch = false
    /// `NFNL_MSG_BATCH_END` is there; without it the kernel aborts the batch.
    public var hasBatchEnd = false
    /// The subsystem the batch is for. Messages of any other fail it.
    public var batchSubsystem: UInt16?
    /// The generation the sender believes in (`NFNL_BATCH_GENID`); if it is not the current one the kernel aborts.
    public var batchGeneration: UInt32?
    /// `nlmsg_seq` of the first message, the begin of the batch included. A notification carries that of the message
    /// that caused it; `NEWGEN` that of the first message after the begin (seen on 6.18).
    public var firstSequence: UInt32 = 0
    /// `nlmsg_seq` of the last message, the end of the batch included.
    public var lastSequence: UInt32 = 0
    /// The messages, without the begin and end of the batch.
    public var messages: [RequestMessage] = []
    /// A length does not fit, where the kernel stops reading as well; what stands before it was read.
    public var isMalformed = false
    /// The bytes are known to be the front of a longer request.
    public var isTruncated: Bool

    /// One message of a request.
    public struct RequestMessage: Hashable, Sendable {
        /// `NLM_F_*` of the message.
        public var flags: NetlinkFlags
        /// `nlmsg_seq` of the message.
        public var sequence: UInt32
        /// What it asks for.
        public var body: RequestBody
        /// Attributes of the message were cut off or malformed, so `body` may lack what follows them.
        public var isIncomplete: Bool
    }

    /// What a message asks for.
    public enum RequestBody: Hashable, Sendable {
        case nftables(NFTMessage)
        case ipset(IPSetRequest)
        case other(subsystem: UInt8, type: UInt8)
    }

    /// Reads a request as the kernel would (`nfnetlink_rcv`): a batch ends at its end message, and what follows is
    /// ignored. With `truncated`, the front of a message that was cut off is read too.
    public static func decode(
        _ bytes: RawSpan, truncated: Bool = false, keepingExpressionBytes: Bool = false
    ) -> NFNetlinkRequest {
        var request = NFNetlinkRequest(isTruncated: truncated)
        var offset = 0
        var isFirst = true
        while offset < bytes.byteCount, !request.hasBatchEnd {
            let rest = bytes.extracting(droppingFirst: offset)
            guard let header = NetlinkHeader(rest), let length = Int(exactly: header.length),
                length >= NetlinkHeader.byteCount
            else {
                request.isMalformed = !truncated
                break
            }
            let isCut = length > rest.byteCount
            guard !isCut || truncated else {
                request.isMalformed = true
                break
            }
            let payload = rest.extracting(NetlinkHeader.byteCount..<min(length, rest.byteCount))
            if isFirst { request.firstSequence = header.sequence }
            request.lastSequence = header.sequence
            request.take(header, payload, isFirst: isFirst, isCut: isCut, keepingExpressionBytes)
            isFirst = false
            if isCut { break }
            offset &+= netlinkAligned(length)
        }
        return request
    }

    private init(isTruncated: Bool) {
        self.isTruncated = isTruncated
    }

    private mutating func take(
        _ header: NetlinkHeader, _ payload: RawSpan, isFirst: Bool, isCut: Bool, _ keepingExpressionBytes: Bool
    ) {
        if isFirst, header.type == NetlinkControl.batchBegin {
            beginBatch(payload)
        } else if isBatch, header.type == NetlinkControl.batchEnd {
            hasBatchEnd = true
        } else {
            let attributes = payload.extracting(droppingFirst: min(NetfilterHeader.byteCount, payload.byteCount))
            messages.append(
                RequestMessage(
                    flags: header.flags, sequence: header.sequence,
                    body: RequestBody(header, payload, keepingExpressionBytes),
                    isIncomplete: isCut || !forEachAttribute(in: attributes) { _, _ in }))
        }
    }

    private mutating func beginBatch(_ payload: RawSpan) {
        isBatch = true
        guard let header = NetfilterHeader(payload) else { return }
        batchSubsystem = header.batchSubsystem
        var generation: UInt32?
        forEachAttribute(in: payload.extracting(droppingFirst: NetfilterHeader.byteCount)) { type, value in
            if type == 1 { generation = value.bigEndian(UInt32.self) }  // NFNL_BATCH_GENID
        }
        batchGeneration = generation
    }
}

extension NFNetlinkRequest.RequestBody {
    init(_ header: NetlinkHeader, _ payload: RawSpan, _ keepingExpressionBytes: Bool) {
        let message = header.message
        if header.subsystem == NFNetlinkSubsystem.nftables,
            let body = NFTMessage(
                type: message, flags: header.flags, payload: payload, keepingExpressionBytes: keepingExpressionBytes)
        {
            self = .nftables(body)
        } else if header.subsystem == NFNetlinkSubsystem.ipset,
            let body = IPSetRequest(command: message, payload: payload)
        {
            self = .ipset(body)
        } else {
            self = .other(subsystem: header.subsystem, type: message)
        }
    }
}
