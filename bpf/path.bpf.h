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

struct {
        __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
        __uint(max_entries, 1);
        __type(key, __u32);
        __type(value, struct walk);
} walks SEC(".maps");

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

/* Writes `path` to `out` (WW_PATH_MAX bytes), without a NUL at the end. Returns its size; what did not
 * fit is told in walk->cut. */
static __always_inline __u32 write_path(struct walk *walk, char *out, struct path *path)
{
        walk->size = 0;
        if (!collect_names(walk, path))
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
