/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The kernel types the probes read, and only the fields they read.
 *
 * preserve_access_index makes every field access a CO-RE relocation, so the layout here need not
 * match any kernel: libbpf rewrites the offsets at load. What changed its shape between kernels is
 * not here but in compat.bpf.h. The guard has this name because bpf_tracing.h asks for it: it tells
 * the kernel's names of the registers from user space's. */

#ifndef __VMLINUX_H__
#define __VMLINUX_H__

typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef int pid_t;
typedef unsigned int dev_t;
typedef unsigned short umode_t;
typedef _Bool bool;
enum { false, true };

enum bpf_map_type {
        BPF_MAP_TYPE_HASH = 1,
        BPF_MAP_TYPE_ARRAY = 2,
        BPF_MAP_TYPE_PERCPU_ARRAY = 6,
        BPF_MAP_TYPE_LRU_HASH = 9,
        BPF_MAP_TYPE_RINGBUF = 27,
};
enum { BPF_ANY = 0, BPF_NOEXIST = 1 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };
enum { BPF_RB_AVAIL_DATA = 0, BPF_RB_RING_SIZE = 1 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct { __u32 val; } kuid_t;
typedef struct { __u32 val; } kgid_t;

/* 8 bytes on every kernel: two words before 6.3, one since (f122a08b197d). */
struct kernel_cap_struct { __u32 words[2]; };
typedef struct kernel_cap_struct kernel_cap_t;

struct list_head { struct list_head *next, *prev; };

struct qstr { __u32 len; const unsigned char *name; };
struct super_block { dev_t s_dev; unsigned long s_magic; };
struct inode {
        umode_t i_mode;
        kuid_t i_uid;
        struct super_block *i_sb;
        unsigned long i_ino;
        unsigned int i_nlink;
};
struct dentry { struct dentry *d_parent; struct qstr d_name; struct inode *d_inode; };
struct vfsmount { struct dentry *mnt_root; };
struct path { struct vfsmount *mnt; struct dentry *dentry; };
struct mount { struct mount *mnt_parent; struct dentry *mnt_mountpoint; struct vfsmount mnt; };
struct file { struct path f_path; struct inode *f_inode; void *private_data; };
struct fs_struct { struct path pwd; };

struct mm_struct { unsigned long arg_start, arg_end, env_start, env_end; struct file *exe_file; };

struct ns_common { unsigned int inum; };
struct user_namespace { int level; struct ns_common ns; };
struct ctl_table_set { unsigned char none; };
struct ctl_table_header { struct ctl_table_set *set; };
struct bpf_sysctl_kern { struct ctl_table_header *head; };
struct net { struct ns_common ns; struct ctl_table_set sysctls; struct user_namespace *user_ns; __u32 hash_mix; __u64 net_cookie; };
struct mnt_namespace { struct ns_common ns; };
struct pid_namespace { struct ns_common ns; struct task_struct *child_reaper; };
struct nsproxy {
        struct mnt_namespace *mnt_ns;
        struct pid_namespace *pid_ns_for_children;
        struct net *net_ns;
};

struct upid { int nr; struct pid_namespace *ns; };
struct pid { unsigned int level; struct upid numbers[1]; };

struct cred {
        kuid_t uid, suid, euid;
        kgid_t gid, sgid, egid;
        kernel_cap_t cap_effective;
        struct user_namespace *user_ns;
};

struct tty_driver { int major; int minor_start; };
struct tty_struct { int index; struct tty_driver *driver; };
enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID };
typedef struct { int counter; } atomic_t;
struct signal_struct { atomic_t live; struct pid *pids[4]; struct tty_struct *tty; };

struct kernfs_node { __u64 id; struct kernfs_node *__parent; const char *name; };
struct kernfs_node___before_6_15 { struct kernfs_node *parent; };
struct cgroup { struct kernfs_node *kn; };
struct cgroup_subsys_state { struct cgroup *cgroup; };
enum cgroup_subsys_id { pids_cgrp_id };
struct css_set { struct cgroup_subsys_state *subsys[1]; struct cgroup *dfl_cgrp; };

struct fdtable { unsigned int max_fds; struct file **fd; };
struct files_struct { struct fdtable *fdt; };
struct task_struct {
        pid_t pid, tgid;
        unsigned int flags;
        int exit_code;
        __u64 start_boottime;
        struct task_struct *real_parent;
        struct task_struct *group_leader;
        struct mm_struct *mm;
        struct fs_struct *fs;
        struct files_struct *files;
        struct nsproxy *nsproxy;
        struct signal_struct *signal;
        struct cred *real_cred, *cred;
        struct pid *thread_pid;
        struct css_set *cgroups;
        kuid_t loginuid;
        unsigned int sessionid;
        char comm[16];
};

struct linux_binprm { const char *filename; int argc; };
struct kernel_siginfo { int si_code; };

typedef struct { struct net *net; } possible_net_t;
struct sock_common { unsigned short skc_family; possible_net_t skc_net; };
struct sk_buff_head { struct sk_buff *next, *prev; __u32 qlen; };
struct sock { struct sock_common __sk_common; __u16 sk_protocol; struct sk_buff_head sk_receive_queue; };
struct socket { struct sock *sk; };
typedef struct { _Bool is_kernel; } sockptr_t;
struct netlink_sock { struct sock sk; __u32 portid; };
struct netlink_skb_parms { __u32 portid; struct sock *sk; };
struct sk_buff {
        struct sk_buff *next, *prev;
        struct sock *sk;
        char cb[48];
        unsigned int len;
        unsigned int tail;
        unsigned char *head, *data;
};


struct module { char name[56]; };

struct seq_file;
struct bpf_iter_meta { struct seq_file *seq; __u64 session_id; __u64 seq_num; };
struct bpf_iter__task { struct bpf_iter_meta *meta; struct task_struct *task; };

struct bpf_map { __u32 id; };
struct bpf_link { __u32 id; };
struct bpf_sock;

#pragma clang attribute pop

/* The context of a cgroup/setsockopt program: UAPI, the verifier rewrites the accesses. */
struct bpf_sockopt {
        struct bpf_sock *sk;
        void *optval;
        void *optval_end;
        __s32 level;
        __s32 optname;
        __s32 optlen;
        __s32 retval;
};

/* The context of a cgroup/sysctl program, the same. */
struct bpf_sysctl {
        __u32 write;
        __u32 file_pos;
};

struct pt_regs {
        unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
};

#endif
