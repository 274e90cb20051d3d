/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* What changed between kernels, each with the version and the commit that changed it. */

#ifndef WALLWATCH_COMPAT_H
#define WALLWATCH_COMPAT_H

/* inode.i_nlink is a const member of a union with __i_nlink on every kernel since 3.2 (a78ef704a8dd):
 * CO-RE finds it through the anonymous union. Kept here because pahole before 1.17 named only the
 * second one in BTF. */
static __always_inline __u32 inode_links(struct inode *inode)
{
        return BPF_CORE_READ(inode, i_nlink);
}

/* loginuid and sessionid exist only with CONFIG_AUDIT (task_struct, since 2.6.16; sessionid 4746ec5b01ed). */
static __always_inline __u32 task_login(struct task_struct *task)
{
        return bpf_core_field_exists(task->loginuid) ? BPF_CORE_READ(task, loginuid.val) : WW_NO_LOGIN;
}

static __always_inline __u32 task_session_id(struct task_struct *task)
{
        return bpf_core_field_exists(task->sessionid) ? BPF_CORE_READ(task, sessionid) : WW_NO_LOGIN;
}

/* The size of an empty string, with its NUL, was 0 and not 1 (seen on 5.10 and 6.1, not on 6.18). */
static __always_inline long read_user_string(void *out, __u32 size, unsigned long at)
{
        long got = bpf_probe_read_user_str(out, size, (void *)at);

        return got ? got : 1;
}

/* kernfs_node.parent became __parent, to be read under RCU, in 6.15 (633488947ef6). */
static __always_inline struct kernfs_node *kernfs_parent(struct kernfs_node *node)
{
        struct kernfs_node___before_6_15 *old = (void *)node;

        return bpf_core_field_exists(node->__parent) ? BPF_CORE_READ(node, __parent) : BPF_CORE_READ(old, parent);
}

/* An sk_buff's tail is an offset from its head where NET_SKBUFF_DATA_USES_OFFSET, that is on every
 * 64-bit kernel (4305b541f3b9), and a pointer elsewhere: we build for 64 bit only. */
static __always_inline __u32 skb_bytes(struct sk_buff *skb)
{
        return BPF_CORE_READ(skb, tail);
}

/* The kernel may take an option's bytes from memory of its own instead of the caller's. Before sockptr_t (5.9,
 * ba423fdaa589) it did so by set_fs(KERNEL_DS), under which the pointers within the option were trusted too. */
static __always_inline bool has_sockptr(void)
{
        return bpf_core_type_exists(sockptr_t);
}

/* A network namespace for good: its inode number is used again, its cookie (since 5.12, 3d368ab87cf6) never. Before that
 * a random number that each is given for its hash tables (since 5.1, 355b98553789) tells most of them apart. */
static __always_inline __u64 netns_cookie(struct net *net)
{
        __u64 cookie = 0;
        __u32 mix = 0;

        if (bpf_core_field_exists(net->net_cookie)) {
                bpf_probe_read_kernel(&cookie, sizeof(cookie), (void *)net + bpf_core_field_offset(struct net, net_cookie));
                return cookie;
        }
        if (bpf_core_field_exists(net->hash_mix))
                bpf_probe_read_kernel(&mix, sizeof(mix), (void *)net + bpf_core_field_offset(struct net, hash_mix));
        return mix;
}

/* As bpf_get_current_pid_tgid(), which 6.1 lets programs of cgroup/setsockopt call and 5.10 does not (both tried). */
static __always_inline __u64 current_thread(void)
{
        struct task_struct *task = (void *)bpf_get_current_task();

        return (__u64)BPF_CORE_READ(task, tgid) << 32 | (__u32)BPF_CORE_READ(task, pid);
}

/* An atomic addition gives the value back since 5.12 (5ca419f2864a): here it is read anew, so that of two
 * at once both may see the higher one. Relaxed: of any other clang makes the newer instruction. */
static __always_inline __u64 count_one(__u64 *counter)
{
        __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
        return *(volatile __u64 *)counter;
}

#endif
