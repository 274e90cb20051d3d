/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The control group of a task: which service or container it belongs to.
 *
 * Told by its number with every task, and once by its path, with the exec or the seed that first shows it: a
 * transient unit or a container may be gone, folder and all, before anybody can look. (Who is moved and never execs
 * in a group that nobody execs in is known by the number alone.) */

#define CGROUP_LEVELS 12
#define CGROUP_NAME 128

struct {
        __uint(type, BPF_MAP_TYPE_LRU_HASH);
        __uint(max_entries, 4096);
        __type(key, __u64); /* the number */
        __type(value, __u8);
} known_cgroups SEC(".maps");

/* The folder of cgroup v2; on a machine that uses v1 alone all are at its root, and the pids controller has the
 * folders that systemd and the container runtimes make. */
static __always_inline struct kernfs_node *task_cgroup(struct task_struct *task)
{
        struct css_set *set = BPF_CORE_READ(task, cgroups);
        struct kernfs_node *node = BPF_CORE_READ(set, dfl_cgrp, kn);
        struct cgroup_subsys_state *state = 0;

        if (kernfs_parent(node) || !bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id))
                return node;
        bpf_probe_read_kernel(&state, sizeof(state),
                              (void *)set + bpf_core_field_offset(struct css_set, subsys) +
                                      bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id) * sizeof(state));
        struct kernfs_node *of_pids = BPF_CORE_READ(state, cgroup, kn);

        return of_pids ? of_pids : node;
}

/* Writes its names to the user's strings at `offset`. Returns their size, less than WW_PATH_MAX. Verified by itself,
 * as write_path is. */
__attribute__((noinline)) __u32 write_cgroup(__u64 address, __u32 offset, __u32 user)
{
        struct exec_scratch *scratch = bpf_map_lookup_elem(&exec_scratches, &user);
        struct kernfs_node *node = (void *)address;
        __u32 size = 0;

        if (!scratch)
                return 0;
        asm volatile("" : "+r"(offset));
        offset &= 4 * WW_PATH_MAX - 1;
        char *out = &scratch->strings[offset];

        for (int i = 0; i < CGROUP_LEVELS; i++) {
                struct kernfs_node *parent = kernfs_parent(node);

                if (!parent || size >= WW_PATH_MAX - CGROUP_NAME)
                        break;
                long got = bpf_probe_read_kernel_str(&out[size], CGROUP_NAME, BPF_CORE_READ(node, name));

                if (got <= 0) {
                        count_unread(WW_LINEAGE);
                        break;
                }
                size += got & (2 * CGROUP_NAME - 1);
                node = parent;
        }
        return size;
}

static __always_inline __u32 append_cgroup(struct task_struct *task, __u32 offset, __u32 user)
{
        __u32 size = write_cgroup((__u64)task_cgroup(task), offset, user);

        asm volatile("" : "+r"(size));
        return size & (WW_PATH_MAX - 1);
}

/* Whether the path of a group is to be told: the first time. */
static __always_inline bool is_new_cgroup(__u64 id)
{
        __u8 known = 1;

        if (bpf_map_lookup_elem(&known_cgroups, &id))
                return false;
        bpf_map_update_elem(&known_cgroups, &id, &known, BPF_ANY);
        return true;
}

/* What told it found no room in the ring: the next one is to tell it. */
static __always_inline void forget_cgroup(__u64 id)
{
        bpf_map_delete_elem(&known_cgroups, &id);
}
