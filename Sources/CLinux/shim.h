// The kernel's user-space headers, and static inline wrappers for exactly what Swift cannot call:
// function-like macros and variadic functions.
#pragma once

// _GNU_SOURCE is not defined: Swift's own Glibc module is compiled without, and the two would disagree about fd_set.
// What it would declare is wrapped below.

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

#include <linux/net_namespace.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

/// The namespace id of the datagram `message` describes, from its `NETLINK_LISTEN_ALL_NSID` control
/// message, or `absent` where there is none: the kernel sends none for the socket's own namespace.
static inline int32_t linux_netlink_message_nsid(struct msghdr *message, int32_t absent)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level == SOL_NETLINK && c->cmsg_type == NETLINK_LISTEN_ALL_NSID &&
            c->cmsg_len >= CMSG_LEN(sizeof(int32_t))) {
            int32_t nsid;
            memcpy(&nsid, CMSG_DATA(c), sizeof nsid);
            return nsid;
        }
    }
    return absent;
}

/// setns(2), which sched.h declares for _GNU_SOURCE only.
static inline int linux_setns(int descriptor, int type)
{
    return (int)syscall(SYS_setns, descriptor, type);
}

/// The user namespace that a namespace belongs to: NS_GET_USERNS of ioctl_ns(2), since Linux 4.9, which is variadic. Returns
/// a descriptor, or -1 with errno set.
static inline int linux_owner_of_namespace(int descriptor)
{
    return ioctl(descriptor, _IO(0xb7, 0x1));
}

/// `PROC_USER_INIT_INO` of linux/proc_ns.h: the inode number of the first user namespace.
static const uint64_t linux_first_user_namespace = 0xEFFFFFFD;

/// A cgroup v2 of this machine, mounted nowhere: fsopen(2), fsconfig(2), fsmount(2), since Linux 5.2.
/// Returns its root folder, or -1 with errno set.
static inline int linux_open_cgroup2(void)
{
    int context = (int)syscall(SYS_fsopen, "cgroup2", 1 /* FSOPEN_CLOEXEC */);
    if (context < 0)
        return -1;
    int folder = -1;
    if (syscall(SYS_fsconfig, context, 6 /* FSCONFIG_CMD_CREATE */, 0, 0, 0) == 0)
        folder = (int)syscall(SYS_fsmount, context, 1 /* FSMOUNT_CLOEXEC */, 0);
    int failure = errno;
    close(context);
    errno = failure;
    return folder;
}

/// The kind of the file system that holds `path`, by its magic number (linux/magic.h), or -1.
static inline long linux_file_system(const char *path)
{
    struct statfs status;
    return statfs(path, &status) == 0 ? (long)(unsigned)status.f_type : -1;
}

/// pidfd_open(2), which Debian 12's C library declares in a header that Swift does not read.
static inline int linux_pidfd_open(pid_t pid, unsigned flags)
{
    return (int)syscall(SYS_pidfd_open, pid, flags);
}

/// pidfd_getfd(2), since 5.6: a descriptor of another process.
static inline int linux_pidfd_getfd(int process, int descriptor)
{
    return (int)syscall(SYS_pidfd_getfd, process, descriptor, 0);
}

/// unshare(2), which sched.h declares for _GNU_SOURCE only.
static inline int linux_unshare(int flags)
{
    return (int)syscall(SYS_unshare, flags);
}

/// gettid(2), which unistd.h declares for _GNU_SOURCE only.
static inline pid_t linux_gettid(void)
{
    return (pid_t)syscall(SYS_gettid);
}

/// Gives back to the system what was freed. malloc.h is not in Glibc's module map.
static inline void linux_release_freed_memory(void)
{
    malloc_trim(0);
}

/// `CLONE_NEWNET` of sched.h, which is there for _GNU_SOURCE only.
static const int linux_clone_newnet = 0x40000000;
/// `SO_NETNS_COOKIE` of asm-generic/socket.h (5.14, e8b9eab99232), which older headers do not have.
static const int linux_so_netns_cookie = 71;

/// fanotify of linux/fanotify.h: the C library declares the calls, its header clashes with the kernel's.
#include <linux/fanotify.h>

