internal import CLinux
public import Netlink

/// Reads the ipsets of a namespace. It loads `ip_set` if that is not loaded (`KernelSubsystem`).
public final class IPSetDump {
    private let socket: NetlinkSocket
    private var sequence: UInt32 = 0

    /// Opens a socket in the namespace of the descriptor, or in the thread's own.
    public init(namespace: CInt? = nil) throws(NetlinkIOError) {
        socket = try NetlinkSocket(.netfilter, namespace: namespace)
    }

    /// Every set with the number of its elements, but without them. None if the kernel has no ipset.
    ///
    /// There is no generation to compare: each set is read as it is at its turn.
    public func headers(attempts: Int = 8) throws(NetlinkIOError) -> [IPSetHeader] {
        var headers: [IPSetHeader] = []
        for _ in 0..<max(1, attempts) {
            headers = []
            sequence &+= 1
            let request = NetlinkMessageBuilder.dumpIPSetHeaders(sequence: sequence)
            do throws(NetlinkIOError) {
                let outcome = try socket.request(request, "list ipsets") { header, payload in
                    guard header.subsystem == NFNetlinkSubsystem.ipset,
                        let set = IPSetHeader(payload: payload)
                    else { return }
                    headers.append(set)
                }
                if outcome == .complete { break }
            } catch  where [EINVAL, EPROTONOSUPPORT, EOPNOTSUPP].contains(error.code) {
                return []
            }
        }
        return headers
    }
}
