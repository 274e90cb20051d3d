/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The contract between the kernel half and the Swift half.
 *
 * Compiled twice: by clang for the BPF machine, and imported into Swift as the module CProbes.
 * Fixed-width fields only, every pad byte named, so that neither half guesses a layout and no
 * kernel byte leaks through a hole. Change a struct, and abi.c and WW_ABI_VERSION change with it. */

#ifndef WALLWATCH_H
#define WALLWATCH_H

#ifdef __bpf__
typedef __u8 uint8_t;
typedef __u16 uint16_t;
typedef __u32 uint32_t;
typedef __s32 int32_t;
typedef __u64 uint64_t;
#else
#include <stddef.h>
#include <stdint.h>
#endif

#define WW_ABI_VERSION 5

#define WW_COMM_LEN 16
#define WW_TABLE_LEN 32
#define WW_MODULE_LEN 56
#define WW_GUARD_NAME 32
#define WW_SYSCTL_NAME 64
#define WW_SYSCTL_BEFORE 32
#define WW_SYSCTL_AFTER 64
#define WW_ANCESTORS 8
#define WW_PATH_MAX 1024      /* a resolved path, an invoked path, a working directory */
#define WW_ARGUMENTS_NOW 128   /* what of argv is read once more when a firewall is changed */
#define WW_ARGUMENTS_MAX 16384 /* the most of argv an exec record can carry */
#define WW_CHUNK 16384         /* the most request bytes one record carries */
#define WW_REQUEST_MAX (512 * 1024)

/* No login: what the kernel holds in loginuid and sessionid before pam_loginuid. */
#define WW_NO_LOGIN 0xffffffffu

enum ww_kind {
        WW_FORK = 1,
        WW_EXEC = 2,
        WW_EXIT = 3,
        WW_SIGNAL = 4,
        WW_REQUEST = 5,       /* a message to nfnetlink: who, and its first bytes */
        WW_REQUEST_BYTES = 6, /* more bytes of it */
        WW_REQUEST_RESULT = 7,
        WW_XTABLES = 8, /* a request to replace a legacy table */
        WW_MODULE = 9,
        WW_TASK = 10, /* a process that was there before us, as an exec without arguments */
        WW_XTABLES_RESULT = 11,
        WW_SOCKET_CLOSED = 12, /* a socket to nfnetlink is gone, and the tables it owned with it */
        WW_GUARD = 13,
        WW_SYSCTL = 14,
};

struct ww_header {
        uint64_t time;  /* CLOCK_BOOTTIME, ns */
        uint32_t size;  /* of the whole record, this header included */
        uint16_t kind;  /* enum ww_kind */
        uint16_t flags; /* of the kind */
};

/* A process for good: a pid is reused, a pid with its start time is not. */
struct ww_process {
        uint64_t start; /* CLOCK_BOOTTIME at which its leader was forked, ns */
        uint32_t pid;   /* tgid, as the first pid namespace numbers it */
        uint32_t uid;
};

/* The file a process runs. Its path may lie; device and inode do not. */
struct ww_file {
        uint64_t inode;
        uint32_t device; /* kernel's dev_t: major << 20 | minor */
        uint32_t links;  /* 0: deleted, or never had a name */
        uint32_t uid;
        uint16_t mode;
        uint16_t flags; /* WW_FILE_* */
};
#define WW_FILE_MEMFD 1u
#define WW_FILE_TMPFS 2u

struct ww_task {
        struct ww_process process;
        struct ww_process parent;
        struct ww_file executable;
        uint64_t cgroup;    /* inode of the cgroup v2 folder; where nothing has one, of that of the pids controller */
        uint64_t effective; /* capabilities */
        uint32_t thread;
        uint32_t gid;
        uint32_t euid, egid;
        uint32_t suid, sgid;
        uint32_t login; /* loginuid */
        uint32_t session_id;
        uint32_t group_leader; /* pgid */
        uint32_t session_leader;
        uint32_t tty; /* major << 20 | minor, 0: none */
        uint32_t netns, mntns, pidns, userns;
        uint16_t stdin_mode; /* of the inode behind descriptor 0, 0: none */
        uint16_t pad;
        uint64_t netns_cookie; /* 0 where the kernel has none */
        char comm[WW_COMM_LEN];
};

struct ww_ancestor {
        struct ww_process process;
        uint64_t inode;
        uint32_t device;
        uint32_t pad;
        char comm[WW_COMM_LEN];
};

