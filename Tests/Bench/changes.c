// changes TIMES storm COUNT        COUNT transactions of one rule each, one after the other
// changes TIMES paced COUNT RATE   the same, RATE of them a second
// changes TIMES bulk RULES         one transaction of RULES rules
// changes TIMES sync RULES COUNT   each second one transaction that flushes the chain and adds RULES rules; COUNT times
//
// In table inet bench, chain c, which it makes first. Speaks raw netlink: no library, no process started. For each transaction a line is written to
// TIMES: before the send and after the kernel's answer (CLOCK_REALTIME, nanoseconds), and the number of rules. Prints a summary as JSON.
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static unsigned char *batch;
static size_t used, room;
static int sock;
static FILE *times;

static long long now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void *take(size_t bytes) {
    size_t padded = (bytes + 3) & ~(size_t)3;
    if (used + padded > room) {
        room = (used + padded) * 2;
        batch = realloc(batch, room);
        if (!batch)
            exit(71);
    }
    unsigned char *at = batch + used;
    memset(at, 0, padded);
    used += padded;
    return at;
}

// Offsets, since the buffer moves as it grows.
static size_t open_message(unsigned type, unsigned flags, unsigned family, unsigned resource) {
    size_t at = used;
    struct nlmsghdr *header = take(sizeof *header);
    header->nlmsg_type = (unsigned short)type;
    header->nlmsg_flags = (unsigned short)(NLM_F_REQUEST | flags);
    struct nfgenmsg *family_part = take(sizeof *family_part);
    family_part->nfgen_family = (unsigned char)family;
    family_part->res_id = htons((unsigned short)resource);
    return at;
}

static void close_message(size_t at) { ((struct nlmsghdr *)(batch + at))->nlmsg_len = (unsigned)(used - at); }

static void put(unsigned type, const void *data, size_t bytes) {
    struct nlattr *attribute = take(sizeof *attribute + bytes);
    attribute->nla_type = (unsigned short)type;
    attribute->nla_len = (unsigned short)(sizeof *attribute + bytes);
    memcpy(attribute + 1, data, bytes);
}

static void put_text(unsigned type, const char *text) { put(type, text, strlen(text) + 1); }
static void put_number(unsigned type, unsigned value) {
    unsigned big = htonl(value);
    put(type, &big, sizeof big);
}

static size_t open_nest(unsigned type) {
    size_t at = used;
    struct nlattr *attribute = take(sizeof *attribute);
    attribute->nla_type = (unsigned short)(type | NLA_F_NESTED);
    return at;
}

static void close_nest(size_t at) { ((struct nlattr *)(batch + at))->nla_len = (unsigned short)(used - at); }

static void begin(void) {
    used = 0;
    close_message(open_message(NFNL_MSG_BATCH_BEGIN, 0, 0, NFNL_SUBSYS_NFTABLES));
}

static unsigned message(unsigned type) { return NFNL_SUBSYS_NFTABLES << 8 | type; }

static void add_table_and_chain(void) {
    size_t at = open_message(message(NFT_MSG_NEWTABLE), NLM_F_CREATE, NFPROTO_INET, 0);
    put_text(NFTA_TABLE_NAME, "bench");
    close_message(at);
    at = open_message(message(NFT_MSG_NEWCHAIN), NLM_F_CREATE, NFPROTO_INET, 0);
    put_text(NFTA_CHAIN_TABLE, "bench");
    put_text(NFTA_CHAIN_NAME, "c");
    close_message(at);
}

static void flush_chain(void) {
    size_t at = open_message(message(NFT_MSG_DELRULE), 0, NFPROTO_INET, 0);
    put_text(NFTA_RULE_TABLE, "bench");
    put_text(NFTA_RULE_CHAIN, "c");
    close_message(at);
}

static size_t open_expression(const char *name, size_t *data) {
    size_t element = open_nest(NFTA_LIST_ELEM);
    put_text(NFTA_EXPR_NAME, name);
    *data = open_nest(NFTA_EXPR_DATA);
    return element;
}

