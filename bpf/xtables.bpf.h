/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Legacy tables, replaced whole by setsockopt: iptables-legacy, ip6tables-legacy, arptables-legacy,
 * ebtables-legacy.
 *
 *   every tier    cgroup/setsockopt on the root of cgroup v2: the request, before the kernel acts on it, in the
 *                 sender's task
 *   full, kprobe  the return of the call, with the kernel's answer: do_sock_setsockopt (since 6.7,
 *                 1406245c2945), which io_uring calls too, else __sys_setsockopt
 *
 * All of these are in the kernel itself: a hook on a module's function would hold the module, and rmmod be
 * refused. The order is the same since 5.8: security_socket_setsockopt, cgroup programs, the kernel's own doing,
 * the return.
 *
 * Cgroup programs are not run for 32-bit callers (5.9, 55db9c0e8534). The return is seen, so full and kprobe tell
 * that and by whom a table was replaced; restricted is blind to them.
 *
 * Programs of child cgroups run before ours, so what they change we see. Only one that is attached to the root
 * itself after ours can still change the request (or have the kernel left out of it) when we have seen it: user
 * space compares with what stands. */

#define SOL_IP 0
#define SOL_IPV6 41
#define IPT_SO_SET_REPLACE 64
#define ARPT_SO_SET_REPLACE 96
#define EBT_SO_SET_ENTRIES 128
#define NFPROTO_IPV4 2
#define NFPROTO_ARP 3
#define NFPROTO_BRIDGE 7
#define NFPROTO_IPV6 10

/* The same for ipt_replace and ip6t_replace; entries follow. ebt_replace has pointers to them. */
#define IPT_REPLACE_BYTES 96
#define ARPT_REPLACE_BYTES 80
#define EBT_REPLACE_BYTES 120

/* What the head of struct ipt_replace, ip6t_replace, arpt_replace and ebt_replace have in common. */
struct xt_replace_head {
        char name[WW_TABLE_LEN];
        __u32 valid_hooks;
        __u32 num_entries;
        __u32 size;
};

/* Where a table is replaced. */
struct replace_place {
        __u32 netns;
        __u32 level;
        __u64 cookie;
};

/* Requests between the program that saw them and the return of their call: pid_tgid to id. */
struct {
        __uint(type, BPF_MAP_TYPE_LRU_HASH);
        __uint(max_entries, 1024);
        __type(key, __u64);
        __type(value, __u64);
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

/* The family whose table this option replaces; 0: none. */
static __always_inline __u32 replaced_family(int level, int option)
{
        if (level == SOL_IPV6)
                return option == IPT_SO_SET_REPLACE ? NFPROTO_IPV6 : 0;
        if (level != SOL_IP)
                return 0;
        switch (option) {
        case IPT_SO_SET_REPLACE:
                return NFPROTO_IPV4;
        case ARPT_SO_SET_REPLACE:
                return NFPROTO_ARP;
        case EBT_SO_SET_ENTRIES:
                return NFPROTO_BRIDGE;
        default:
                return 0;
        }
}

static __always_inline __u32 head_bytes(__u32 family)
{
        return family == NFPROTO_BRIDGE ? EBT_REPLACE_BYTES
             : family == NFPROTO_ARP    ? ARPT_REPLACE_BYTES
                                        : IPT_REPLACE_BYTES;
}

static __always_inline struct xtables_scratch *new_xtables(struct replace_place *place, __u32 family)
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
        fill_arguments_now(&record->arguments, task);
        record->id = bpf_ktime_get_boot_ns() ^ current_thread() << 32;
        record->netns = place->netns;
        record->netns_level = place->level;
        record->netns_cookie = place->cookie;
        record->family = family;
        record->entries = 0;
        record->size = 0;
        record->total = 0;
        record->here = 0;
        __builtin_memset(record->table, 0, sizeof(record->table));
        return scratch;
}

static __always_inline void read_place(struct replace_place *out, struct net *net)
{
        out->netns = BPF_CORE_READ(net, ns.inum);
        out->level = BPF_CORE_READ(net, user_ns, level);
        out->cookie = netns_cookie(net);
}

