// elf32 WAY TABLE: a program of 32 bits, without a library, which asks the kernel by `int $0x80`.
//
//   sendto, sendmsg  through socketcall(2): empties the nftables TABLE of family inet
//   write            the same by write(2)
//   setsockopt       replaces the legacy TABLE of IPv4 by an empty one, in the layout of 32 bits
//
// Compiled with -m32 -nostdlib: it needs neither a C library nor headers of 32 bits. Ends with the errno of what was refused.
#define LEGACY_NO_LIBC
#include "legacy.h"

enum { NR_EXIT = 1, NR_WRITE = 4, NR_SOCKETCALL = 102, CALL_SOCKET = 1, CALL_SENDTO = 11, CALL_SETSOCKOPT = 14, CALL_GETSOCKOPT = 15, CALL_SENDMSG = 16 };
enum { AF_INET = 2, AF_NETLINK = 16, SOCK_RAW = 3, IPPROTO_RAW = 255, NETLINK_NETFILTER = 12 };

static int call(int number, long a, long b, long c) {
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}

static int socketcall(int which, long *words) { return call(NR_SOCKETCALL, which, (long)words, 0); }
static int open_socket(long family, long protocol) { return socketcall(CALL_SOCKET, (long[]){family, SOCK_RAW, protocol}); }

static int is(const char *one, const char *two) {
    while (*one && *one == *two)
        one++, two++;
    return *one == *two;
}

struct header {
    uint32_t length;
    uint16_t type, flags;
    uint32_t sequence, port;
    uint8_t family, version;
    uint16_t subsystem;
};

static char batch[256];
static uint32_t used;

static struct header *message(uint16_t type, uint8_t family, uint16_t subsystem, uint32_t sequence) {
    struct header *h = (struct header *)(batch + used);
    *h = (struct header){.length = sizeof *h, .type = type, .flags = 1, .sequence = sequence, .family = family, .subsystem = (uint16_t)(subsystem << 8)};
    used += sizeof *h;
    return h;
}

static void fill_batch(const char *table) {
    message(0x10, 0, 10, 0);                     // BATCH_BEGIN, nftables
    struct header *h = message(10 << 8 | 8, 1, 0, 1); // DELRULE, inet
    uint16_t *attribute = (uint16_t *)(batch + used), length = 0;
    while (table[length])
        length++;
    attribute[0] = (uint16_t)(4 + length + 1);
    attribute[1] = 1; // NFTA_RULE_TABLE
    legacy_copy((char *)(attribute + 2), table);
    used += (attribute[0] + 3u) & ~3u;
    h->length += (attribute[0] + 3u) & ~3u;
    message(0x11, 0, 10, 2); // BATCH_END
}

static int flush(const char *way, const char *table) {
    uint16_t kernel[6] = {AF_NETLINK};
    long all[2] = {(long)batch, 0};
    long header[7] = {(long)kernel, sizeof kernel, (long)all, 1};
    int fd = open_socket(AF_NETLINK, NETLINK_NETFILTER);
    if (fd < 0)
        return -fd;
    fill_batch(table);
    all[1] = (long)used;
    int sent = is(way, "sendto")    ? socketcall(CALL_SENDTO, (long[]){fd, (long)batch, (long)used, 0, (long)kernel, sizeof kernel})
               : is(way, "sendmsg") ? socketcall(CALL_SENDMSG, (long[]){fd, (long)header, 0})
               : is(way, "write")   ? call(NR_WRITE, fd, (long)batch, (long)used)
                                    : -64;
    return sent < 0 ? -sent : 0;
}

static int replace(const char *table) {
    static struct legacy_info info;
    long size = sizeof info;
    int fd = open_socket(AF_INET, IPPROTO_RAW);
    if (fd < 0)
        return -fd;
    legacy_copy(info.name, table);
    int error = socketcall(CALL_GETSOCKOPT, (long[]){fd, LEGACY_LEVEL, LEGACY_GET_INFO, (long)&info, (long)&size});
    if (!error && info.count > LEGACY_COUNTERS)
        return 7;
    if (!error)
        error = socketcall(CALL_SETSOCKOPT, (long[]){fd, LEGACY_LEVEL, LEGACY_SET_REPLACE, (long)&legacy_new, (long)legacy_fill(&info, table)});
    return -error;
}

__attribute__((used)) void begin(long *stack) {
    char **argv = (char **)(stack + 1);
    int status = stack[0] < 3 ? 64 : is(argv[1], "setsockopt") ? replace(argv[2]) : flush(argv[1], argv[2]);
    call(NR_EXIT, status, 0, 0);
    __builtin_unreachable();
}

__asm__(".globl _start\n_start:\n\tmov %esp, %eax\n\tand $-16, %esp\n\tsub $12, %esp\n\tpush %eax\n\tcall begin\n\thlt\n");

// What the compiler may call for where there is no library.
void *memset(void *to, int value, unsigned size) {
    for (char *at = to; size--;)
        *at++ = (char)value;
    return to;
}

void *memcpy(void *to, const void *from, unsigned size) {
    const char *source = from;
    for (char *at = to; size--;)
        *at++ = *source++;
    return to;
}
