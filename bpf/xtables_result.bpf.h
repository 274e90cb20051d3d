/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The kernel's answer to a request for a legacy table, at the return of the call: see xtables.bpf.h. */

static __always_inline void send_replace_result(__u64 id, __s32 error)
{
        struct ww_xtables_result record = {};

        fill_header(&record.header, WW_XTABLES_RESULT, sizeof(record));
        record.id = id;
        record.error = error;
        put(&record, sizeof(record), WW_FIREWALL, BPF_RB_FORCE_WAKEUP);
}

/* The call returns. `net` is that of its socket; of a request that no program saw only this is known. */
static __always_inline int replace_returns(struct net *net, __u32 family, __s32 error)
{
        __u64 thread = bpf_get_current_pid_tgid();
        __u64 *open = bpf_map_lookup_elem(&open_replaces, &thread);
        struct replace_place place;

        if (open) {
                send_replace_result(*open, error);
                bpf_map_delete_elem(&open_replaces, &thread);
                return 0;
        }
        if (!is_on_duty() || is_own())
                return 0;
        if (!net)
                net = BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), nsproxy, net_ns);
        read_place(&place, net);
        /* Who may not change it is not told of, as above. */
        if (error && !may_change((void *)bpf_get_current_task(), place.level))
                return 0;
        /* Its request found no room either, and was counted. */
        if (!has_foreign_room(place.level))
                return 0;
        struct xtables_scratch *scratch = new_xtables(&place, family);

        if (!scratch)
                return 0;
        put(&scratch->record, sizeof(scratch->record), WW_FIREWALL, BPF_RB_NO_WAKEUP);
        send_replace_result(scratch->record.id, error);
        return 0;
}

static __always_inline struct net *net_of(struct socket *socket)
{
        return BPF_CORE_READ(socket, sk, __sk_common.skc_net.net);
}

static __always_inline struct net *net_behind(int descriptor)
{
        struct socket *socket = object_behind(descriptor);

        return socket ? net_of(socket) : 0;
}

/* The option is a struct by value, so the answer lies behind more than six arguments: asked for by helper
 * (since 5.17, f92c1e183604). */
SEC("fexit/do_sock_setsockopt")
int BPF_PROG(xtables_result_full, struct socket *socket, bool compat, int level, int option)
{
        __u32 family = replaced_family(level, option);
        __u64 answer = 0;

        if (!family)
                return 0;
        bpf_get_func_ret(ctx, &answer);
        return replace_returns(net_of(socket), family, (__s32)answer);
}

SEC("fexit/__sys_setsockopt")
int BPF_PROG(xtables_result_full_6_6, int descriptor, int level, int option, char *value, int length, int answer)
{
        __u32 family = replaced_family(level, option);

        return family ? replace_returns(net_behind(descriptor), family, answer) : 0;
}

/* A kretprobe has no arguments: what the call is for is noted at its entry. */
struct open_call {
        struct net *net;
        __u32 family;
        __u32 pad;
};

struct {
        __uint(type, BPF_MAP_TYPE_LRU_HASH);
        __uint(max_entries, 1024);
        __type(key, __u64); /* pid_tgid */
        __type(value, struct open_call);
} open_calls SEC(".maps");

static __always_inline int call_begins(struct net *net, __u32 family)
{
        __u64 thread = bpf_get_current_pid_tgid();
        struct open_call call = {.net = net, .family = family};

        bpf_map_update_elem(&open_calls, &thread, &call, BPF_ANY);
        return 0;
}

static __always_inline int call_returns(__s32 answer)
{
        __u64 thread = bpf_get_current_pid_tgid();
        struct open_call *call = bpf_map_lookup_elem(&open_calls, &thread);

        if (!call)
                return 0;
        replace_returns(call->net, call->family, answer);
        bpf_map_delete_elem(&open_calls, &thread);
        return 0;
}

SEC("kprobe/do_sock_setsockopt")
int BPF_KPROBE(xtables_call_kprobe, struct socket *socket, bool compat, int level, int option)
{
        __u32 family = replaced_family(level, option);

        return family ? call_begins(net_of(socket), family) : 0;
}

SEC("kretprobe/do_sock_setsockopt")
int BPF_KRETPROBE(xtables_result_kprobe, int answer)
{
        return call_returns(answer);
}

SEC("kprobe/__sys_setsockopt")
int BPF_KPROBE(xtables_call_kprobe_6_6, int descriptor, int level, int option)
{
        __u32 family = replaced_family(level, option);

        return family ? call_begins(net_behind(descriptor), family) : 0;
}

SEC("kretprobe/__sys_setsockopt")
int BPF_KRETPROBE(xtables_result_kprobe_6_6, int answer)
{
        return call_returns(answer);
}
