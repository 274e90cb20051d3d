/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The path of a file, from its dentries.
 *
 * bpf_d_path() is allowed in a handful of hooks only (and in no raw tracepoint), so the walk is ours:
 * up through d_parent and, at the root of a mount, through its mountpoint, until the mount that has no
 * parent. What a process sees after pivot_root is what comes out: the path inside its container. */

#define PATH_PARTS 40

/* What the loops count lives in the map and not in registers: the verifier then takes it for any number,
 * and a loop for one state instead of one a turn (5.10 knows no bpf_loop). */
struct walk {
        const unsigned char *names[PATH_PARTS];
        __u32 count;
        __u32 size;
        __u32 cut;
        __u32 pad;
};

/* An iterator can be preempted by a task that execs: each has its own. */
enum path_user { PATH_OF_EXEC, PATH_OF_SEED, PATH_USERS };

struct {
        __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
        __uint(max_entries, PATH_USERS);
        __type(key, __u32);
        __type(value, struct walk);
} walks SEC(".maps");

/* Where paths are written to, behind the record that they belong to. */
struct exec_scratch {
        struct ww_exec record;
        char strings[4 * WW_PATH_MAX + WW_ARGUMENTS_MAX + 512];
};

struct {
        __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
        __uint(max_entries, PATH_USERS);
        __type(key, __u32);
        __type(value, struct exec_scratch);
} exec_scratches SEC(".maps");

static __always_inline bool add_name(struct walk *walk, struct dentry *dentry)
{
        __u32 slot = walk->count;

        if (slot >= PATH_PARTS)
                return false;
        walk->names[slot] = BPF_CORE_READ(dentry, d_name.name);
        walk->count = slot + 1;
        return true;
}

/* Collects the names from the leaf up. False: there were more. */
static __always_inline bool collect_names(struct walk *walk, struct path *path)
{
        struct dentry *dentry = BPF_CORE_READ(path, dentry);
        struct vfsmount *vfsmount = BPF_CORE_READ(path, mnt);
        struct mount *mount = (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
        struct dentry *root = BPF_CORE_READ(vfsmount, mnt_root);

        walk->count = 0;
        for (int i = 0; i < PATH_PARTS + 8; i++) {
                struct dentry *parent = BPF_CORE_READ(dentry, d_parent);

                if (dentry != root && dentry != parent) {
                        if (!add_name(walk, dentry))
                                return false;
                        dentry = parent;
                        continue;
                }
                struct mount *above = BPF_CORE_READ(mount, mnt_parent);

                if (dentry != root || above == mount) {
                        /* What hangs on no mount (a memfd) has a name all the same; so has the root. */
                        if (!walk->count)
                                add_name(walk, dentry);
                        return true;
                }
                dentry = BPF_CORE_READ(mount, mnt_mountpoint);
                mount = above;
                root = BPF_CORE_READ(mount, mnt.mnt_root);
        }
        return false;
}

/* Writes the path behind a `struct path *` to the user's strings at `offset`, without a NUL at the end.
 * Returns its size, less than WW_PATH_MAX; what did not fit is told in walk->cut.
 *
 * Not static, so that the verifier takes it by itself and once, not anew at every call: that is also why
 * the pointer comes as a number (5.10 knows no other arguments of such functions). */
__attribute__((noinline)) __u32 write_path(__u64 path, __u32 offset, __u32 user)
{
        struct walk *walk = bpf_map_lookup_elem(&walks, &user);
        struct exec_scratch *scratch = bpf_map_lookup_elem(&exec_scratches, &user);

        if (!walk || !scratch)
                return 0;
        /* 6.1 loses sight of a bound that was checked on a copy: mask the very register that is added. */
        asm volatile("" : "+r"(offset));
        offset &= 4 * WW_PATH_MAX - 1;
        char *out = &scratch->strings[offset];

        walk->size = 0;
        if (!collect_names(walk, (void *)path))
                walk->cut = 1;

        for (int i = 0; i < PATH_PARTS; i++) {
                __u32 slot = walk->count - 1 - i, size = walk->size;

                if (slot >= PATH_PARTS)
                        break;
                if (size >= WW_PATH_MAX - 260) {
                        walk->cut = 1;
                        break;
                }
                out[size] = '/';
                long got = bpf_probe_read_kernel_str(&out[size + 1], 256, walk->names[slot]);

                if (got <= 0) {
                        count_unread(WW_LINEAGE);
                        walk->cut = 1;
                        break;
                }
                /* The root's own name is "/". */
                walk->size = size + (got == 2 && out[size + 1] == '/' ? 1 : got);
        }
        return walk->size & (WW_PATH_MAX - 1);
}

/* The same, and the verifier knows that the size is small: the compiler, which does, would leave out the
 * mask, and the verifier believes nothing that another function returns. */
static __always_inline __u32 append_path(__u64 path, __u32 offset, __u32 user)
{
        __u32 size = path ? write_path(path, offset, user) : 0;

        asm volatile("" : "+r"(size));
        return size & (WW_PATH_MAX - 1);
}

static __always_inline __u64 executable_path(struct task_struct *task)
{
        struct file *file = BPF_CORE_READ(task, mm, exe_file);

        return file ? (__u64)file + bpf_core_field_offset(struct file, f_path) : 0;
}

static __always_inline __u64 directory_path(struct task_struct *task)
{
        struct fs_struct *fs = BPF_CORE_READ(task, fs);

        return fs ? (__u64)fs + bpf_core_field_offset(struct fs_struct, pwd) : 0;
}
