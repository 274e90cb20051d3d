// legacy32: empties iptables' legacy table filter as a 32-bit program would, by int 0x80. Its structures are a
// 32-bit program's too: pointers of four bytes, and nothing aligned to more.
#include <errno.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum { SETSOCKOPT = 366, ENTRY = 112, STANDARD = ENTRY + 36, ERROR = ENTRY + 64, HOOKS = 3 };

struct replace32 {
    char name[32];
    uint32_t valid_hooks, num_entries, size, hook_entry[5], underflow[5], num_counters, counters;
    unsigned char entries[HOOKS * STANDARD + ERROR];
} __attribute__((packed));

static long call32(long number, long a, long b, long c, long d, long e) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory", "r8", "r9", "r10", "r11");
    return (int)result;
}

static void put(unsigned char *entry, uint16_t size, const char *target, uint16_t target_size) {
    uint16_t offset = ENTRY, next = size;
    memcpy(entry + 88, &offset, 2);
    memcpy(entry + 90, &next, 2);
    memcpy(entry + ENTRY, &target_size, 2);
    strcpy((char *)entry + ENTRY + 2, target);
}

int main(void) {
    int s = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), accept = -NF_ACCEPT - 1;
    struct ipt_getinfo info = {.name = "filter"};
    socklen_t length = sizeof info;
    if (s < 0 || getsockopt(s, IPPROTO_IP, IPT_SO_GET_INFO, &info, &length)) return errno;

    unsigned char *low = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED) return errno;
    struct replace32 *r = (struct replace32 *)low;
    *r = (struct replace32){.name = "filter", .valid_hooks = info.valid_hooks, .num_entries = HOOKS + 1, .size = sizeof r->entries};
    for (int hook = 0; hook < HOOKS; hook++) {
        unsigned char *entry = r->entries + hook * STANDARD;
        put(entry, STANDARD, "", 36);
        memcpy(entry + ENTRY + 32, &accept, 4);
        r->hook_entry[hook + 1] = r->underflow[hook + 1] = (uint32_t)(hook * STANDARD);
    }
    put(r->entries + HOOKS * STANDARD, ERROR, "ERROR", 64);
    strcpy((char *)r->entries + HOOKS * STANDARD + ENTRY + 32, "ERROR");
    r->num_counters = info.num_entries;
    r->counters = (uint32_t)(uintptr_t)(low + (1 << 16));
    long result = call32(SETSOCKOPT, s, IPPROTO_IP, IPT_SO_SET_REPLACE, (long)low, sizeof *r);
    if (result) fprintf(stderr, "%s\n", strerror((int)-result));
    return (int)-result;
}
