/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Lineage: who started whom, and with what.
 *
 * tp_btf rather than fentry: the raw tracepoints run with preemption off, so no record is skipped by
 * the recursion guard of a preempted program; they exist since 5.5 and hardened kernels allow them.
 *
 *   sched_process_fork  in the parent, before the child runs: the only moment that tells who really
 *                       forked (real_parent lies after CLONE_PARENT and re-parenting)
 *   sched_process_exec  after the point of no return: arguments lie in the new mm, resident, and are
 *                       what the kernel holds. At sys_enter they may not be resident, and may change.
 *   sched_process_exit  the last thread's exit, with the status wait(2) will give
 */

struct exec_scratch {
        struct ww_exec record;
        char strings[4 * WW_PATH_MAX + WW_ARGUMENTS_MAX + 512];
};

struct {
        __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
        __uint(max_entries, 1);
        __type(key, __u32);
        __type(value, struct exec_scratch);
} exec_scratches SEC(".maps");

/* Network namespaces that user space has heard of. The first exec in a new one rings, so that its
 * firewall is known before the program that was started there can change it. */
struct {
        __uint(type, BPF_MAP_TYPE_LRU_HASH);
        __uint(max_entries, 4096);
        __type(key, __u32); /* inode number */
        __type(value, __u8);
} known_netns SEC(".maps");

static __always_inline bool is_new_netns(__u32 netns)
{
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

        if (child->pid != child->tgid)
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
static __always_inline __u32 copy_strings(struct ww_exec *record, char *strings, struct task_struct *task,
                                          struct linux_binprm *binprm)
{
        struct file *file = BPF_CORE_READ(task, mm, exe_file);
        struct fs_struct *fs = BPF_CORE_READ(task, fs);
        __u32 zero = 0, size;
        struct walk *walk = bpf_map_lookup_elem(&walks, &zero);

        if (!walk)
                return 0;
        walk->cut = 0;
        record->path_size = write_path(walk, strings, (void *)file + bpf_core_field_offset(struct file, f_path));
        size = record->path_size & (WW_PATH_MAX - 1);

        long got = bpf_probe_read_kernel_str(&strings[size], WW_PATH_MAX, BPF_CORE_READ(binprm, filename));
        record->invoked_size = got > 0 ? got - 1 : 0;
        size += record->invoked_size & (WW_PATH_MAX - 1);

        record->directory_size =
                write_path(walk, &strings[size], (void *)fs + bpf_core_field_offset(struct fs_struct, pwd));
        size += record->directory_size & (WW_PATH_MAX - 1);

        record->arguments_size = copy_arguments(&strings[size], BPF_CORE_READ(task, mm), &record->arguments_total);
        record->header.flags = walk->cut ? WW_EXEC_PATH_CUT : 0;
        return size + (record->arguments_size & (WW_ARGUMENTS_MAX - 1));
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task, pid_t old_pid, struct linux_binprm *binprm)
{
        __u32 zero = 0;
        struct exec_scratch *scratch = bpf_map_lookup_elem(&exec_scratches, &zero);

        if (!scratch || !lineage_fits())
                return 0;
        struct ww_exec *record = &scratch->record;

        fill_task(&record->task, task);
        fill_header(&record->header, WW_EXEC, 0);
        __u32 size = sizeof(*record) + copy_strings(record, scratch->strings, task, binprm);

        if (size > sizeof(*scratch))
                return 0;
        record->header.size = size;
        record->pad = 0;
        put(record, size, WW_LINEAGE, is_new_netns(record->task.netns) ? BPF_RB_FORCE_WAKEUP : lineage_doorbell());
        return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
        struct ww_exit record = {};

        /* do_exit() counts signal->live down before this tracepoint: only the last thread sees 0. */
        if (BPF_CORE_READ(task, signal, live.counter))
                return 0;
        if (!lineage_fits())
                return 0;
        fill_header(&record.header, WW_EXIT, sizeof(record));
        fill_process(&record.process, task);
        record.status = BPF_CORE_READ(task, exit_code);
        put(&record, sizeof(record), WW_LINEAGE, lineage_doorbell());
        return 0;
}

/* The processes that were there before us, with exact start times: /proc has them by the clock tick. */
SEC("iter/task")
int process_seed(struct bpf_iter__task *ctx)
{
        struct task_struct *task = ctx->task;
        struct seed {
                struct ww_header header;
                struct ww_task task;
        } record = {};

        if (!task || task->pid != task->tgid)
                return 0;
        fill_header(&record.header, WW_TASK, sizeof(record));
        fill_task(&record.task, task);
        bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
        return 0;
}
