/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The one ring, the account of what did not fit, and when it rings.
 *
 * The doorbell is what a ring buffer costs, not the data: an exec storm slows by 13-18 % when each
 * record wakes the reader and not measurably when none does. So lineage is submitted silently (nobody
 * needs it until a firewall record comes, and the ring keeps the order), the end of a firewall story
 * rings at once, and a ring more than a quarter full rings too. */

/* Set by user space before load. */
const volatile __u32 ring_bytes = 8 * 1024 * 1024;
const volatile __u32 instance = 0; /* of these programs: see struct ww_duty */
const volatile __u32 request_limit = 256 * 1024;
const volatile __u32 arguments_limit = 4096;

struct {
        __uint(type, BPF_MAP_TYPE_RINGBUF);
        __uint(max_entries, 8 * 1024 * 1024);
} records SEC(".maps");

struct {
        __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
        __uint(max_entries, 1);
        __type(key, __u32);
        __type(value, struct ww_losses);
} losses SEC(".maps");

struct {
        __uint(type, BPF_MAP_TYPE_ARRAY);
        __uint(max_entries, 1);
        __type(key, __u32);
        __type(value, struct ww_duty);
} duty SEC(".maps");

/* Pinned programs outlive their collector. While the next one comes up both stand at each hook: one of
 * them reports. */
static __always_inline bool is_on_duty(void)
{
        __u32 zero = 0;
        struct ww_duty *now = bpf_map_lookup_elem(&duty, &zero);

        return now && now->instance == instance;
}

/* Nobody reports yet. */
static __always_inline bool is_on_trial(void)
{
        __u32 zero = 0;
        struct ww_duty *now = bpf_map_lookup_elem(&duty, &zero);

        return !now || !now->instance;
}

/* The collector itself, and not who has its pid when it is dead. */
static __always_inline bool is_own(void)
{
        __u32 zero = 0;
        struct ww_duty *now = bpf_map_lookup_elem(&duty, &zero);
        struct task_struct *task = (void *)bpf_get_current_task();

        return now && current_thread() >> 32 == now->own_pid &&
               BPF_CORE_READ(task, group_leader, start_boottime) == now->own_start;
}

/* The same, where it acts only to see whether it is seen. */
static __always_inline bool is_canary(enum ww_canary canary)
{
        __u32 zero = 0;
        struct ww_losses *counts = bpf_map_lookup_elem(&losses, &zero);

        if (!is_own())
                return false;
        if (counts)
                counts->own[canary]++;
        return true;
}

static __always_inline void count_full(enum ww_family family)
{
        __u32 zero = 0;
        struct ww_losses *counts = bpf_map_lookup_elem(&losses, &zero);
        struct task_struct *task = (void *)bpf_get_current_task();

        if (!counts)
                return;
        counts->full[family]++;
        struct ww_crowder *last = &counts->last[family];

        last->time = bpf_ktime_get_boot_ns();
        last->process.start = BPF_CORE_READ(task, group_leader, start_boottime);
        last->process.pid = BPF_CORE_READ(task, tgid);
        last->process.uid = BPF_CORE_READ(task, real_cred, uid.val);
        BPF_CORE_READ_STR_INTO(&last->comm, task, comm);
}

static __always_inline void count_unread(enum ww_family family)
{
        __u32 zero = 0;
        struct ww_losses *counts = bpf_map_lookup_elem(&losses, &zero);

        if (counts)
                counts->unread[family]++;
}

static __always_inline void fill_header(struct ww_header *header, enum ww_kind kind, __u32 size)
{
        header->time = bpf_ktime_get_boot_ns();
        header->size = size;
        header->kind = kind;
        header->flags = 0;
}

/* Lineage leaves the last quarter of the ring to the firewall, also while nobody reads; that of anybody but root leaves
 * the half: who may not change the host's firewall cannot hide with a storm of processes who did. */
static __always_inline bool lineage_fits(void)
{
        struct task_struct *task = (void *)bpf_get_current_task();
        __u32 quarters = BPF_CORE_READ(task, real_cred, uid.val) ? 2 : 3;

        if (bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) < ring_bytes / 4 * quarters)
                return true;
        count_full(WW_LINEAGE);
        return false;
}

/* Whoever acts in a user namespace of his own leaves half of the ring to the others. `level` is that of the user namespace
 * that the network namespace belongs to. */
static __always_inline bool has_foreign_room(__u32 level)
{
        return !level || bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) <= ring_bytes / 2;
}

static __always_inline bool foreign_fits(__u32 level)
{
        if (has_foreign_room(level))
                return true;
        count_full(WW_FOREIGN);
        return false;
}

static __always_inline __u64 lineage_doorbell(void)
{
        return bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) > ring_bytes / 4 ? BPF_RB_FORCE_WAKEUP
                                                                               : BPF_RB_NO_WAKEUP;
}

static __always_inline bool put(void *record, __u64 size, enum ww_family family, __u64 doorbell)
{
        if (!bpf_ringbuf_output(&records, record, size, doorbell))
                return true;
        count_full(family);
        return false;
}
