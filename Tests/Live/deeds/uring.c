// uring WAY TABLE (or FILE TEXT): has io_uring do the deed, without a library. Ends with the errno of what was refused.
//
//   plain        SENDMSG of a batch that empties TABLE, done while it is handed in
//   sqpoll       the same by the thread that polls the queue (iou-sqp-PID); nobody calls the kernel to have it sent
//   write FILE TEXT    WRITE of a text to a file; `-sqpoll` by the polling thread
//   setsockopt   SOCKET_URING_OP_SETSOCKOPT (since 6.7) replaces the legacy TABLE of IPv4 by an empty one
//
// After WAY: `-async` has a worker thread do it; `-lent` has it done with root's credentials, which were registered
// (a personality) before the process gave up root.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "legacy.h"
#include "nf.h"

struct ring {
    int fd;
    struct io_uring_params parameters;
    char *submissions, *completions;
    struct io_uring_sqe *entries;
};

#define AT(base, offset) ((unsigned *)((base) + (offset)))

static int set_up(struct ring *r, unsigned flags) {
    r->parameters = (struct io_uring_params){.flags = flags, .sq_thread_idle = 2000};
    r->fd = (int)syscall(SYS_io_uring_setup, 4, &r->parameters);
    if (r->fd < 0)
        return errno;
    struct io_uring_params *p = &r->parameters;
    size_t sq = p->sq_off.array + p->sq_entries * sizeof(unsigned), cq = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
    r->submissions = mmap(NULL, sq, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, IORING_OFF_SQ_RING);
    r->completions = mmap(NULL, cq, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, IORING_OFF_CQ_RING);
    r->entries = mmap(NULL, p->sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, IORING_OFF_SQES);
    return r->submissions == MAP_FAILED || r->completions == MAP_FAILED || r->entries == MAP_FAILED ? errno : 0;
}

// Hands in the first entry, waits for it, and returns its errno.
static int submit(struct ring *r) {
    struct io_uring_params *p = &r->parameters;
    unsigned *tail = AT(r->submissions, p->sq_off.tail), *flags = AT(r->submissions, p->sq_off.flags);
    AT(r->submissions, p->sq_off.array)[0] = 0;
    __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
    int polled = p->flags & IORING_SETUP_SQPOLL, asleep = polled && __atomic_load_n(flags, __ATOMIC_ACQUIRE) & IORING_SQ_NEED_WAKEUP;
    // With a polled queue this call only waits.
    if (syscall(SYS_io_uring_enter, r->fd, polled ? 0 : 1, 1, IORING_ENTER_GETEVENTS | (asleep ? IORING_ENTER_SQ_WAKEUP : 0), NULL, 0) < 0)
        return errno;
    struct io_uring_cqe *done = (struct io_uring_cqe *)(r->completions + p->cq_off.cqes);
    if (__atomic_load_n(AT(r->completions, p->cq_off.tail), __ATOMIC_ACQUIRE) == 0)
        return EIO;
    return done->res < 0 ? -done->res : 0;
}

static int send_batch(struct ring *r, int fd, const char *table, uint8_t flags, uint16_t personality) {
    struct nf_buffer b = {.used = 0};
    nf_flush_batch(&b, table);
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    struct iovec all = {b.bytes, b.used};
    struct msghdr message = {.msg_name = &kernel, .msg_namelen = sizeof kernel, .msg_iov = &all, .msg_iovlen = 1};
    r->entries[0] = (struct io_uring_sqe){.opcode = IORING_OP_SENDMSG, .flags = flags, .fd = fd, .addr = (uint64_t)(uintptr_t)&message, .len = 1, .personality = personality};
    return submit(r);
}

// The fields of struct io_uring_sqe that 6.7 gave other names.
struct socket_command {
    uint8_t opcode, flags;
    uint16_t priority;
    int32_t fd;
    uint32_t command, pad;
    uint32_t level, name;
    uint32_t length_of_none, command_flags;
    uint64_t user_data;
    uint16_t buffer, personality;
    uint32_t option_length;
    uint64_t option, pad2;
};

static int replace(struct ring *r, int fd, size_t size, uint8_t flags, uint16_t personality) {
    struct socket_command command = {.opcode = 46 /* IORING_OP_URING_CMD */, .flags = flags, .fd = fd, .command = 3 /* SOCKET_URING_OP_SETSOCKOPT */,
        .level = LEGACY_LEVEL, .name = LEGACY_SET_REPLACE, .option_length = (uint32_t)size, .option = (uint64_t)(uintptr_t)&legacy_new, .personality = personality};
    _Static_assert(sizeof command == sizeof(struct io_uring_sqe), "a submission entry");
    memcpy(&r->entries[0], &command, sizeof command);
    return submit(r);
}

static int write_text(struct ring *r, const char *path, const char *text, uint8_t flags) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    r->entries[0] = (struct io_uring_sqe){.opcode = IORING_OP_WRITE, .flags = flags, .fd = fd, .addr = (uint64_t)(uintptr_t)text, .len = (uint32_t)strlen(text)};
    return submit(r);
}

int main(int argc, char **argv) {
    struct ring r = {0};
    if (argc < 3)
        return 64;
    const char *way = argv[1];
    int error = set_up(&r, strstr(way, "sqpoll") ? IORING_SETUP_SQPOLL : 0);
    if (error)
        return error;
    if (!strncmp(way, "write", 5))
        return argc < 4 ? 64 : write_text(&r, argv[2], argv[3], strstr(way, "-async") ? IOSQE_ASYNC : 0);
    int is_legacy = !strncmp(way, "setsockopt", 10), fd = is_legacy ? socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW) : nf_socket();
    size_t size = is_legacy && fd >= 0 ? legacy_empty(fd, argv[2]) : 0;
    if (fd < 0 || (is_legacy && !size))
        return errno;
    int personality = 0, flags = strstr(way, "-async") ? IOSQE_ASYNC : 0;
    if (strstr(way, "-lent")) {
        personality = (int)syscall(SYS_io_uring_register, r.fd, IORING_REGISTER_PERSONALITY, NULL, 0);
        if (personality < 0 || setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
            return errno;
    }
    return is_legacy ? replace(&r, fd, size, (uint8_t)flags, (uint16_t)personality) : send_batch(&r, fd, argv[2], (uint8_t)flags, (uint16_t)personality);
}
