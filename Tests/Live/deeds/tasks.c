// tasks KIND TABLE: empties a table from a task that is not simply the process that was started. Prints "sender PID".
//
//   thread    another thread of the process
//   orphan    the same after the first thread has ended: /proc/PID is then a zombie's, and the process lives on
//   vfork     a child that borrows the memory of its parent, which stands still meanwhile
//   clone     a child that shares memory and descriptors with its parent, which goes on
//   spread    a thread that is alone in a new network namespace, where it makes TABLE first; prints "netns INODE"
//   fleeting  the same by a process that ends at once: `tasks fleeting TABLE` prints nothing after the deed
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "nf.h"

static const char *table;
static pid_t leader;

static int make_table(void) {
    struct nf_buffer b = {.used = 0};
    nf_message(&b, NFNL_MSG_BATCH_BEGIN, 0, NFNL_SUBSYS_NFTABLES, 0);
    struct nlmsghdr *h = nf_message(&b, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE, NFPROTO_INET, 0, 1);
    h->nlmsg_flags |= NLM_F_CREATE;
    nf_string(&b, h, NFTA_TABLE_NAME, table);
    nf_message(&b, NFNL_MSG_BATCH_END, 0, NFNL_SUBSYS_NFTABLES, 2);
    int fd = nf_socket();
    return fd < 0 || send(fd, b.bytes, b.used, 0) < 0 ? errno : close(fd);
}

static int in_new_namespace(void) {
    struct stat status;
    if (unshare(CLONE_NEWNET) || stat("/proc/thread-self/ns/net", &status))
        return errno;
    dprintf(1, "netns %lu\n", (unsigned long)status.st_ino);
    return make_table();
}

static void *thread(void *kind) {
    if (!strcmp(kind, "orphan")) {
        char path[64], state[256];
        snprintf(path, sizeof path, "/proc/%d/stat", leader);
        do {
            usleep(500);
            FILE *file = fopen(path, "r");
            state[file ? fread(state, 1, sizeof state - 1, file) : 0] = 0;
            if (file)
                fclose(file);
        } while (!strstr(state, ") Z "));
    }
    int error = 0;
    if (!strcmp(kind, "spread")) {
        error = in_new_namespace();
        getchar(); // until the test has seen it, nobody else is in there
    } else {
        error = nf_flush_table(table);
    }
    exit(error);
}

static int child(void *unused) {
    dprintf(1, "sender %d\n", getpid());
    _exit(nf_flush_table(table));
}

int main(int argc, char **argv) {
    if (argc < 3)
        return 64;
    const char *kind = argv[1];
    int status = 0;
    pthread_t other;
    table = argv[2];
    leader = getpid();
    if (!strcmp(kind, "fleeting"))
        _exit(in_new_namespace());
    if (!strcmp(kind, "vfork")) {
        pid_t pid = vfork();
        if (!pid)
            child(NULL);
        waitpid(pid, &status, 0);
        return WEXITSTATUS(status);
    }
    if (!strcmp(kind, "clone")) {
        char *stack = aligned_alloc(16, 65536);
        pid_t pid = clone(child, stack + 65536, CLONE_VM | CLONE_FILES | SIGCHLD, NULL);
        waitpid(pid, &status, 0);
        return WEXITSTATUS(status);
    }
    printf("sender %d\n", leader);
    fflush(stdout);
    if (pthread_create(&other, NULL, thread, (void *)kind))
        return 70;
    if (!strcmp(kind, "orphan"))
        pthread_exit(NULL);
    return pthread_join(other, NULL);
}
