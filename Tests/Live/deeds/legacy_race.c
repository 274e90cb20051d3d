// legacy_race N: writes iptables' legacy table filter N times while another thread changes the policy of INPUT in the
// request. Prints what the kernel took, a letter each: a for accept, d for drop.
#include <linux/netfilter_ipv4/ip_tables.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { VERDICT = sizeof(struct ipt_entry) + sizeof(struct xt_entry_target), DROP = -NF_DROP - 1, ACCEPT = -NF_ACCEPT - 1 };

static volatile int *verdict, stop;

static void *flip(void *unused) {
    while (!stop) {
        *verdict = DROP;
        *verdict = ACCEPT;
    }
    return unused;
}

int main(int argc, char **argv) {
    int s = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    struct ipt_getinfo info = {.name = "filter"};
    socklen_t length = sizeof info;
    if (argc < 2) return 64;
    if (s < 0 || getsockopt(s, IPPROTO_IP, IPT_SO_GET_INFO, &info, &length)) return 1;
    struct ipt_get_entries *now = calloc(1, sizeof *now + info.size);
    struct ipt_replace *asked = calloc(1, sizeof *asked + info.size);
    strcpy(now->name, "filter");
    now->size = info.size;
    length = sizeof *now + info.size;
    if (getsockopt(s, IPPROTO_IP, IPT_SO_GET_ENTRIES, now, &length)) return 1;

    strcpy(asked->name, "filter");
    asked->valid_hooks = info.valid_hooks;
    asked->num_entries = asked->num_counters = info.num_entries;
    asked->size = info.size;
    memcpy(asked->hook_entry, info.hook_entry, sizeof info.hook_entry);
    memcpy(asked->underflow, info.underflow, sizeof info.underflow);
    asked->counters = calloc(info.num_entries, sizeof *asked->counters);
    memcpy(asked->entries, now->entrytable, info.size);
    size_t place = info.underflow[NF_INET_LOCAL_IN] + VERDICT;
    verdict = (volatile int *)((char *)asked->entries + place);
    pthread_t thread;
    if (pthread_create(&thread, 0, flip, 0)) return 1;
    for (int i = atoi(argv[1]); i > 0; i--) {
        if (setsockopt(s, IPPROTO_IP, IPT_SO_SET_REPLACE, asked, sizeof *asked + info.size)) return 1;
        length = sizeof *now + info.size;
        if (getsockopt(s, IPPROTO_IP, IPT_SO_GET_ENTRIES, now, &length)) return 1;
        putchar(*(int *)((char *)now->entrytable + place) == DROP ? 'd' : 'a');
    }
    stop = 1;
    return fflush(stdout) ? 1 : 0;
}
