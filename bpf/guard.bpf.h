/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Hands laid on the kernel half: its maps opened, its links detached, its pins removed.
 *
 * The security_* functions of vmlinux, whether or not a security module uses them: they are called in the task
 * that acts, before the deed, with the kernel's copy of what it asked for, and all ways lead through them. An
 * attempt that is refused afterwards is told like one that was not. A hardened kernel allows no such hook; there
 * user space sees that something is gone (a name, a link), but not who took it.
 *
 *   security_bpf_map       every new descriptor of a map, by id, by name, or sent by another process's bpf(2)
 *   security_bpf           bpf(2): a link is opened by id, detached, or given another program
 *   security_inode_unlink, security_inode_rename, security_sb_umount   the names in the folder of pins
 *
 * What they miss: a descriptor that is passed on over a socket or taken with pidfd_getfd, and memory that is
 * written by other means (another BPF program, a module). */

#define BPF_FS_MAGIC 0xcafe4a11

#define BPF_LINK_UPDATE 29
#define BPF_LINK_GET_FD_BY_ID 30
#define BPF_LINK_DETACH 34
#define FMODE_WRITE 2

struct {
        __uint(type, BPF_MAP_TYPE_HASH);
        __uint(max_entries, 256);
        __type(key, __u64); /* WW_GUARDED_* | id */
        __type(value, __u8);
} guarded SEC(".maps");

static __always_inline bool is_guarded(__u64 kind, __u64 id)
{
        __u64 key = kind | (__u32)id;

        return bpf_map_lookup_elem(&guarded, &key) && is_on_duty() && !is_own();
}

static __always_inline int report_deed(__u32 deed, __u32 id, const unsigned char *name)
{
        struct ww_guard record = {};

        fill_header(&record.header, WW_GUARD, sizeof(record));
        fill_task(&record.task, (void *)bpf_get_current_task());
        record.deed = deed;
        record.id = id;
        if (name)
                bpf_probe_read_kernel_str(record.name, sizeof(record.name), name);
        put(&record, sizeof(record), WW_OTHER, BPF_RB_FORCE_WAKEUP);
        return 0;
}

static __always_inline int map_opened(struct bpf_map *map, __u32 mode)
{
        __u32 id = BPF_CORE_READ(map, id);

        if (!is_guarded(WW_GUARDED_MAP, id))
                return 0;
        return report_deed(mode & FMODE_WRITE ? WW_GUARD_MAP_WRITE : WW_GUARD_MAP_READ, id, 0);
}

/* A descriptor of something else gives a number that is nobody's, or of no matter. */
static __always_inline __u32 link_behind(int descriptor)
{
        struct bpf_link *link = object_behind(descriptor);

        return link ? BPF_CORE_READ(link, id) : 0;
}

static __always_inline int bpf_called(int command, void *attributes)
{
        __u32 first = 0, deed;

        /* In each of these the first word of the attributes is the id or the descriptor. */
        if (command == BPF_LINK_GET_FD_BY_ID)
                deed = WW_GUARD_LINK_OPEN;
        else if (command == BPF_LINK_DETACH)
                deed = WW_GUARD_LINK_DETACH;
        else if (command == BPF_LINK_UPDATE)
                deed = WW_GUARD_LINK_UPDATE;
        else
                return 0;
        if (bpf_probe_read_kernel(&first, sizeof(first), attributes)) {
                count_unread(WW_OTHER);
                return 0;
        }
        if (deed != WW_GUARD_LINK_OPEN)
                first = link_behind(first);
        return is_guarded(WW_GUARDED_LINK, first) ? report_deed(deed, first, 0) : 0;
}

static __always_inline int name_removed(struct inode *folder, struct dentry *dentry)
{
        if (BPF_CORE_READ(folder, i_sb, s_magic) != BPF_FS_MAGIC)
                return 0;
        if (!is_guarded(WW_GUARDED_FOLDER, BPF_CORE_READ(folder, i_ino)))
                return 0;
        return report_deed(WW_GUARD_UNPIN, 0, BPF_CORE_READ(dentry, d_name.name));
}

static __always_inline int unmounted(struct vfsmount *mount)
{
        struct dentry *root = BPF_CORE_READ(mount, mnt_root);

        if (BPF_CORE_READ(root, d_inode, i_sb, s_magic) != BPF_FS_MAGIC || !is_on_duty() || is_own())
                return 0;
        return report_deed(WW_GUARD_UNMOUNT, 0, 0);
}

SEC("fentry/security_bpf_map")
int BPF_PROG(guard_map_full, struct bpf_map *map, __u32 mode)
{
        return map_opened(map, mode);
}

SEC("fentry/security_bpf")
int BPF_PROG(guard_bpf_full, int command, void *attributes)
{
        return bpf_called(command, attributes);
}

SEC("fentry/security_inode_unlink")
int BPF_PROG(guard_unlink_full, struct inode *folder, struct dentry *dentry)
{
        return name_removed(folder, dentry);
}

SEC("fentry/security_inode_rename")
int BPF_PROG(guard_rename_full, struct inode *folder, struct dentry *dentry)
{
        return name_removed(folder, dentry);
}

SEC("fentry/security_sb_umount")
int BPF_PROG(guard_umount_full, struct vfsmount *mount)
{
        return unmounted(mount);
}

SEC("kprobe/security_bpf_map")
int BPF_KPROBE(guard_map_kprobe, struct bpf_map *map, __u32 mode)
{
        return map_opened(map, mode);
}

SEC("kprobe/security_bpf")
int BPF_KPROBE(guard_bpf_kprobe, int command, void *attributes)
{
        return bpf_called(command, attributes);
}

SEC("kprobe/security_inode_unlink")
int BPF_KPROBE(guard_unlink_kprobe, struct inode *folder, struct dentry *dentry)
{
        return name_removed(folder, dentry);
}

SEC("kprobe/security_inode_rename")
int BPF_KPROBE(guard_rename_kprobe, struct inode *folder, struct dentry *dentry)
{
        return name_removed(folder, dentry);
}

SEC("kprobe/security_sb_umount")
int BPF_KPROBE(guard_umount_kprobe, struct vfsmount *mount)
{
        return unmounted(mount);
}
