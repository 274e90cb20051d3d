// ways WAY TABLE [TABLE]: empties a table by one of the ways in which bytes reach a netlink socket. `sendmmsg` empties both.
// `inherited` sends on descriptor 3. Ends with the errno of what was refused.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include "nf.h"

static struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};

static ssize_t by_sendmsg(int fd, struct nf_buffer *b) {
    struct iovec parts[3] = {{b->bytes, 7}, {b->bytes + 7, 30}, {b->bytes + 37, b->used - 37}};
    struct msghdr message = {.msg_name = &kernel, .msg_namelen = sizeof kernel, .msg_iov = parts, .msg_iovlen = 3};
    return sendmsg(fd, &message, 0);
}

static ssize_t by_sendmmsg(int fd, struct nf_buffer *one, struct nf_buffer *two) {
    struct iovec parts[2] = {{one->bytes, one->used}, {two->bytes, two->used}};
    struct mmsghdr messages[2] = {{.msg_hdr = {.msg_iov = &parts[0], .msg_iovlen = 1}}, {.msg_hdr = {.msg_iov = &parts[1], .msg_iovlen = 1}}};
    return sendmmsg(fd, messages, 2, 0) == 2 ? 0 : -1;
}

static ssize_t by_writev(int fd, struct nf_buffer *b) {
    struct iovec parts[2] = {{b->bytes, 20}, {b->bytes + 20, b->used - 20}};
    return writev(fd, parts, 2);
}

// From memory (vmsplice) or from a copy (write) through a pipe.
static ssize_t by_splice(int fd, struct nf_buffer *b, int from_memory) {
    int ends[2];
    struct iovec all = {b->bytes, b->used};
    if (pipe(ends) || (from_memory ? vmsplice(ends[1], &all, 1, 0) : write(ends[1], b->bytes, b->used)) != (ssize_t)b->used)
        return -1;
    return splice(ends[0], NULL, fd, NULL, b->used, 0);
}

static ssize_t by_sendfile(int fd, struct nf_buffer *b) {
    int file = memfd_create("batch", 0);
    off_t start = 0;
    if (file < 0 || write(file, b->bytes, b->used) != (ssize_t)b->used)
        return -1;
    return sendfile(fd, file, &start, b->used);
}

// Asynchronous I/O of old, io_submit(2).
static ssize_t by_aio(int fd, struct nf_buffer *b) {
    aio_context_t context = 0;
    struct iocb order = {.aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = (uint32_t)fd, .aio_buf = (uint64_t)(uintptr_t)b->bytes, .aio_nbytes = b->used};
    struct iocb *orders[] = {&order};
    struct io_event event;
    if (syscall(SYS_io_setup, 1, &context) || syscall(SYS_io_submit, context, 1, orders) != 1 || syscall(SYS_io_getevents, context, 1, 1, &event, NULL) != 1)
        return -1;
    errno = event.res < 0 ? (int)-event.res : 0;
    return event.res;
}

// To a group as well: the kernel gets it all the same.
static ssize_t by_group(int fd, struct nf_buffer *b) {
    struct sockaddr_nl group = {.nl_family = AF_NETLINK, .nl_groups = 1u << 30};
    return sendto(fd, b->bytes, b->used, 0, (struct sockaddr *)&group, sizeof group);
}

static ssize_t perform(const char *way, int fd, struct nf_buffer *b, struct nf_buffer *other) {
    if (!strcmp(way, "sendto"))
        return sendto(fd, b->bytes, b->used, 0, (struct sockaddr *)&kernel, sizeof kernel);
    if (!strcmp(way, "send"))
        return send(fd, b->bytes, b->used, 0);
    if (!strcmp(way, "sendmsg") || !strcmp(way, "inherited"))
        return by_sendmsg(fd, b);
    if (!strcmp(way, "sendmmsg"))
        return by_sendmmsg(fd, b, other);
    if (!strcmp(way, "write"))
        return write(fd, b->bytes, b->used);
    if (!strcmp(way, "writev"))
        return by_writev(fd, b);
    if (!strcmp(way, "splice") || !strcmp(way, "vmsplice"))
        return by_splice(fd, b, *way == 'v');
    if (!strcmp(way, "sendfile"))
        return by_sendfile(fd, b);
    if (!strcmp(way, "aio"))
        return by_aio(fd, b);
    if (!strcmp(way, "group"))
        return by_group(fd, b);
    errno = 64;
    return -1;
}

int main(int argc, char **argv) {
    if (argc < 3)
        return 64;
    struct nf_buffer one = {.used = 0}, two = {.used = 0};
    nf_flush_batch(&one, argv[2]);
    nf_flush_batch(&two, argv[argc - 1]);
    int fd = strcmp(argv[1], "inherited") ? nf_socket() : 3;
    return fd < 0 || perform(argv[1], fd, &one, &two) < 0 ? errno : 0;
}
