// One nftables deed in C without a library: empties an inet table of its rules, as `nft flush table inet NAME` does.
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct nf_buffer {
    char bytes[512];
    size_t used;
};

static inline struct nlmsghdr *nf_message(struct nf_buffer *b, uint16_t type, uint8_t family, uint16_t res_id, uint32_t seq) {
    struct nlmsghdr *h = (struct nlmsghdr *)(b->bytes + b->used);
    struct nfgenmsg *g = (struct nfgenmsg *)(h + 1);
    *h = (struct nlmsghdr){.nlmsg_len = NLMSG_LENGTH(sizeof *g), .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST, .nlmsg_seq = seq};
    *g = (struct nfgenmsg){.nfgen_family = family, .version = NFNETLINK_V0, .res_id = htons(res_id)};
    b->used += h->nlmsg_len;
    return h;
}

static inline void nf_string(struct nf_buffer *b, struct nlmsghdr *h, uint16_t kind, const char *text) {
    struct nlattr *a = (struct nlattr *)(b->bytes + b->used);
    *a = (struct nlattr){.nla_len = (uint16_t)(NLA_HDRLEN + strlen(text) + 1), .nla_type = kind};
    strcpy((char *)(a + 1), text);
    b->used += NLA_ALIGN(a->nla_len);
    h->nlmsg_len += NLA_ALIGN(a->nla_len);
}

// The batch that empties a table.
static inline void nf_flush_batch(struct nf_buffer *b, const char *table) {
    nf_message(b, NFNL_MSG_BATCH_BEGIN, 0, NFNL_SUBSYS_NFTABLES, 0);
    struct nlmsghdr *h = nf_message(b, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELRULE, NFPROTO_INET, 0, 1);
    nf_string(b, h, NFTA_RULE_TABLE, table);
    nf_message(b, NFNL_MSG_BATCH_END, 0, NFNL_SUBSYS_NFTABLES, 2);
}

static inline int nf_socket(void) {
    return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
}

// Returns 0, or the errno of the send. The kernel acts inside sendto; its verdict is not waited for.
static inline int nf_flush_table(const char *table) {
    struct nf_buffer b = {.used = 0};
    int fd = nf_socket();
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    nf_flush_batch(&b, table);
    if (fd < 0 || sendto(fd, b.bytes, b.used, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0)
        return errno;
    return close(fd);
}
