/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Legacy tables, replaced whole by setsockopt: iptables-legacy, ip6tables-legacy, arptables-legacy.
 *
 *   full, kprobe  security_socket_setsockopt (the socket, so the netns; io_uring and 32 bit pass it
 *                 too), then the return of xt_replace_table (old and new size): what happened
 *   restricted    cgroup/setsockopt on the root of cgroup v2, IPT_SO_SET_REPLACE: what is about to
 *                 happen, so user space looks afterwards
 *
 * The module's hooks attach when x_tables is there (it is off by default from 6.17); the cgroup hook
 * needs no module and is there before. */

#define SOL_IP 0
#define SOL_IPV6 41
#define IPT_SO_SET_REPLACE 64
#define ARPT_SO_SET_REPLACE 96
#define NFPROTO_IPV4 2
#define NFPROTO_ARP 3
#define NFPROTO_IPV6 10

/* What the head of struct ipt_replace, ip6t_replace and arpt_replace have in common. */
struct xt_replace_head {
        char name[WW_TABLE_LEN];
        __u32 valid_hooks;
        __u32 num_entries;
        __u32 size;
};

struct open_replace {
        __u32 netns;
        __u32 level;
        __u64 cookie;
};

struct {
        __uint(type, BPF_MAP_TYPE_LRU_HASH);
        __uint(max_entries, 1024);
        __type(key, __u64); /* pid_tgid */
        __type(value, struct open_replace);
} open_replaces SEC(".maps");

/* A program of this kind is shown a page of the option. */
#define REPLACE_SHOWN 4095

struct xtables_scratch {
        struct ww_xtables record;
        char bytes[REPLACE_SHOWN + 1];
};

struct {
        __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
        __uint(max_entries, 1);
        __type(key, __u32);
        __type(value, struct xtables_scratch);
} xtables_scratches SEC(".maps");

static __always_inline struct xtables_scratch *new_xtables(struct open_replace *where)
{
        __u32 zero = 0;
        struct task_struct *task = (void *)bpf_get_current_task();
        struct xtables_scratch *scratch = bpf_map_lookup_elem(&xtables_scratches, &zero);

        if (!scratch)
                return 0;
        struct ww_xtables *record = &scratch->record;

        fill_header(&record->header, WW_XTABLES, sizeof(*record));
        fill_task(&record->task, task);
        fill_ancestors(record->ancestors, &record->ancestor_count, task);
        record->netns = where->netns;
        record->netns_level = where->level;
        record->netns_cookie = where->cookie;
        record->entries_before = 0;
        record->entries_after = 0;
        record->size_after = 0;
        record->here = 0;
        return scratch;
}

static __always_inline void read_where(struct open_replace *out, struct net *net)
{
        out->netns = BPF_CORE_READ(net, ns.inum);
        out->level = BPF_CORE_READ(net, user_ns, level);
        out->cookie = netns_cookie(net);
}

/* A socket that the verifier knows may be read only from its start: no arithmetic on it. */
static __always_inline bool read_socket_where(struct open_replace *out, struct bpf_sock *sock)
{
        char head[64];
        __u32 offset = bpf_core_field_offset(struct sock_common, skc_net);

        if (offset > sizeof(head) - sizeof(struct net *) || bpf_probe_read_kernel(head, sizeof(head), sock)) {
                count_unread(WW_FIREWALL);
                return false;
        }
        read_where(out, *(struct net **)(head + offset));
        return true;
}

static __always_inline bool is_replace(int level, int option)
{
        return (option == IPT_SO_SET_REPLACE && (level == SOL_IP || level == SOL_IPV6)) ||
               (option == ARPT_SO_SET_REPLACE && level == SOL_IP);
}

static __always_inline int replace_begins(struct socket *socket, int level, int option)
{
        __u64 thread = bpf_get_current_pid_tgid();
        struct open_replace where;

        if (!is_replace(level, option) || !is_on_duty() || is_canary(WW_CANARY_XTABLES))
                return 0;
        read_where(&where, BPF_CORE_READ(socket, sk, __sk_common.skc_net.net));
        bpf_map_update_elem(&open_replaces, &thread, &where, BPF_ANY);
        return 0;
}