/// fanotify_init(2) for events with the file's handle, the folder's and the name, since Linux 5.9. Returns -1 with errno set.
static inline int linux_fanotify_init(void)
{
    unsigned flags = FAN_CLOEXEC | FAN_NONBLOCK | FAN_CLASS_NOTIF | FAN_REPORT_FID | FAN_REPORT_DFID_NAME | FAN_UNLIMITED_MARKS;
    return (int)syscall(SYS_fanotify_init, flags, O_RDONLY | O_CLOEXEC);
}

/// fanotify_mark(2) of a folder: what happens to it and to what lies in it.
static inline int linux_fanotify_watch(int descriptor, const char *folder)
{
    uint64_t events = FAN_CREATE | FAN_DELETE | FAN_MOVED_FROM | FAN_MOVED_TO | FAN_MODIFY | FAN_CLOSE_WRITE |
                      FAN_ATTRIB | FAN_DELETE_SELF | FAN_MOVE_SELF | FAN_EVENT_ON_CHILD | FAN_ONDIR;
    return (int)syscall(SYS_fanotify_mark, descriptor, FAN_MARK_ADD | FAN_MARK_ONLYDIR, events, AT_FDCWD, folder);
}

/// fanotify_mark(2) of a file, or of the one a link leads to: it may have other names elsewhere.
static inline int linux_fanotify_watch_file(int descriptor, const char *file)
{
    uint64_t events = FAN_MODIFY | FAN_CLOSE_WRITE | FAN_ATTRIB;
    return (int)syscall(SYS_fanotify_mark, descriptor, FAN_MARK_ADD, events, AT_FDCWD, file);
}

/// Forgets all marks of a group.
static inline int linux_fanotify_forget(int descriptor)
{
    return (int)syscall(SYS_fanotify_mark, descriptor, FAN_MARK_FLUSH, 0, AT_FDCWD, 0);
}

/// name_to_handle_at(2) of what a path leads to: its type and bytes behind each other, as an event of fanotify has
/// them. Returns how many bytes, or -1 with errno set.
static inline int linux_file_handle(const char *path, uint8_t bytes[136])
{
    struct {
        unsigned count;
        int type;
        uint8_t bytes[128];
    } handle = {.count = sizeof handle.bytes};
    int mount;
    if (syscall(SYS_name_to_handle_at, AT_FDCWD, path, &handle, &mount, 0x400 /* AT_SYMLINK_FOLLOW */) != 0)
        return -1;
    memcpy(bytes, &handle.count, 4);
    memcpy(bytes + 4, &handle.type, 4);
    memcpy(bytes + 8, handle.bytes, handle.count);
    return 8 + (int)handle.count;
}

/// The file system of a path as fanotify names it (`fsid`), or 0.
static inline uint64_t linux_file_system_id(const char *path)
{
    struct statfs status;
    uint64_t id = 0;
    if (statfs(path, &status) == 0)
        memcpy(&id, &status.f_fsid, sizeof id < sizeof status.f_fsid ? sizeof id : sizeof status.f_fsid);
    return id;
}

/// Sends bytes and, if it is not negative, a descriptor in one message. Returns what sendmsg(2) does.
static inline ssize_t linux_send_with_descriptor(int socket, const void *bytes, size_t count, int descriptor)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &descriptor, sizeof descriptor);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

/// Receives such a message; `descriptor` is -1 where none came with it.
static inline ssize_t linux_receive_with_descriptor(int socket, void *bytes, size_t count, int *descriptor)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {.iov_base = bytes, .iov_len = count};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    *descriptor = -1;
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (received < 0)
        return received;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
            memcpy(descriptor, CMSG_DATA(c), sizeof *descriptor);
    return received;
}

/// memfd_create(2), which sys/mman.h declares for _GNU_SOURCE only.
static inline int linux_memory_file(const char *name)
{
    return (int)syscall(SYS_memfd_create, name, 1 /* MFD_CLOEXEC */);
}

/// Has this process killed when its parent ends: PR_SET_PDEATHSIG of prctl(2), which is variadic.
static inline int linux_die_with_parent(void)
{
    return (int)syscall(SYS_prctl, 1 /* PR_SET_PDEATHSIG */, 9 /* SIGKILL */, 0, 0, 0);
}
