/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Who a task is, in full, read where it stands: a firewall record must name its author even when
 * every lineage record before it was lost. */

#define TMPFS_MAGIC 0x01021994

static __always_inline void fill_process(struct ww_process *out, struct task_struct *task)
{
        struct task_struct *leader = BPF_CORE_READ(task, group_leader);

        out->start = BPF_CORE_READ(leader, start_boottime);
        out->pid = BPF_CORE_READ(task, tgid);
        out->uid = BPF_CORE_READ(task, real_cred, uid.val);
}

static __always_inline void fill_file(struct ww_file *out, struct file *file)
{
        struct inode *inode = BPF_CORE_READ(file, f_inode);
        __u32 prefix = 0;

        out->inode = BPF_CORE_READ(inode, i_ino);
        out->device = BPF_CORE_READ(inode, i_sb, s_dev);
        out->links = inode_links(inode);
        out->uid = BPF_CORE_READ(inode, i_uid.val);
        out->mode = BPF_CORE_READ(inode, i_mode);
        out->flags = 0;
        if (BPF_CORE_READ(inode, i_sb, s_magic) != TMPFS_MAGIC)
                return;
        out->flags |= WW_FILE_TMPFS;
        /* "memf", the head of "memfd:NAME": how memfd_create names what it makes. */
        bpf_probe_read_kernel(&prefix, sizeof(prefix), BPF_CORE_READ(file, f_path.dentry, d_name.name));
        if (prefix == 0x666d656d && !out->links)
                out->flags |= WW_FILE_MEMFD;
}

static __always_inline __u32 leader_pid(struct signal_struct *signal, enum pid_type type)
{
        struct pid *pid;

        bpf_probe_read_kernel(&pid, sizeof(pid),
                              (void *)signal + bpf_core_field_offset(struct signal_struct, pids) + type * sizeof(pid));
        return BPF_CORE_READ(pid, numbers[0].nr);
}

static __always_inline struct pid_namespace *task_pid_namespace(struct task_struct *task)
{
        struct pid *pid = BPF_CORE_READ(task, thread_pid);
        __u32 level = BPF_CORE_READ(pid, level);
        struct pid_namespace *ns;

        bpf_probe_read_kernel(&ns, sizeof(ns),
                              (void *)pid + bpf_core_field_offset(struct pid, numbers) +
                                      level * bpf_core_type_size(struct upid) + bpf_core_field_offset(struct upid, ns));
        return ns;
}

static __always_inline __u32 task_tty(struct signal_struct *signal)
{
        struct tty_struct *tty = BPF_CORE_READ(signal, tty);

        if (!tty)
                return 0;
        return (__u32)BPF_CORE_READ(tty, driver, major) << 20 |
               (__u32)(BPF_CORE_READ(tty, driver, minor_start) + BPF_CORE_READ(tty, index));
}

#define CAP_NET_ADMIN 12

static __always_inline __u64 capabilities(struct cred *cred)
{
        __u64 effective = 0;

        bpf_probe_read_kernel(&effective, sizeof(effective),
                              (void *)cred + bpf_core_field_offset(struct cred, cap_effective));
        return effective;
}

/* What kind of file standard input is. */
static __always_inline __u16 stdin_mode(struct task_struct *task)
{
        struct fdtable *table = BPF_CORE_READ(task, files, fdt);
        struct file **files = BPF_CORE_READ(table, fd), *file = 0;

        if (!files || bpf_probe_read_kernel(&file, sizeof(file), files) || !file)
                return 0;
        return BPF_CORE_READ(file, f_inode, i_mode);
}

/* The beginning of argv as it stands in the task's memory. Only of the task that runs: `mm` is the one that is there. */
static __always_inline void fill_arguments_now(struct ww_arguments *out, struct task_struct *task)
{
        unsigned long start = BPF_CORE_READ(task, mm, arg_start), end = BPF_CORE_READ(task, mm, arg_end);
        __u64 size = end - start;

        out->pad = 0;
        out->size = 0;
        __builtin_memset(out->bytes, 0, sizeof(out->bytes));
        if (end <= start)
                return;
        if (size > WW_ARGUMENTS_NOW)
                size = WW_ARGUMENTS_NOW;
        /* Not resident, or not mapped: then nothing is said. */
        if (!bpf_probe_read_user(out->bytes, size, (void *)start))
                out->size = size;
}