static __always_inline int table_replaced(struct xt_table *table, struct xt_table_info *new, struct xt_table_info *old)
{
        __u64 thread = bpf_get_current_pid_tgid();
        struct open_replace *open = bpf_map_lookup_elem(&open_replaces, &thread), where = {};
        struct task_struct *task = (void *)bpf_get_current_task();

        /* No old table: the replace failed. */
        if (!old || !is_on_duty())
                return 0;
        if (open)
                where = *open;
        else
                read_where(&where, BPF_CORE_READ(task, nsproxy, net_ns));
        struct xtables_scratch *scratch = new_xtables(&where);

        if (!scratch)
                return 0;
        struct ww_xtables *record = &scratch->record;

        record->family = BPF_CORE_READ(table, af);
        record->entries_before = BPF_CORE_READ(old, number);
        record->entries_after = BPF_CORE_READ(new, number);
        record->size_after = BPF_CORE_READ(new, size);
        BPF_CORE_READ_STR_INTO(&record->table, table, name);
        put(record, sizeof(*record), WW_FIREWALL, BPF_RB_FORCE_WAKEUP);
        bpf_map_delete_elem(&open_replaces, &thread);
        return 0;
}

SEC("fentry/security_socket_setsockopt")
int BPF_PROG(xtables_full_entry, struct socket *socket, int level, int option)
{
        return replace_begins(socket, level, option);
}

SEC("fexit/xt_replace_table")
int BPF_PROG(xtables_full, struct xt_table *table, unsigned int counters, struct xt_table_info *new, int *error,
             struct xt_table_info *old)
{
        return table_replaced(table, new, old);
}

SEC("kprobe/security_socket_setsockopt")
int BPF_KPROBE(xtables_kprobe_entry, struct socket *socket, int level, int option)
{
        return replace_begins(socket, level, option);
}

struct replace_arguments {
        struct xt_table *table;
        struct xt_table_info *new;
};

struct {
        __uint(type, BPF_MAP_TYPE_LRU_HASH);
        __uint(max_entries, 1024);
        __type(key, __u64); /* pid_tgid */
        __type(value, struct replace_arguments);
} replace_arguments SEC(".maps");

SEC("kprobe/xt_replace_table")
int BPF_KPROBE(xtables_kprobe, struct xt_table *table, unsigned int counters, struct xt_table_info *new)
{
        __u64 thread = bpf_get_current_pid_tgid();
        struct replace_arguments arguments = {table, new};

        bpf_map_update_elem(&replace_arguments, &thread, &arguments, BPF_ANY);
        return 0;
}

SEC("kretprobe/xt_replace_table")
int BPF_KRETPROBE(xtables_kprobe_exit, struct xt_table_info *old)
{
        __u64 thread = bpf_get_current_pid_tgid();
        struct replace_arguments *arguments = bpf_map_lookup_elem(&replace_arguments, &thread);

        if (!arguments)
                return 0;
        table_replaced(arguments->table, arguments->new, old);
        bpf_map_delete_elem(&replace_arguments, &thread);
        return 0;
}

SEC("cgroup/setsockopt")
int xtables_restricted(struct bpf_sockopt *ctx)
{
        struct xt_replace_head *head = ctx->optval;
        struct open_replace where;

        if (!is_replace(ctx->level, ctx->optname))
                return 1;
        /* 0: the kernel takes the caller's own bytes (since 5.8, 9babe825da76). Left as it is, an option of
         * more than the page that a program is shown would fail with EFAULT before 6.4 (29ebbba7d461). Another
         * program of this kind may have done the same before us: what it left there is no length to go by. */
        ctx->optlen = 0;
        if (!is_on_duty() || is_canary(WW_CANARY_XTABLES))
                return 1;
        /* Before the kernel asks for privilege, so we must: or anybody would be named as the author of what
         * another does a moment later. */
        if (!read_socket_where(&where, ctx->sk) || !may_change((void *)bpf_get_current_task(), where.level))
                return 1;
        struct xtables_scratch *scratch = new_xtables(&where);

        if (scratch) {
                struct ww_xtables *record = &scratch->record;
                __u64 size = ctx->optval_end - ctx->optval;

                record->header.flags = WW_XTABLES_PENDING;
                record->family = ctx->level == SOL_IPV6              ? NFPROTO_IPV6
                                 : ctx->optname == IPT_SO_SET_REPLACE ? NFPROTO_IPV4
                                                                      : NFPROTO_ARP;
                if ((void *)(head + 1) <= ctx->optval_end) {
                        __builtin_memcpy(record->table, head->name, sizeof(record->table));
                        record->entries_after = head->num_entries;
                        record->size_after = head->size;
                }
                if (size > REPLACE_SHOWN)
                        size = REPLACE_SHOWN;
                /* The kernel's copy of the request: what a small table is to be, whole. */
                if (!bpf_probe_read_kernel(scratch->bytes, size, ctx->optval))
                        record->here = size;
                size = record->here;
                if (size > REPLACE_SHOWN)
                        size = 0;
                record->header.size = sizeof(*record) + size;
                put(scratch, sizeof(*record) + size, WW_FIREWALL, BPF_RB_FORCE_WAKEUP);
        }
        return 1;
}