// `ip saddr A.B.C.D drop`, without the look at the protocol.
static void add_rule(unsigned number) {
    size_t at = open_message(message(NFT_MSG_NEWRULE), NLM_F_CREATE | NLM_F_APPEND, NFPROTO_INET, 0), element, data, nest, inner;
    put_text(NFTA_RULE_TABLE, "bench");
    put_text(NFTA_RULE_CHAIN, "c");
    size_t all = open_nest(NFTA_RULE_EXPRESSIONS);
    element = open_expression("payload", &data);
    put_number(NFTA_PAYLOAD_DREG, NFT_REG_1);
    put_number(NFTA_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
    put_number(NFTA_PAYLOAD_OFFSET, 12);
    put_number(NFTA_PAYLOAD_LEN, 4);
    close_nest(data), close_nest(element);
    element = open_expression("cmp", &data);
    put_number(NFTA_CMP_SREG, NFT_REG_1);
    put_number(NFTA_CMP_OP, NFT_CMP_EQ);
    nest = open_nest(NFTA_CMP_DATA);
    put_number(NFTA_DATA_VALUE, 0x0a000000u + number);
    close_nest(nest), close_nest(data), close_nest(element);
    element = open_expression("immediate", &data);
    put_number(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
    nest = open_nest(NFTA_IMMEDIATE_DATA);
    inner = open_nest(NFTA_DATA_VERDICT);
    put_number(NFTA_VERDICT_CODE, NF_DROP);
    close_nest(inner), close_nest(nest), close_nest(data), close_nest(element);
    close_nest(all);
    close_message(at);
}

// Sends the batch; its end asks for the answer, which says that the commit is done. An error of any message ends the program.
static void commit(long rules) {
    size_t at = open_message(NFNL_MSG_BATCH_END, NLM_F_ACK, 0, NFNL_SUBSYS_NFTABLES);
    close_message(at);
    long long before = now(CLOCK_REALTIME);
    if (send(sock, batch, used, 0) != (ssize_t)used) {
        perror("changes: send");
        exit(71);
    }
    char answer[65536];
    ssize_t got;
    // The kernel has handled the batch inside send(): what it answers is there.
    while ((got = recv(sock, answer, sizeof answer, MSG_DONTWAIT)) > 0)
        for (struct nlmsghdr *header = (struct nlmsghdr *)answer; NLMSG_OK(header, (unsigned)got); header = NLMSG_NEXT(header, got))
            if (header->nlmsg_type == NLMSG_ERROR && ((struct nlmsgerr *)NLMSG_DATA(header))->error) {
                fprintf(stderr, "changes: the kernel refused: %s\n", strerror(-((struct nlmsgerr *)NLMSG_DATA(header))->error));
                exit(71);
            }
    fprintf(times, "%lld %lld %ld\n", before, now(CLOCK_REALTIME), rules);
}

// The number of the ruleset's generation: it rises by one a commit, and tools name it.
static unsigned generation(void) {
    used = 0;
    size_t at = open_message(message(NFT_MSG_GETGEN), 0, 0, 0);
    close_message(at);
    char answer[4096];
    if (send(sock, batch, used, 0) != (ssize_t)used)
        return 0;
    ssize_t got = recv(sock, answer, sizeof answer, 0);
    struct nlmsghdr *header = (struct nlmsghdr *)answer;
    if (got < 0 || !NLMSG_OK(header, (unsigned)got) || header->nlmsg_type != message(NFT_MSG_NEWGEN))
        return 0;
    // Its first attribute is NFTA_GEN_ID.
    unsigned value;
    memcpy(&value, (char *)NLMSG_DATA(header) + sizeof(struct nfgenmsg) + sizeof(struct nlattr), sizeof value);
    return ntohl(value);
}

static void sleep_until(long long moment) {
    struct timespec t = {moment / 1000000000LL, moment % 1000000000LL};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {
    }
}

int main(int argc, char **argv) {
    if (argc < 4)
        return 64;
    const char *mode = argv[2];
    long first = atol(argv[3]), second = argc > 4 ? atol(argv[4]) : 0;
    int big = 512 << 20;
    times = fopen(argv[1], "w");
    sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
    if (!times || sock < 0)
        return 71;
    setsockopt(sock, SOL_SOCKET, SO_SNDBUFFORCE, &big, sizeof big);
    begin();
    add_table_and_chain();
    commit(0);
    unsigned start = generation();
    int is_sync = !strcmp(mode, "sync"), is_bulk = !strcmp(mode, "bulk"), is_paced = !strcmp(mode, "paced");
    long count = is_sync ? second : is_bulk ? 1 : first, rules = is_sync || is_bulk ? first : 1;
    long long pause = is_sync ? 1000000000LL : is_paced && second ? 1000000000LL / second : 0, began = now(CLOCK_MONOTONIC);
    for (long i = 0; i < count; i++) {
        begin();
        if (is_sync)
            flush_chain();
        for (long rule = 0; rule < rules; rule++)
            add_rule((unsigned)(i * rules + rule));
        if (pause)
            sleep_until(began + i * pause);
        commit(rules);
    }
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    long long cpu = (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000LL + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000LL;
    printf("{\"count\": %ld, \"rules\": %ld, \"generation\": %u, \"wall_ns\": %lld, \"cpu_ns\": %lld}\n", count, rules, start, now(CLOCK_MONOTONIC) - began, cpu);
    return fclose(times) != 0;
}
