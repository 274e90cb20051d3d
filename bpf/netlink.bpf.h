/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Requests to nfnetlink: nftables batches and ipset commands, as the kernel copied them.
 *
 * Every path of user space (sendmsg, sendto, sendmmsg, write, io_uring, 32 bit) ends in
 * netlink_unicast() with one linear sk_buff, which the kernel handles before it returns, in the
 * sender's task. We read that copy, never user memory: nobody can change it under us.
 *
 *   full        fentry/netlink_unicast: the bytes; fexit: the answer (by then the sk_buff is freed)
 *   kprobe      the same two, by kprobe and kretprobe
 *   restricted  tp_btf/consume_skb: netlink_unicast_kernel() lets go of the sk_buff when nfnetlink is
 *               done with it, still in the sender's task, the bytes still in place behind skb->data:
 *               request and answer in one look, on every kernel since 5.5, and no program on every
 *               system call. It costs some ns on each packet that is freed, so the others come first.
 *
 * What all three miss: requests that the kernel makes of itself (the death of an owner's table).
 * A request says what was asked: what was committed, the notifications say. */

#define AF_NETLINK 16
#define NETLINK_NETFILTER 12
#define NLMSG_ERROR 2
#define NLMSG_HEADER 16
#define NFNL_MSG_BATCH_BEGIN 0x10
#define NFNL_SUBSYS_IPSET 6
#define NFNL_SUBSYS_NFTABLES 10

/* Messages looked at before a request with many is reported unseen: padding hides nothing. */
#define MESSAGES_LOOKED_AT 16
/* Answers looked at, newest first. */
#define ANSWERS_LOOKED_AT 16
/* Of a request that its sender has no right to make, or makes in a user namespace of his own, this
 * much is kept: enough to tell what he tried, too little to flood the ring with. */
#define UNPRIVILEGED_LIMIT 1024
#define FOREIGN_LIMIT (16 * 1024)

struct nlmsghdr {
        __u32 nlmsg_len;
        __u16 nlmsg_type;
        __u16 nlmsg_flags;
        __u32 nlmsg_seq;
        __u32 nlmsg_pid;
};

struct request_scratch {
        struct ww_request record;
        char bytes[WW_CHUNK];
};

struct chunk_scratch {
        struct ww_request_bytes record;
        char bytes[WW_CHUNK];
};

struct {
        __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
        __uint(max_entries, 1);
        __type(key, __u32);
        __type(value, struct request_scratch);
} request_scratches SEC(".maps");

struct {
        __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
        __uint(max_entries, 1);
        __type(key, __u32);
        __type(value, struct chunk_scratch);
} chunk_scratches SEC(".maps");

/* A request between its entry and its exit; the exit clears it. */
struct open_request {
        __u64 id;
        struct sock *sock;
        __u32 lost;
        __u32 first_sequence;
        __u64 stack; /* where the call stood, for the kretprobe */
};

struct {
        __uint(type, BPF_MAP_TYPE_LRU_HASH);
        __uint(max_entries, 1024);
        __type(key, __u64); /* pid_tgid */
        __type(value, struct open_request);
} open_requests SEC(".maps");

/* The ipset commands that change something; the others read. */
static __always_inline bool ipset_changes(__u8 command)
{
        return (command >= 2 && command <= 6) || command == 9 || command == 10;
}

/* Does this request ask for a change of a firewall? */
static __always_inline bool asks_for_change(char *data, __u32 total)
{
        __u32 offset = 0;

        for (int i = 0; i < MESSAGES_LOOKED_AT; i++) {
                struct nlmsghdr header;
                __be16 subsystem;

                if (offset + NLMSG_HEADER > total)
                        return false;
                if (bpf_probe_read_kernel(&header, sizeof(header), data + offset)) {
                        count_unread(WW_FIREWALL);
                        return true;
                }
                if (header.nlmsg_type == NFNL_MSG_BATCH_BEGIN) {
                        if (bpf_probe_read_kernel(&subsystem, sizeof(subsystem), data + offset + NLMSG_HEADER + 2))
                                return true;
                        /* The kernel takes nftables' number in either byte order (a9de9777d613). */
                        return subsystem == NFNL_SUBSYS_NFTABLES || subsystem == NFNL_SUBSYS_NFTABLES << 8;
                }
                if (header.nlmsg_type >> 8 == NFNL_SUBSYS_IPSET && ipset_changes(header.nlmsg_type & 0xff))
                        return true;
                if (header.nlmsg_len < NLMSG_HEADER)
                        return false;
                offset += (header.nlmsg_len + 3) & ~3u;
                if (header.nlmsg_len > total)
                        return false;
        }
        return true;
}

/* The first error among the newest answers on the sender's queue; advisory: a sender can leave an
 * old one there, so nothing is called unchanged for it alone. */
static __always_inline __s32 newest_error(struct sock *sock, __u32 first_sequence)
{
        void *queue = (void *)sock + bpf_core_field_offset(struct sock, sk_receive_queue);
        struct sk_buff *answer = BPF_CORE_READ(sock, sk_receive_queue.prev);
        __s32 error = 0;

        for (int i = 0; i < ANSWERS_LOOKED_AT; i++) {
                struct {
                        struct nlmsghdr header;
                        __s32 error;
                        struct nlmsghdr request;
                } ack;

                if (!answer || (void *)answer == queue)
                        break;
                if (bpf_probe_read_kernel(&ack, sizeof(ack), BPF_CORE_READ(answer, data)))
                        break;
                if (ack.header.nlmsg_type == NLMSG_ERROR && ack.error && ack.request.nlmsg_seq - first_sequence < 1u << 24)
                        error = ack.error;
                answer = BPF_CORE_READ(answer, prev);
        }
        return error;
}

/* Those who may not change what they try to change are told of a few times a second each, and leave half
 * the ring to the others: they could fill it for nothing. The same half is kept from user namespaces of
 * somebody's own, where everybody is an administrator. */
#define ATTEMPTS_PER_SECOND 16

struct attempts {
        __u64 second;
        __u64 count;
};

struct {
        __uint(type, BPF_MAP_TYPE_LRU_HASH);
        __uint(max_entries, 1024);
        __type(key, __u32); /* uid */
        __type(value, struct attempts);
} attempts SEC(".maps");

static __always_inline bool is_admitted(struct sock *sock)
{
        struct task_struct *task = (void *)bpf_get_current_task();
        __u32 level = BPF_CORE_READ(sock, __sk_common.skc_net.net, user_ns, level);
        bool may = may_change(task, level);

        if (may && !level)
                return true;
        if (bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) > ring_bytes / 2) {
                count_full(may ? WW_FOREIGN : WW_REFUSED);
                return false;
        }
        if (may)
                return true;
        __u32 uid = BPF_CORE_READ(task, real_cred, uid.val);
        __u64 second = bpf_ktime_get_boot_ns() >> 30;
        struct attempts fresh = {second, 1}, *known = bpf_map_lookup_elem(&attempts, &uid);

        if (!known || known->second != second) {
                bpf_map_update_elem(&attempts, &uid, &fresh, BPF_ANY);
                return true;
        }
        if (count_one(&known->count) <= ATTEMPTS_PER_SECOND)
                return true;
        count_full(WW_REFUSED);
        return false;
}