/* The beginning of argv as it is now, not as it was at exec: a process may write over it. */
struct ww_arguments {
        uint32_t size; /* 0: not to be read */
        uint32_t pad;
        char bytes[WW_ARGUMENTS_NOW];
};

struct ww_fork {
        struct ww_header header;
        struct ww_process parent;
        struct ww_process child;
};

/* Strings follow the struct: path, invoked, directory, control group, then the arguments, NUL between them. The control
 * group is told once of each: its names from the leaf upwards, each with a NUL, that of the root left out. */
struct ww_exec {
        struct ww_header header;
        struct ww_task task;
        uint32_t path_size;
        uint32_t invoked_size;
        uint32_t directory_size;
        uint32_t arguments_size;  /* carried here */
        uint32_t arguments_total; /* that the process has */
        uint32_t arguments_count; /* argc */
        uint32_t cgroup_size;
        uint32_t pad;
};
#define WW_EXEC_PATH_CUT 1u
#define WW_EXEC_PRELOAD 2u     /* LD_PRELOAD or LD_AUDIT is set */
#define WW_EXEC_LONG_ENVIRONMENT 4u /* it was not looked through to its end */
#define WW_EXEC_READER 16u     /* of a WW_TASK: who asks. In a pid namespace of its own it does not know its pid */
#define WW_EXEC_INJECTED 8u    /* BASH_ENV, PYTHONPATH or another that gives an interpreter more to run is set */

struct ww_exit {
        struct ww_header header;
        struct ww_process process;
        int32_t status; /* as wait(2) has it */
        uint32_t pad;
};

struct ww_signal {
        struct ww_header header;
        struct ww_task sender;
        struct ww_process target;
        int32_t number;
        int32_t result; /* of signal_generate: 0 delivered, 1 ignored, 2 pending, ... */
        uint32_t origin; /* WW_SIGNAL_BY_* */
        uint32_t pad;
};
#define WW_SIGNAL_BY_TASK 0u
#define WW_SIGNAL_BY_KERNEL 1u /* SIGSEGV, the OOM killer: the sender is only the task that was current */

/* Two places of one story: a request's bytes follow in WW_REQUEST_BYTES records of the same `id`,
 * and WW_REQUEST_RESULT ends it. */
struct ww_request {
        struct ww_header header;
        uint64_t id;
        struct ww_task task;
        struct ww_ancestor ancestors[WW_ANCESTORS];
        uint32_t ancestor_count;
        uint32_t netns;    /* of the socket: the one that is changed */
        uint32_t port;     /* sender's netlink port */
        uint32_t total;    /* bytes the sender sent */
        uint32_t captured; /* bytes that are copied, over all records */
        uint32_t here;     /* bytes that follow this struct */
        uint32_t netns_level; /* depth of the user namespace that owns netns; 0: the first */
        uint32_t pad;
        uint64_t netns_cookie;
        struct ww_arguments arguments;
};

struct ww_request_bytes {
        struct ww_header header;
        uint64_t id;
        uint32_t offset;
        uint32_t here;
};

struct ww_request_result {
        struct ww_header header;
        uint64_t id;
        int32_t error; /* the first error the kernel answered with, negative errno; 0: none */
        uint32_t lost; /* bytes that found no room in the ring */
};

/* Somebody asks to have a legacy table replaced. Where the tier sees the kernel's answer it follows, as
 * WW_XTABLES_RESULT of the same `id`. */
struct ww_xtables {
        struct ww_header header;
        uint64_t id;
        struct ww_task task;
        struct ww_ancestor ancestors[WW_ANCESTORS];
        uint32_t ancestor_count;
        uint32_t netns; /* of the socket: the one that is changed */
        uint32_t netns_level;
        uint32_t family;  /* NFPROTO_* */
        uint32_t entries; /* as the request states them */
        uint32_t size;
        uint32_t total; /* bytes of the request, as its sender states them */
        uint32_t here;  /* bytes that follow this struct: struct ipt_replace and its kin, and what fits a page */
        uint64_t netns_cookie;
        char table[WW_TABLE_LEN]; /* empty: not known */
        struct ww_arguments arguments;
};

/* The request was seen before the kernel acted on it; without: after, and nothing is known of it but who sent
 * it, where, and for which family (32-bit programs). */
#define WW_XTABLES_PENDING 1u

struct ww_xtables_result {
        struct ww_header header;
        uint64_t id;
        int32_t error; /* what the call returned, negative errno; 0: the table was replaced */
        uint32_t pad;
};

