/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Signals to watched processes: the collector itself, services, and owners of nftables tables; and those by which a
 * manager is told to shut down.
 *
 * tp_btf/signal_generate, in the sender, whatever the call (kill, tgkill, pidfd_send_signal, io_uring);
 * a signal the kernel makes itself (SIGSEGV, the OOM killer) comes through here too, its sender is the
 * task that was current. It misses what never makes a signal: an exit from inside. */

struct {
        __uint(type, BPF_MAP_TYPE_HASH);
        __uint(max_entries, 1024);
        __type(key, __u32); /* tgid */
        __type(value, __u8); /* WW_WATCH_* */
} watched SEC(".maps");

#define SEND_SIG_NOINFO 0
#define SEND_SIG_PRIV 1

/* The first two are no addresses. A task's own signals have codes up to SI_USER, which is 0. */
static __always_inline bool is_from_kernel(unsigned long info)
{
        if (info == SEND_SIG_NOINFO || info == SEND_SIG_PRIV)
                return info == SEND_SIG_PRIV;
        return BPF_CORE_READ((struct kernel_siginfo *)info, si_code) > 0;
}

static __always_inline __u8 watched_for(__u32 pid)
{
        __u8 *what = bpf_map_lookup_elem(&watched, &pid);

        return what ? *what : 0;
}

/* Signals whose default is not to end a process: SIGCHLD, SIGCONT, those that stop, SIGURG, SIGWINCH. */
static __always_inline bool may_kill(int number)
{
        return number > 0 && number != 28 && (number < 17 || number > 23);
}

/* SIGINT, and the realtime signals that systemd(1) names, SIGRTMIN+3 to +7 and +13 to +17: SIGRTMIN of the C library is 34. */
static __always_inline bool may_shut_down(int number)
{
        return number == 2 || (number >= 37 && number <= 41) || (number >= 47 && number <= 51);
}

static __always_inline __u32 pid_level(struct task_struct *task)
{
        return BPF_CORE_READ(task, thread_pid, level);
}

/* The first process of its pid namespace. */
static __always_inline bool is_init(struct task_struct *task)
{
        struct pid *pid = BPF_CORE_READ(task, thread_pid);
        __u32 level = pid_level(task);
        int number = 0;

        bpf_probe_read_kernel(&number, sizeof(number),
                              (void *)pid + bpf_core_field_offset(struct pid, numbers) +
                                      level * bpf_core_type_size(struct upid) + bpf_core_field_offset(struct upid, nr));
        return number == 1;
}

/* Whether it is to be told. One that was ignored (result 1) does nothing to a manager. */
static __always_inline bool is_signal_told(__u8 what, struct task_struct *task, int number, int result)
{
        if (what & WW_WATCH_SIGNALS || (what & WW_WATCH_KILLERS && may_kill(number)))
                return true;
        return may_shut_down(number) && result == 0 && is_init(task);
}

SEC("tp_btf/signal_generate")
int BPF_PROG(signal_generate, int number, struct kernel_siginfo *info, struct task_struct *task, int group, int result)
{
        __u32 pid = BPF_CORE_READ(task, tgid);
        __u8 what = watched_for(pid);
        struct ww_signal record = {};

        if (!is_signal_told(what, task, number, result))
                return 0;
        if (!is_on_duty() || is_canary(WW_CANARY_SIGNAL))
                return 0;
        /* Anybody may have a pid namespace, and send its first process as many as he likes. */
        if (!what && !foreign_fits(pid_level(task)))
                return 0;
        fill_header(&record.header, WW_SIGNAL, sizeof(record));
        fill_task(&record.sender, (void *)bpf_get_current_task());
        fill_process(&record.target, task);
        record.number = number;
        record.result = result;
        record.origin = is_from_kernel((unsigned long)info) ? WW_SIGNAL_BY_KERNEL : WW_SIGNAL_BY_TASK;
        put(&record, sizeof(record), WW_OTHER, what & WW_WATCH_SIGNALS ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
        return 0;
}