static __always_inline bool is_nfnetlink(struct sock *sock)
{
        return BPF_CORE_READ(sock, __sk_common.skc_family) == AF_NETLINK &&
               BPF_CORE_READ(sock, sk_protocol) == NETLINK_NETFILTER;
}

static __always_inline __u32 capture_limit(struct ww_request *record)
{
        if (!may_change((void *)bpf_get_current_task(), record->netns_level))
                return UNPRIVILEGED_LIMIT;
        return record->netns_level ? FOREIGN_LIMIT : request_limit;
}

/* Sends one more piece of the request, at the offset that chunk->record holds. Returns how many bytes of
 * it are then there, 0 on failure. */
static __always_inline __u32 send_chunk(struct chunk_scratch *chunk, char *data, __u32 captured)
{
        __u32 offset = chunk->record.offset, here = captured - offset;

        if (here > WW_CHUNK)
                here = WW_CHUNK;
        if (bpf_probe_read_kernel(chunk->bytes, here, data + offset)) {
                count_unread(WW_FIREWALL);
                return 0;
        }
        chunk->record.here = here;
        fill_header(&chunk->record.header, WW_REQUEST_BYTES, sizeof(chunk->record) + here);
        if (!put(chunk, sizeof(chunk->record) + here, WW_FIREWALL, BPF_RB_NO_WAKEUP))
                return 0;
        return here;
}