static __always_inline void fill_task(struct ww_task *out, struct task_struct *task)
{
        struct cred *cred = BPF_CORE_READ(task, real_cred);
        struct signal_struct *signal = BPF_CORE_READ(task, signal);
        struct nsproxy *nsproxy = BPF_CORE_READ(task, nsproxy);

        fill_process(&out->process, task);
        fill_process(&out->parent, BPF_CORE_READ(task, real_parent));
        fill_file(&out->executable, BPF_CORE_READ(task, mm, exe_file));
        out->cgroup = BPF_CORE_READ(task_cgroup(task), id);
        out->effective = capabilities(BPF_CORE_READ(task, cred));
        out->thread = BPF_CORE_READ(task, pid);
        out->gid = BPF_CORE_READ(cred, gid.val);
        out->euid = BPF_CORE_READ(cred, euid.val);
        out->egid = BPF_CORE_READ(cred, egid.val);
        out->suid = BPF_CORE_READ(cred, suid.val);
        out->sgid = BPF_CORE_READ(cred, sgid.val);
        out->login = task_login(task);
        out->session_id = task_session_id(task);
        out->group_leader = leader_pid(signal, PIDTYPE_PGID);
        out->session_leader = leader_pid(signal, PIDTYPE_SID);
        out->tty = task_tty(signal);
        out->netns = BPF_CORE_READ(nsproxy, net_ns, ns.inum);
        out->mntns = BPF_CORE_READ(nsproxy, mnt_ns, ns.inum);
        out->pidns = BPF_CORE_READ(task_pid_namespace(task), ns.inum);
        out->userns = BPF_CORE_READ(cred, user_ns, ns.inum);
        out->stdin_mode = stdin_mode(task);
        out->pad = 0;
        out->netns_cookie = netns_cookie(BPF_CORE_READ(nsproxy, net_ns));
        BPF_CORE_READ_STR_INTO(&out->comm, task, comm);
}

/* What a descriptor of this task stands for (a socket, a BPF link), which another thread may have closed meanwhile. */
static __always_inline void *object_behind(int descriptor)
{
        struct task_struct *task = (void *)bpf_get_current_task();
        struct fdtable *table = BPF_CORE_READ(task, files, fdt);
        struct file **files = BPF_CORE_READ(table, fd), *file = 0;

        if (descriptor < 0 || (__u32)descriptor >= BPF_CORE_READ(table, max_fds) ||
            bpf_probe_read_kernel(&file, sizeof(file), files + descriptor) || !file)
                return 0;
        return BPF_CORE_READ(file, private_data);
}

/* May this task change the firewall of a namespace that a user namespace this deep owns? The kernel asks for
 * more (that very user namespace, or one above; or the owner of one below his, who needs no capability): this is
 * enough to tell those apart who certainly may not. Judged by the credentials the task acts with: to io_uring
 * they are lent (IORING_REGISTER_PERSONALITY), and its own say nothing. */
static __always_inline bool may_change(struct task_struct *task, __u32 netns_level)
{
        struct cred *cred = BPF_CORE_READ(task, cred);
        __u32 level = BPF_CORE_READ(cred, user_ns, level);

        return level < netns_level || (level == netns_level && capabilities(cred) & 1ull << CAP_NET_ADMIN);
}

/* The living ancestors, nearest first. Their files are told by device and inode: names are lineage's. */
static __always_inline void fill_ancestors(struct ww_ancestor *out, __u32 *count, struct task_struct *task)
{
        *count = 0;
        for (int i = 0; i < WW_ANCESTORS; i++) {
                struct inode *inode;

                task = BPF_CORE_READ(task, real_parent, group_leader);
                if (!task || !BPF_CORE_READ(task, pid))
                        break;
                fill_process(&out[i].process, task);
                inode = BPF_CORE_READ(task, mm, exe_file, f_inode);
                out[i].inode = BPF_CORE_READ(inode, i_ino);
                out[i].device = BPF_CORE_READ(inode, i_sb, s_dev);
                out[i].pad = 0;
                BPF_CORE_READ_STR_INTO(&out[i].comm, task, comm);
                *count = i + 1;
                if (out[i].process.pid == 1)
                        break;
        }
}