struct ww_module {
        struct ww_header header;
        struct ww_task task;
        char name[WW_MODULE_LEN];
};
#define WW_MODULE_LOADED 1u

/* Somebody lays hands on the kernel half itself. */
struct ww_guard {
        struct ww_header header;
        struct ww_task task;
        uint32_t deed; /* WW_GUARD_* */
        uint32_t id;   /* of the map or link, or 0 */
        char name[WW_GUARD_NAME];
};
#define WW_GUARD_MAP_READ 1u   /* a descriptor of a map was had, for reading */
#define WW_GUARD_MAP_WRITE 2u  /* for writing too */
#define WW_GUARD_LINK_OPEN 3u  /* a descriptor of a link */
#define WW_GUARD_LINK_DETACH 4u
#define WW_GUARD_LINK_UPDATE 5u /* another program takes the place of ours */
#define WW_GUARD_UNPIN 6u       /* a name was removed, or moved, from the folder of pins */
#define WW_GUARD_UNMOUNT 7u     /* a BPF file system was unmounted */

/* Keys of the `guarded` map: what is ours. */
#define WW_GUARDED_MAP (1ull << 32)
#define WW_GUARDED_LINK (2ull << 32)
#define WW_GUARDED_FOLDER (3ull << 32) /* with the inode number, in the file system of `pin_device` */

/* A switch of the kernel is about to be written. Texts end with a NUL, or fill their place. */
struct ww_sysctl {
        struct ww_header header;
        struct ww_task task;
        uint64_t netns_cookie;
        uint32_t netns; /* whose switch it is */
        uint32_t netns_level;
        char name[WW_SYSCTL_NAME];     /* from /proc/sys on, with slashes */
        char before[WW_SYSCTL_BEFORE]; /* what reading it gives; empty: it could not be read */
        char after[WW_SYSCTL_AFTER];   /* what is written */
};
#define WW_SYSCTL_CUT 1u /* more is written than `after` holds */

struct ww_socket_closed {
        struct ww_header header;
        struct ww_task task; /* who held it last: what the end of a process leaves of it, if that closed it */
        uint32_t netns; /* of the socket */
        uint32_t netns_level;
        uint32_t port;
        uint32_t pad;
        uint64_t netns_cookie;
};

/* What is reported of a process in the map `watched`. */
#define WW_WATCH_SIGNALS 1u /* signals to it ring */
#define WW_WATCH_KILLERS 2u /* signals that may end it are recorded, and do not ring */
#define WW_WATCH_END 4u     /* its end rings */

/* Families of records, for counting what was lost. */
enum ww_family {
        WW_LINEAGE,
        WW_FIREWALL,
        WW_OTHER,
        WW_REFUSED, /* attempts of those who may not change anything: counted, beyond a few not told */
        WW_FOREIGN, /* of firewalls in user namespaces of somebody's own, which leave half the ring to the others */
        WW_FAMILIES
};

/* Whose record found no room last: who fills a ring is most often who writes into it. */
struct ww_crowder {
        uint64_t time;
        struct ww_process process;
        char comm[WW_COMM_LEN];
};

/* What the collector does itself is not reported, but counted: so it sees that the hooks still see. */
enum ww_canary { WW_CANARY_NETLINK, WW_CANARY_XTABLES, WW_CANARY_SIGNAL, WW_CANARY_SYSCTL, WW_CANARIES };

struct ww_losses {
        uint64_t full[WW_FAMILIES];   /* no room in the ring */
        uint64_t unread[WW_FAMILIES]; /* a read of kernel or user memory failed */
        uint64_t own[WW_CANARIES];
        struct ww_crowder last[WW_FAMILIES];
};

/* Which of several kernel halves is on duty, and for whom. The one map that the next instance of the
 * collector takes over: pinned, it hands over from one to the next at one stroke. The first three
 * members are for good, whatever the rest becomes. */
struct ww_duty {
        uint32_t abi;      /* WW_ABI_VERSION */
        uint32_t instance; /* of the programs that report; the others are silent */
        uint64_t owner;    /* the installation (state directory) that it belongs to */
        uint64_t own_start; /* of the collector, which does not report itself */
        uint32_t own_pid;
        uint32_t pad;
};

#ifndef __bpf__
/* The ELF object built from wallwatch.bpf.c. It lives in .rodata: no file to install, none to
 * tamper with, and its pages are touched only while loading. */
extern const uint8_t *const wallwatch_object;
extern const size_t wallwatch_object_size;
#endif

#endif