/* Tells who asks, in the ring's next record but for the bytes. */
static __always_inline void fill_request(struct ww_request *record, struct sock *sock, __u32 total, __u64 id)
{
        struct task_struct *task = (void *)bpf_get_current_task();
        struct netlink_sock *netlink = (void *)sock;
        struct net *net = BPF_CORE_READ(sock, __sk_common.skc_net.net);

        fill_task(&record->task, task);
        fill_ancestors(record->ancestors, &record->ancestor_count, task);
        fill_arguments_now(&record->arguments, task);
        record->id = id;
        record->netns = BPF_CORE_READ(net, ns.inum);
        record->netns_level = BPF_CORE_READ(net, user_ns, level);
        record->netns_cookie = netns_cookie(net);
        record->port = BPF_CORE_READ(netlink, portid);
        record->total = total;
        record->pad = 0;
        __u32 limit = capture_limit(record);
        record->captured = total < limit ? total : limit;
}

/* Copies the request into the ring, first the author with the first bytes, then the rest.
 * Returns how many bytes found no room. */
static __always_inline __u32 send_request(struct sock *sock, char *data, __u32 total, __u64 id)
{
        __u32 zero = 0, here;
        struct request_scratch *first = bpf_map_lookup_elem(&request_scratches, &zero);
        struct chunk_scratch *chunk = bpf_map_lookup_elem(&chunk_scratches, &zero);

        if (!first || !chunk)
                return total;
        struct ww_request *record = &first->record;

        fill_request(record, sock, total, id);
        here = record->captured;
        if (here > WW_CHUNK)
                here = WW_CHUNK;
        if (bpf_probe_read_kernel(first->bytes, here, data)) {
                count_unread(WW_FIREWALL);
                here = 0;
                record->captured = 0;
        }
        record->here = here;
        fill_header(&record->header, WW_REQUEST, sizeof(*record) + here);
        if (!put(first, sizeof(*record) + here, WW_FIREWALL, BPF_RB_NO_WAKEUP))
                return total;

        chunk->record.id = id;
        chunk->record.offset = here;
        for (int i = 1; i < WW_REQUEST_MAX / WW_CHUNK; i++) {
                if (chunk->record.offset >= record->captured)
                        break;
                here = send_chunk(chunk, data, record->captured);
                if (!here)
                        break;
                chunk->record.offset += here;
        }
        return record->captured - chunk->record.offset;
}

static __always_inline void send_result(__u64 id, __s32 error, __u32 lost)
{
        struct ww_request_result record = {};

        fill_header(&record.header, WW_REQUEST_RESULT, sizeof(record));
        record.id = id;
        record.error = error;
        record.lost = lost;
        put(&record, sizeof(record), WW_FIREWALL, BPF_RB_FORCE_WAKEUP);
}

static __always_inline __u32 first_sequence(char *data)
{
        struct nlmsghdr header = {};

        bpf_probe_read_kernel(&header, sizeof(header), data);
        return header.nlmsg_seq;
}

