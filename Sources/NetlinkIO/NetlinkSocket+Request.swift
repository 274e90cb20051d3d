internal import CLinux
internal import Glibc
public import Netlink

extension NetlinkSocket {
    /// How a request went.
    public enum Outcome: Hashable, Sendable {
        case complete
        /// The state changed during the dump (`NLM_F_DUMP_INTR`) or a reply was lost: ask again.
        case interrupted
    }

    /// Sends one request and hands over each reply, up to the end of the dump, the only reply or the acknowledgement.
    ///
    /// Throws the error the kernel answers with, and ETIMEDOUT if it is silent for `timeout` milliseconds.
    public func request(
        _ bytes: [UInt8], _ operation: @autoclosure () -> String, timeout: CInt = 5000,
        _ body: (NetlinkHeader, RawSpan) -> Void
    ) throws(NetlinkIOError) -> Outcome {
        guard let request = bytes.withUnsafeBytes({ NetlinkHeader(RawSpan(_unsafeBytes: $0)) }) else {
            throw NetlinkIOError(operation: operation(), code: EINVAL)
        }
        try send(bytes)
        var outcome = Outcome.complete
        var failure: NetlinkError?
        var isDone = false
        while !isDone {
            let reception = try receive { datagram, _ in
                forEachMessage(in: datagram) { header, payload in
                    // What an earlier, abandoned request still has to say is not for this one.
                    guard header.sequence == request.sequence, !isDone else { return }
                    if header.flags.contains(.dumpInterrupted) { outcome = .interrupted }
                    switch header.type {
                    case NetlinkControl.noop: break
                    case NetlinkControl.error:
                        failure = NetlinkError(payload, flags: header.flags)
                        isDone = true
                    case NetlinkControl.done:
                        failure = NetlinkError(errno: NetlinkError.dumpResult(payload))
                        isDone = true
                    case NetlinkControl.overrun:
                        outcome = .interrupted
                        isDone = true
                    default:
                        body(header, payload)
                        isDone = !header.flags.contains(.multi) && !request.flags.contains(.ack)
                    }
                }
            }
            switch reception {
            case .delivered: break
            case .overrun: return .interrupted
            case .empty: try waitForInput(operation(), timeout)
            }
        }
        if let failure, failure.errno != 0 {
            throw NetlinkIOError(operation: operation(), code: failure.errno, detail: failure.message)
        }
        return outcome
    }

    private func waitForInput(_ operation: @autoclosure () -> String, _ timeout: CInt) throws(NetlinkIOError) {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = try check("wait for a netlink reply") { poll(&request, 1, timeout) }
        if ready == 0 { throw NetlinkIOError(operation: operation(), code: ETIMEDOUT) }
    }
}
