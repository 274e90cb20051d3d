/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The path of a file, from its dentries.
 *
 * bpf_d_path() is allowed in a handful of hooks only (and in no raw tracepoint), so the walk is ours:
 * up through d_parent and, at the root of a mount, through its mountpoint, until the mount that has no
 * parent. What a process sees after pivot_root is what comes out: the path inside its container. */

#define PATH_PARTS 40
/* Parts taken in one call: see write_path. */
#define PARTS_AT_ONCE 8

/* What the loops count lives in the map and not in registers: the verifier then takes it for any number. */
struct walk {
        const unsigned char *names[PATH_PARTS];
        struct dentry *dentry;
        struct mount *mount;
        struct dentry *root; /* of the mount */
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

enum climb { CLIMBING, AT_THE_TOP, TOO_HIGH };

/* Collects names on the way up, some steps in a call. */
__attribute__((noinline)) __u32 climb(__u32 user)
{
        struct walk *walk = bpf_map_lookup_elem(&walks, &user);

        if (!walk)
                return TOO_HIGH;
        for (int i = 0; i < PARTS_AT_ONCE; i++) {
                struct dentry *dentry = walk->dentry, *parent = BPF_CORE_READ(dentry, d_parent);
                struct mount *mount = walk->mount;

                if (dentry != walk->root && dentry != parent) {
                        if (!add_name(walk, dentry))
                                return TOO_HIGH;
                        walk->dentry = parent;
                        continue;
                }
                struct mount *above = BPF_CORE_READ(mount, mnt_parent);

                if (dentry != walk->root || above == mount) {
                        /* What hangs on no mount (a memfd) has a name all the same; so has the root. */
                        if (!walk->count)
                                add_name(walk, dentry);
                        return AT_THE_TOP;
                }
                walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
                walk->mount = above;
                walk->root = BPF_CORE_READ(above, mnt.mnt_root);
        }
        return CLIMBING;
}

/* Writes the names from the top down, some parts in a call. False: the last is written, or did not fit. */
__attribute__((noinline)) __u32 write_names(__u32 offset, __u32 user)
{
        struct walk *walk = bpf_map_lookup_elem(&walks, &user);
        struct exec_scratch *scratch = bpf_map_lookup_elem(&exec_scratches, &user);

        if (!walk || !scratch)
                return false;
        /* 6.1 loses sight of a bound that was checked on a copy: mask the very register that is added. */
        asm volatile("" : "+r"(offset));
        offset &= 4 * WW_PATH_MAX - 1;
        char *out = &scratch->strings[offset];

        for (int i = 0; i < PARTS_AT_ONCE; i++) {
                __u32 slot = walk->count - 1, size = walk->size;

                if (slot >= PATH_PARTS)
                        return false;
                if (size >= WW_PATH_MAX - 260) {
                        walk->cut = 1;
                        return false;
                }
                out[size] = '/';
                long got = bpf_probe_read_kernel_str(&out[size + 1], 256, walk->names[slot]);

                if (got <= 0) {
                        count_unread(WW_LINEAGE);
                        walk->cut = 1;
                        return false;
                }
                walk->count = slot;
                /* The root's own name is "/". */
                walk->size = size + (got == 2 && out[size + 1] == '/' ? 1 : got);
        }
        return true;
}

/* Writes the path behind a `struct path *` to the user's strings at `offset`, without a NUL at the end.
 * Returns its size, less than WW_PATH_MAX; what did not fit is told in walk->cut.
 *
 * It and its loops are functions that are not static: the verifier takes each by itself and once, not anew at every
 * call and for every way out of the loop before (0.35 s a program, seen; 5.10 knows no bpf_loop). That is also why
 * the pointer comes as a number: 5.10 knows no other arguments of such functions. */
__attribute__((noinline)) __u32 write_path(__u64 address, __u32 offset, __u32 user)
{
        struct walk *walk = bpf_map_lookup_elem(&walks, &user);
        struct path *path = (void *)address;
        __u32 way = CLIMBING;

        if (!walk)
                return 0;
        struct vfsmount *vfsmount = BPF_CORE_READ(path, mnt);

        walk->dentry = BPF_CORE_READ(path, dentry);
        walk->mount = (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
        walk->root = BPF_CORE_READ(vfsmount, mnt_root);
        walk->count = 0;
        walk->size = 0;
        for (int i = 0; i < PATH_PARTS / PARTS_AT_ONCE + 1 && way == CLIMBING; i++)
                way = climb(user);
        if (way != AT_THE_TOP)
                walk->cut = 1;
        for (int i = 0; i < PATH_PARTS / PARTS_AT_ONCE + 1; i++)
                if (!write_names(offset, user))
                        break;
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