static __always_inline int request_begins(struct sock *sock, struct sk_buff *skb, __u32 port)
{
        if (port || !is_nfnetlink(sock) || !is_on_duty() || is_canary(WW_CANARY_NETLINK))
                return 0;
        char *data = (char *)BPF_CORE_READ(skb, data);
        __u32 total = BPF_CORE_READ(skb, len);
        __u64 thread = bpf_get_current_pid_tgid();

        if (!asks_for_change(data, total) || !is_admitted(sock))
                return 0;
        struct open_request request = {.id = bpf_ktime_get_boot_ns() ^ thread << 32, .sock = sock};

        request.lost = send_request(sock, data, total, request.id);
        request.first_sequence = first_sequence(data);
        bpf_map_update_elem(&open_requests, &thread, &request, BPF_ANY);
        return 0;
}

static __always_inline int request_ends(void)
{
        __u64 thread = bpf_get_current_pid_tgid();
        struct open_request *request = bpf_map_lookup_elem(&open_requests, &thread);

        if (!request)
                return 0;
        send_result(request->id, newest_error(request->sock, request->first_sequence), request->lost);
        bpf_map_delete_elem(&open_requests, &thread);
        return 0;
}

SEC("fentry/netlink_unicast")
int BPF_PROG(netlink_full, struct sock *sock, struct sk_buff *skb, __u32 port)
{
        return request_begins(sock, skb, port);
}

SEC("fexit/netlink_unicast")
int BPF_PROG(netlink_full_exit, struct sock *sock, struct sk_buff *skb, __u32 port)
{
        return port ? 0 : request_ends();
}

SEC("kprobe/netlink_unicast")
int BPF_KPROBE(netlink_kprobe, struct sock *sock, struct sk_buff *skb, __u32 port)
{
        __u64 thread = bpf_get_current_pid_tgid();
        struct open_request *request;

        if (port)
                return 0;
        /* One whose return was dropped must not end with this call's. */
        bpf_map_delete_elem(&open_requests, &thread);
        request_begins(sock, skb, port);
        request = bpf_map_lookup_elem(&open_requests, &thread);
        if (request)
                request->stack = PT_REGS_SP(ctx);
        return 0;
}

/* A kretprobe does not know which call returns, and the kernel's answers take the same way back within the request.
 * They stand deeper on the stack. Counting them would not do: the kernel drops returns beyond its maximum, which
 * may be one a processor (seen on 5.10: with one processor no answer's return was told). */
#define SAME_CALL 32

SEC("kretprobe/netlink_unicast")
int BPF_KRETPROBE(netlink_kprobe_exit)
{
        __u64 thread = bpf_get_current_pid_tgid();
        struct open_request *request = bpf_map_lookup_elem(&open_requests, &thread);

        if (request && PT_REGS_SP(ctx) + SAME_CALL < request->stack)
                return 0;
        return request_ends();
}

SEC("tp_btf/consume_skb")
int BPF_PROG(netlink_restricted, struct sk_buff *skb)
{
        struct sock *kernel = skb->sk;

        /* Only netlink_unicast_kernel() gives a request to its kernel socket, and only then is the
         * sender in the control block. Clones (nlmon, the batch's own) have no socket. */
        if (!kernel || kernel->__sk_common.skc_family != AF_NETLINK || kernel->sk_protocol != NETLINK_NETFILTER)
                return 0;
        struct netlink_skb_parms *control = (void *)skb->cb;
        struct sock *sender = BPF_CORE_READ(control, sk);

        if (!sender || !is_nfnetlink(sender) || BPF_CORE_READ((struct netlink_sock *)kernel, portid))
                return 0;
        if (!is_on_duty() || is_canary(WW_CANARY_NETLINK))
                return 0;
        char *data = (char *)BPF_CORE_READ(skb, head);
        __u32 total = skb_bytes(skb);

        if (!asks_for_change(data, total) || !is_admitted(sender))
                return 0;
        __u64 id = bpf_ktime_get_boot_ns() ^ bpf_get_current_pid_tgid() << 32;
        __u32 lost = send_request(sender, data, total, id);

        send_result(id, newest_error(sender, first_sequence(data)), lost);
        return 0;
}
