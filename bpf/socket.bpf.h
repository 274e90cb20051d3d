/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Sockets to nfnetlink that are closed for good: with one the kernel destroys the nftables tables it owns,
 * and tells nobody (nft_rcv_nl_event on NETLINK_URELEASE: no request, no notification, no new generation).
 *
 *   full     fentry, fexit of netlink_release
 *   kprobe   kprobe, kretprobe of the same
 *
 * netlink_release rather than nft_rcv_nl_event: it is in vmlinux on every kernel, while a hook on a function
 * of nf_tables would keep the module from being unloaded. It is static, but only called through netlink_ops,
 * so never inlined. It runs when the last descriptor is gone, in the task that let go of it: mostly the owner,
 * while it dies. At its entry the socket still says whose it is; at its exit the tables are gone, and the
 * socket may be too. So it is read at the entry and reported at the exit.
 *
 * A socket that is known to own a table rings. Others are reported in silence, for one whose table user space
 * has not heard of yet: a command of nft costs a record, and no wakeup. */

/* Sockets that own a table, by user space: inode number of the namespace << 32 | port. */
struct {
        __uint(type, BPF_MAP_TYPE_HASH);
        __uint(max_entries, 4096);
        __type(key, __u64);
        __type(value, __u8);
} owners SEC(".maps");

struct closing {
        __u64 cookie;
        __u32 netns;
        __u32 level;
        __u32 port;
        __u32 pad;
};

/* Between entry and exit. */
struct {
        __uint(type, BPF_MAP_TYPE_LRU_HASH);
        __uint(max_entries, 1024);
        __type(key, __u64); /* pid_tgid */
        __type(value, struct closing);
} closings SEC(".maps");

static __always_inline bool is_owner(struct closing *closing)
{
        __u64 key = (__u64)closing->netns << 32 | closing->port;

        return bpf_map_lookup_elem(&owners, &key);
}

/* Who could not have made a table is not told of: he could fill the ring with sockets for nothing. Who is an
 * administrator only in a user namespace of his own leaves half of it to the others, as in netlink.bpf.h. */
static __always_inline bool is_told(struct closing *closing)
{
        if (is_owner(closing))
                return true;
        if (!may_change((void *)bpf_get_current_task(), closing->level))
                return false;
        if (!closing->level || bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) < ring_bytes / 2)
                return true;
        count_full(WW_FOREIGN);
        return false;
}

static __always_inline int release_begins(struct socket *socket)
{
        struct sock *sock = BPF_CORE_READ(socket, sk);
        __u64 thread = bpf_get_current_pid_tgid();
        struct closing closing = {};

        if (!sock || BPF_CORE_READ(sock, sk_protocol) != NETLINK_NETFILTER || !is_on_duty() || is_own())
                return 0;
        struct net *net = BPF_CORE_READ(sock, __sk_common.skc_net.net);

        closing.port = BPF_CORE_READ((struct netlink_sock *)sock, portid);
        closing.netns = BPF_CORE_READ(net, ns.inum);
        closing.level = BPF_CORE_READ(net, user_ns, level);
        closing.cookie = netns_cookie(net);
        if (closing.port && is_told(&closing))
                bpf_map_update_elem(&closings, &thread, &closing, BPF_ANY);
        return 0;
}

static __always_inline int release_ends(void)
{
        __u64 thread = bpf_get_current_pid_tgid();
        struct closing *closing = bpf_map_lookup_elem(&closings, &thread);
        struct ww_socket_closed record = {};

        if (!closing)
                return 0;
        fill_header(&record.header, WW_SOCKET_CLOSED, sizeof(record));
        fill_task(&record.task, (void *)bpf_get_current_task());
        record.netns = closing->netns;
        record.netns_level = closing->level;
        record.netns_cookie = closing->cookie;
        record.port = closing->port;
        put(&record, sizeof(record), WW_FIREWALL, is_owner(closing) ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
        bpf_map_delete_elem(&closings, &thread);
        return 0;
}

SEC("fentry/netlink_release")
int BPF_PROG(socket_full, struct socket *socket)
{
        return release_begins(socket);
}

SEC("fexit/netlink_release")
int BPF_PROG(socket_full_exit, struct socket *socket)
{
        return release_ends();
}

SEC("kprobe/netlink_release")
int BPF_KPROBE(socket_kprobe, struct socket *socket)
{
        return release_begins(socket);
}

SEC("kretprobe/netlink_release")
int BPF_KRETPROBE(socket_kprobe_exit)
{
        return release_ends();
}
