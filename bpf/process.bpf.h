/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Lineage: who started whom, and with what.
 *
 * tp_btf rather than fentry: the raw tracepoints run with preemption off (not so on 7.2, it seems: there single
 * execs were seen to be missed), so no record is skipped by the recursion guard of a preempted program; they
 * exist since 5.5 and hardened kernels allow them.
 *
 *   sched_process_fork  in the parent, before the child runs: the only moment that tells who really
 *                       forked (real_parent lies after CLONE_PARENT and re-parenting)
 *   sched_process_exec  after the point of no return: arguments lie in the new mm, resident, and are
 *                       what the kernel holds. At sys_enter they may not be resident, and may change.
 *   sched_process_exit  the last thread's exit, with the status wait(2) will give
 */

/* Network namespaces that user space has heard of. The first exec in a new one rings, so that its
 * firewall is known before the program that was started there can change it. */
struct {
        __uint(type, BPF_MAP_TYPE_LRU_HASH);
        __uint(max_entries, 4096);
        __type(key, __u64); /* cookie, or the inode number where there is none */
        __type(value, __u8);
} known_netns SEC(".maps");

static __always_inline bool is_new_netns(struct ww_task *task)
{
        __u64 netns = task->netns_cookie ? task->netns_cookie : task->netns;
        __u8 known = 1;

        if (bpf_map_lookup_elem(&known_netns, &netns))
                return false;
        bpf_map_update_elem(&known_netns, &netns, &known, BPF_ANY);
        return true;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child)
{
        struct ww_fork record = {};

        if (child->pid != child->tgid || !is_on_duty())
                return 0;
        if (!lineage_fits())
                return 0;
        fill_header(&record.header, WW_FORK, sizeof(record));
        fill_process(&record.parent, parent);
        fill_process(&record.child, child);
        put(&record, sizeof(record), WW_LINEAGE, lineage_doorbell());
        return 0;
}

/* Copies what the new program was called with. Returns how many bytes. */
static __always_inline __u32 copy_arguments(char *out, struct mm_struct *mm, __u32 *total)
{
        unsigned long start = BPF_CORE_READ(mm, arg_start), end = BPF_CORE_READ(mm, arg_end);
        __u64 size = end - start;

        *total = end > start ? size : 0;
        if (end <= start)
                return 0;
        if (size > arguments_limit)
                size = arguments_limit;
        if (size > WW_ARGUMENTS_MAX - 1)
                size = WW_ARGUMENTS_MAX - 1;
        size &= WW_ARGUMENTS_MAX - 1;
        if (bpf_probe_read_user(out, size, (void *)start)) {
                count_unread(WW_LINEAGE);
                return 0;
        }
        return size;
}

/* Appends the strings of a new program to its record. Returns how many bytes. */
static __always_inline __u32 copy_strings(struct exec_scratch *scratch, struct task_struct *task,
                                          struct linux_binprm *binprm)
{
        struct ww_exec *record = &scratch->record;
        __u32 size = append_path(executable_path(task), 0, PATH_OF_EXEC);

        record->path_size = size;
        long got = bpf_probe_read_kernel_str(&scratch->strings[size], WW_PATH_MAX, BPF_CORE_READ(binprm, filename));

