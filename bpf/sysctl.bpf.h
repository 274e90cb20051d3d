/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Switches of the kernel that turn a part of netfilter off, or make its checks laxer.
 *
 * cgroup/sysctl on the root of cgroup v2 (since 5.2, 7b146cebe30c; pinned by a link since 5.7): run for whoever reads or
 * writes below /proc/sys, in his task, by whatever call (write, io_uring, splice), after the kernel has asked whether
 * he may and before it looks at what he writes. Which switches are told, user space says in `switches`.
 *
 * It cannot see: whether the kernel takes the value (one that is no number, or out of range, or refused by another
 * program, is told all the same); tasks beyond the root of a cgroup namespace that the collector itself is in; what
 * changes a switch without a write (a module that is loaded again begins with its defaults, a bridge has switches of
 * its own in /sys and netlink). In whatever mount of /proc the file was opened, the switch is that of the network
 * namespace in which it was. */

struct {
        __uint(type, BPF_MAP_TYPE_HASH);
        __uint(max_entries, 64);
        __type(key, char[WW_SYSCTL_NAME]);
        __type(value, __u8);
} switches SEC(".maps");

/* Whether one of the switches is written. Fills in its name, with zeros to the end. */
static __always_inline bool is_switch_written(struct bpf_sysctl *ctx, char *name)
{
        if (!ctx->write || bpf_sysctl_get_name(ctx, name, WW_SYSCTL_NAME, 0) < 0)
                return false;
        return bpf_map_lookup_elem(&switches, name);
}

/* The namespace that a switch belongs to, by the table it stands in: the writer may have gone elsewhere since he opened
 * the file. All that is below net/ and watched is registered with a namespace (register_net_sysctl). */
static __always_inline struct net *switch_net(struct bpf_sysctl *ctx)
{
        struct ctl_table_header *head = 0;

        bpf_probe_read_kernel(&head, sizeof(head), (void *)ctx + bpf_core_field_offset(struct bpf_sysctl_kern, head));
        return (void *)BPF_CORE_READ(head, set) - bpf_core_field_offset(struct net, sysctls);
}

SEC("cgroup/sysctl")
int sysctl_access(struct bpf_sysctl *ctx)
{
        struct ww_sysctl record = {};

        if (!is_on_duty() || is_canary(WW_CANARY_SYSCTL))
                return 1;
        if (!is_switch_written(ctx, record.name))
                return 1;
        struct net *net = switch_net(ctx);

        record.netns_level = BPF_CORE_READ(net, user_ns, level);
        if (!foreign_fits(record.netns_level))
                return 1;
        fill_header(&record.header, WW_SYSCTL, sizeof(record));
        fill_task(&record.task, (void *)bpf_get_current_task());
        record.netns = BPF_CORE_READ(net, ns.inum);
        record.netns_cookie = netns_cookie(net);
        if (bpf_sysctl_get_current_value(ctx, record.before, sizeof(record.before)) < 0)
                count_unread(WW_OTHER);
        /* Cut, it is filled as far as it goes. */
        if (bpf_sysctl_get_new_value(ctx, record.after, sizeof(record.after)) < 0)
                record.header.flags |= WW_SYSCTL_CUT;
        put(&record, sizeof(record), WW_OTHER, BPF_RB_FORCE_WAKEUP);
        return 1;
}
