internal import CLinux
internal import Glibc

/// Small deeds of this process that change nothing, and that each hook of the kernel half must see.
package enum Canary {
    /// A message to nfnetlink that asks for nothing. It would load nfnetlink: only where that is there.
    package static func netlink() {
        let socket = socket(AF_NETLINK, CInt(SOCK_RAW.rawValue) | CInt(SOCK_CLOEXEC.rawValue), NETLINK_NETFILTER)
        guard socket >= 0 else { return }
        defer { close(socket) }
        var message = nlmsghdr(
            nlmsg_len: UInt32(MemoryLayout<nlmsghdr>.size), nlmsg_type: UInt16(NLMSG_NOOP), nlmsg_flags: 0,
            nlmsg_seq: 0, nlmsg_pid: 0)
        // Not connected, it goes to port 0: the kernel.
        _ = send(socket, &message, MemoryLayout<nlmsghdr>.size, 0)
    }

    /// A replace of a legacy table that no kernel takes: it announces no counters.
    package static func replace() {
        let socket = socket(AF_INET, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return }
        defer { close(socket) }
        let request = [UInt8](repeating: 0, count: 256)
        _ = setsockopt(socket, IPPROTO_IP_NUMBER, 64, request, socklen_t(request.count))  // IPT_SO_SET_REPLACE
    }

    /// A signal to itself that is ignored unless somebody asks for it.
    package static func signal() { kill(getpid(), SIGWINCH) }

    /// A look at a switch that no kernel is without. False: there is none to look at.
    package static func sysctl() -> Bool {
        let file = open("/proc/sys/kernel/ostype", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var byte: UInt8 = 0
        return read(file, &byte, 1) == 1
    }

    private static let IPPROTO_IP_NUMBER: CInt = 0
}
