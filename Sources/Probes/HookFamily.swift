/// How much of the kernel's own tracing is used, best first.
package enum Tier: String, CaseIterable, Sendable {
    /// fentry, fexit: at the function, with its arguments and its result.
    case full
    /// kprobe, kretprobe: the same places, at a higher price.
    case kprobe
    /// Raw tracepoints and cgroup hooks: all that a hardened kernel leaves.
    case restricted
}

/// A group of hooks that stand for one source of knowledge, in one tier or another.
package enum HookFamily: String, CaseIterable, Sendable {
    /// fork, exec, exit, and signals to watched processes. Nothing works without it.
    case process
    /// Requests to nfnetlink: nftables and ipset.
    case netlink
    /// The end of sockets that own nftables tables.
    case socket
    /// Legacy tables.
    case xtables
    /// Kernel modules that come and go.
    case module
    /// Switches of netfilter below /proc/sys.
    case sysctl
    /// Hands laid on the kernel half itself.
    case tampering

    /// Whether a tier that was asked for by name may lack it.
    package var isOptional: Bool {
        self == .module || self == .socket || self == .sysctl || self == .tampering
    }

    /// What can be tried, best first.
    var plans: [Plan] {
        switch self {
        case .process:
            [
                Plan(
                    tier: .full, programs: ["process_fork", "process_exec", "process_exit", "signal_generate"],
                    unattached: ["process_seed"],
                    hooks: "tp_btf fork, exec, exit, signal_generate", blind: "nothing known",
                    cost: "about 5 µs per process, no wakeup")
            ]
        case .netlink:
            [
                Plan(
                    tier: .full, programs: ["netlink_full", "netlink_full_exit"],
                    hooks: "fentry, fexit netlink_unicast",
                    blind: "a send from a task that preempts another inside the hook (reported unattributed)",
                    cost: "per netlink message only"),
                Plan(
                    tier: .kprobe, programs: ["netlink_kprobe", "netlink_kprobe_exit"],
                    hooks: "kprobe, kretprobe netlink_unicast",
                    blind: "answers when more than the kernel's maximum of calls are open at once",
                    cost: "per netlink message only"),
                Plan(
                    tier: .restricted, programs: ["netlink_restricted"], hooks: "tp_btf consume_skb",
                    blind: "nothing known", cost: "some ns on each packet that is freed"),
            ]
        case .socket:
            [
                Plan(
                    tier: .full, programs: ["socket_full", "socket_full_exit"],
                    hooks: "fentry, fexit netlink_release", blind: "nothing known",
                    cost: "per netlink socket that is closed"),
                Plan(
                    tier: .kprobe, programs: ["socket_kprobe", "socket_kprobe_exit"],
                    hooks: "kprobe, kretprobe netlink_release",
                    blind: "a socket closed while more than the kernel's maximum of them are being closed",
                    cost: "per netlink socket that is closed"),
            ]
        case .xtables: legacyPlans
        case .module:
            [
                Plan(
                    tier: .full, programs: ["module_load", "module_free"], hooks: "tp_btf module_load, module_free",
                    blind: "nothing known", cost: "per module only")
            ]
        case .sysctl:
            [
                Plan(
                    tier: .full, programs: [], cgroupProgram: "sysctl_access", hooks: "cgroup/sysctl",
                    blind: "whether the kernel takes what is written",
                    cost: "about 0.2 µs per sysctl that is read or written")
            ]
        case .tampering:
            [
                Plan(
                    tier: .full,
                    programs: [
                        "guard_map_full", "guard_bpf_full", "guard_unlink_full", "guard_rename_full",
                        "guard_umount_full",
                    ],
                    hooks: "fentry security_bpf_map, _bpf, _inode_unlink, _inode_rename, _sb_umount",
                    blind: "descriptors that are passed on over a socket; a kernel that was changed",
                    cost: "some ns per file removed or renamed"),
                Plan(
                    tier: .kprobe,
                    programs: [
                        "guard_map_kprobe", "guard_bpf_kprobe", "guard_unlink_kprobe", "guard_rename_kprobe",
                        "guard_umount_kprobe",
                    ],
                    hooks: "kprobe security_bpf_map, _bpf, _inode_unlink, _inode_rename, _sb_umount",
                    blind: "descriptors that are passed on over a socket; a kernel that was changed",
                    cost: "about 0.1 µs per file removed or renamed"),
                Plan(
                    tier: .restricted, programs: [], hooks: "inotify on the pins; canaries",
                    blind: "who took a pin away; who opens maps",
                    cost: "a few system calls in ten seconds"),
            ]
        }
    }
}

extension HookFamily {
    /// The request is the same in every tier. The kernel's answer is seen at the end of the call, whose function was
    /// split in 6.7: the inner one, where there is one, serves io_uring too.
    private var legacyPlans: [Plan] {
        let request = "xtables_request"
        let blind =
            "which of two replaces within a millisecond did what, where a page does not hold them; what 32-bit programs"
            + " and ebtables asked for (the tables are read)"
        return [
            Plan(
                tier: .full, programs: ["xtables_result_full"], cgroupProgram: request,
                hooks: "cgroup/setsockopt, fexit do_sock_setsockopt", blind: blind, cost: "some ns per setsockopt"),
            Plan(
                tier: .full, programs: ["xtables_result_full_6_6"], cgroupProgram: request,
                hooks: "cgroup/setsockopt, fexit __sys_setsockopt", blind: blind, cost: "some ns per setsockopt"),
            Plan(
                tier: .kprobe, programs: ["xtables_call_kprobe", "xtables_result_kprobe"], cgroupProgram: request,
                hooks: "cgroup/setsockopt, kprobe, kretprobe do_sock_setsockopt", blind: blind,
                cost: "about 0.1 µs per setsockopt"),
            Plan(
                tier: .kprobe, programs: ["xtables_call_kprobe_6_6", "xtables_result_kprobe_6_6"],
                cgroupProgram: request, hooks: "cgroup/setsockopt, kprobe, kretprobe __sys_setsockopt", blind: blind,
                cost: "about 0.1 µs per setsockopt"),
            Plan(
                tier: .restricted, programs: [], cgroupProgram: request, hooks: "cgroup/setsockopt",
                blind: "32-bit programs; why a replace was refused; which of two replaces within a millisecond did"
                    + " what, where a page does not hold them",
                cost: "a copy of up to a page per setsockopt"),
        ]
    }
}

/// One way to serve a family.
struct Plan: Sendable {
    var tier: Tier
    var programs: Set<String>
    /// Loaded, and run when they are asked for.
    var unattached: Set<String> = []
    var cgroupProgram: String?
    var hooks: String
    var blind: String
    var cost: String

    var all: Set<String> { programs.union(unattached).union(cgroupProgram.map { [$0] } ?? []) }
}

/// What serves a family here, and why nothing better does.
package struct Coverage: Hashable, Sendable {
    package var family: HookFamily
    /// nil: nothing.
    package var tier: Tier?
    package var hooks: String
    package var blind: String
    package var cost: String
    /// Why the tiers above were not taken, best first.
    package var refusals: [Refusal]

    package struct Refusal: Hashable, Sendable {
        package var tier: Tier
        package var reason: String
    }
}