/* A socket that the verifier knows may be read only from its start: no arithmetic on it. */
static __always_inline bool read_socket_place(struct replace_place *out, struct bpf_sock *sock)
{
        char head[64];
        __u32 offset = bpf_core_field_offset(struct sock_common, skc_net);

        if (offset > sizeof(head) - sizeof(struct net *) || bpf_probe_read_kernel(head, sizeof(head), sock)) {
                count_unread(WW_FIREWALL);
                return false;
        }
        read_place(out, *(struct net **)(head + offset));
        return true;
}

/* Sends the request with the first of its bytes, and remembers it for the call's return. */
static __always_inline void send_replace(struct xtables_scratch *scratch, struct bpf_sockopt *ctx)
{
        struct ww_xtables *record = &scratch->record;
        __u64 thread = current_thread(), size = ctx->optval_end - ctx->optval;

        if (size > REPLACE_SHOWN)
                size = REPLACE_SHOWN;
        /* Behind the head lies what happens to lie there in the sender's memory. */
        if (record->family == NFPROTO_BRIDGE && size > EBT_REPLACE_BYTES)
                size = EBT_REPLACE_BYTES;
        /* The kernel's copy of the request: what a small table is to be, whole. */
        if (bpf_probe_read_kernel(scratch->bytes, size, ctx->optval))
                count_unread(WW_FIREWALL);
        else
                record->here = size;
        size = record->here;
        if (size > REPLACE_SHOWN)
                size = 0;
        record->header.size = sizeof(*record) + size;
        put(scratch, sizeof(*record) + size, WW_FIREWALL, BPF_RB_FORCE_WAKEUP);
        bpf_map_update_elem(&open_replaces, &thread, &record->id, BPF_ANY);
}

SEC("cgroup/setsockopt")
int xtables_request(struct bpf_sockopt *ctx)
{
        __u32 family = replaced_family(ctx->level, ctx->optname);
        struct xt_replace_head *head = ctx->optval;
        __s32 total = ctx->optlen;
        __u64 shown = ctx->optval_end - ctx->optval;
        struct replace_place place;

        /* No option of anybody's may fail because a program of ours is attached, on duty or not: before 6.4
         * (29ebbba7d461) one of more than the page that a program is shown would. 0 has the kernel take the caller's
         * own bytes (since 5.8, 9babe825da76). */
        if (total > REPLACE_SHOWN)
                ctx->optlen = 0;
        /* -1: another program has the kernel left out of it. */
        if (!family || total < 0)
                return 1;
        /* Of two instances only the one on duty touches the option: the other would see what it left. */
        if (!is_on_duty() && !is_on_trial())
                return 1;
        bool has_head = (void *)(head + 1) <= ctx->optval_end;

        /* No table has an empty name. The kernel reads that name from this very copy: it is left so. */
        if (has_head && total > 0 && !head->name[0] && has_sockptr()) {
                is_canary(WW_CANARY_XTABLES);
                return 1;
        }

        /* As it is, the kernel takes the option from the copy that we see too, which nobody can change any more.
         * That is left so where the copy holds all that the option says it has: kernels before 6.9 (65acf6e0501a)
         * read on behind it. */
        if (!has_sockptr() || !has_head || (__u64)total > shown ||
            (__u64)head->size + head_bytes(family) != (__u64)total)
                ctx->optlen = 0;
        if (!is_on_duty() || is_canary(WW_CANARY_XTABLES))
                return 1;
        /* Before the kernel asks for privilege, so we must: or anybody would be named as the author of what
         * another does a moment later. */
        if (!read_socket_place(&place, ctx->sk) || !may_change((void *)bpf_get_current_task(), place.level))
                return 1;
        if (!foreign_fits(place.level))
                return 1;
        struct xtables_scratch *scratch = new_xtables(&place, family);

        if (!scratch)
                return 1;
        scratch->record.header.flags = WW_XTABLES_PENDING;
        scratch->record.total = total;
        if (has_head) {
                __builtin_memcpy(scratch->record.table, head->name, sizeof(scratch->record.table));
                scratch->record.entries = head->num_entries;
                scratch->record.size = head->size;
        }
        send_replace(scratch, ctx);
        return 1;
}