        record->invoked_size = got > 0 ? got - 1 : 0;
        size += record->invoked_size & (WW_PATH_MAX - 1);
        record->directory_size = append_path(directory_path(task), size, PATH_OF_EXEC);
        size += record->directory_size;
        record->cgroup_size = is_new_cgroup(record->task.cgroup) ? append_cgroup(task, size, PATH_OF_EXEC) : 0;
        size += record->cgroup_size;
        record->pad = 0;
        record->arguments_size =
                copy_arguments(&scratch->strings[size], BPF_CORE_READ(task, mm), &record->arguments_total);
        record->arguments_count = BPF_CORE_READ(binprm, argc);
        return size + (record->arguments_size & (WW_ARGUMENTS_MAX - 1));
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task, pid_t old_pid, struct linux_binprm *binprm)
{
        __u32 user = PATH_OF_EXEC;
        struct exec_scratch *scratch = bpf_map_lookup_elem(&exec_scratches, &user);
        struct walk *walk = bpf_map_lookup_elem(&walks, &user);

        if (!scratch || !walk || !is_on_duty() || !lineage_fits())
                return 0;
        struct ww_exec *record = &scratch->record;

        walk->cut = 0;
        fill_task(&record->task, task);
        /* Before anything else lies where it reads. */
        __u32 environment = look_through_environment((__u64)BPF_CORE_READ(task, mm), user);
        __u32 size = sizeof(*record) + copy_strings(scratch, task, binprm);

        if (size > sizeof(*scratch))
                return 0;
        fill_header(&record->header, WW_EXEC, size);
        record->header.flags = (walk->cut ? WW_EXEC_PATH_CUT : 0) | environment;
        if (!put(record, size, WW_LINEAGE, is_new_netns(&record->task) ? BPF_RB_FORCE_WAKEUP : lineage_doorbell()) &&
            record->cgroup_size)
                forget_cgroup(record->task.cgroup);
        return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
        struct ww_exit record = {};

        /* do_exit() counts signal->live down before this tracepoint: only the last thread sees 0. */
        if (BPF_CORE_READ(task, signal, live.counter) || !is_on_duty())
                return 0;
        if (!lineage_fits())
                return 0;
        fill_header(&record.header, WW_EXIT, sizeof(record));
        fill_process(&record.process, task);
        record.status = BPF_CORE_READ(task, exit_code);
        /* With an owner of nftables tables these may end, and nobody notifies of it. */
        put(&record, sizeof(record), WW_LINEAGE,
            watched_for(record.process.pid) & WW_WATCH_END ? BPF_RB_FORCE_WAKEUP : lineage_doorbell());
        return 0;
}

/* Makes the record of a process that runs. Returns its size. Verified by itself, as write_path is. */
__attribute__((noinline)) __u32 fill_seed(__u64 address)
{
        struct task_struct *task = (void *)address;
        __u32 user = PATH_OF_SEED;
        struct exec_scratch *scratch = bpf_map_lookup_elem(&exec_scratches, &user);
        struct walk *walk = bpf_map_lookup_elem(&walks, &user);

        if (!scratch || !walk)
                return 0;
        struct ww_exec *record = &scratch->record;

        walk->cut = 0;
        fill_task(&record->task, task);
        record->path_size = append_path(executable_path(task), 0, PATH_OF_SEED);
        record->invoked_size = 0;
        record->directory_size = append_path(directory_path(task), record->path_size, PATH_OF_SEED);
        __u32 size = record->path_size + record->directory_size;

        /* Of every process: an iterator whose buffer is full is asked for the same one again. */
        is_new_cgroup(record->task.cgroup);
        record->cgroup_size = append_cgroup(task, size, PATH_OF_SEED);
        size += record->cgroup_size;
        record->pad = 0;
        record->arguments_size = 0;
        record->arguments_total = 0;
        record->arguments_count = 0;
        fill_header(&record->header, WW_TASK, sizeof(*record) + size);
        record->header.flags = (walk->cut ? WW_EXEC_PATH_CUT : 0) |
                               (current_thread() >> 32 == record->task.process.pid ? WW_EXEC_READER : 0);
        return sizeof(*record) + size;
}

static __always_inline void write_seed(struct seq_file *seq, struct task_struct *task)
{
        __u32 user = PATH_OF_SEED, size = fill_seed((__u64)task);
        struct exec_scratch *scratch = bpf_map_lookup_elem(&exec_scratches, &user);

        if (!scratch || !size)
                return;
        /* A record and three paths. The mask is for the verifier, as in append_path. */
        asm volatile("" : "+r"(size));
        size &= 4 * WW_PATH_MAX - 1;
        bpf_seq_write(seq, scratch, size);
}

/* The processes that were there before us, with exact start times (/proc has them by the clock tick) and
 * with paths that /proc keeps to itself for some. Their arguments lie in memory that is not ours to read
 * here: those /proc tells. Init comes first, by another way: a hardened kernel was seen to leave it out. */
SEC("iter/task")
int process_seed(struct bpf_iter__task *ctx)
{
        struct task_struct *task = ctx->task;

        if (!task)
                return 0;
        if (!ctx->meta->seq_num)
                write_seed(ctx->meta->seq, BPF_CORE_READ(task_pid_namespace(task), child_reaper));
        /* Of a leader the leader is the task itself, as a plain number, which fill_seed takes. */
        if (task->pid == task->tgid)
                write_seed(ctx->meta->seq, BPF_CORE_READ(task, group_leader));
        return 0;
}
