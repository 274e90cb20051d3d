// An empty legacy table of IPv4: its built-in chains without a rule, their policy ACCEPT. Needs no header of the kernel's,
// and has the layout of whatever it is compiled for: that of 32 bits is another.
#pragma once

#include <stdint.h>

#define LEGACY_LEVEL 0
#define LEGACY_SET_REPLACE 64
#define LEGACY_GET_INFO 64
#define LEGACY_HOOKS 5
// Rules a table may hold before: room for their counters.
#define LEGACY_COUNTERS 4096

struct legacy_info {
    char name[32];
    uint32_t hooks, entry[LEGACY_HOOKS], underflow[LEGACY_HOOKS], count, size;
};

struct legacy_counters {
    uint64_t packets, bytes;
};

struct legacy_entry {
    uint8_t match[84];
    uint32_t cached;
    uint16_t target_offset, next_offset;
    uint32_t from;
    struct legacy_counters counters;
};

struct legacy_verdict {
    uint16_t size;
    char name[29];
    uint8_t revision;
    int32_t verdict;
} __attribute__((aligned(__alignof__(struct legacy_counters))));

struct legacy_error {
    uint16_t size;
    char name[29];
    uint8_t revision;
    char text[30];
} __attribute__((aligned(__alignof__(struct legacy_counters))));

struct legacy_policy {
    struct legacy_entry entry;
    struct legacy_verdict verdict;
};

_Static_assert(sizeof(struct legacy_policy) == (sizeof(void *) == 8 ? 152 : 148), "a policy, as the kernel lays it out");

struct legacy_replace {
    char name[32];
    uint32_t hooks, count, size, entry[LEGACY_HOOKS], underflow[LEGACY_HOOKS], counters_count;
    struct legacy_counters *counters;
    char entries[LEGACY_HOOKS * sizeof(struct legacy_policy) + sizeof(struct legacy_entry) + sizeof(struct legacy_error)] __attribute__((aligned(__alignof__(struct legacy_counters))));
};

_Static_assert(__builtin_offsetof(struct legacy_replace, entries) == (sizeof(void *) == 8 ? 96 : 92), "a replace, as the kernel lays it out");

static struct legacy_counters legacy_old[LEGACY_COUNTERS];
static struct legacy_replace legacy_new;

static inline void legacy_copy(char *out, const char *text) {
    while ((*out++ = *text++)) {}
}

// Fills `legacy_new` with what an empty table like the one described would be. Returns its size.
static inline uint32_t legacy_fill(const struct legacy_info *info, const char *table) {
    struct legacy_replace *r = &legacy_new;
    uint32_t used = 0;
    legacy_copy(r->name, table);
    r->hooks = info->hooks;
    r->counters_count = info->count;
    r->counters = legacy_old;
    for (int hook = 0; hook < LEGACY_HOOKS; hook++) {
        if (!(info->hooks & 1u << hook))
            continue;
        struct legacy_policy *p = (struct legacy_policy *)(r->entries + used);
        p->entry.target_offset = sizeof p->entry;
        p->entry.next_offset = sizeof *p;
        p->verdict.size = sizeof p->verdict;
        p->verdict.verdict = -2; // ACCEPT
        r->entry[hook] = r->underflow[hook] = used;
        used += sizeof *p;
        r->count++;
    }
    struct legacy_entry *last = (struct legacy_entry *)(r->entries + used);
    struct legacy_error *error = (struct legacy_error *)(last + 1);
    last->target_offset = sizeof *last;
    last->next_offset = sizeof *last + sizeof *error;
    error->size = sizeof *error;
    legacy_copy(error->name, "ERROR");
    legacy_copy(error->text, "ERROR");
    r->count++;
    r->size = used + last->next_offset;
    return (uint32_t)(r->entries - (char *)r) + r->size;
}

#ifndef LEGACY_NO_LIBC
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

// Makes `legacy_new` the replace that empties a table, and returns its size; 0 with errno if there is no such table.
static inline size_t legacy_empty(int fd, const char *table) {
    struct legacy_info info = {.name = ""};
    socklen_t size = sizeof info;
    legacy_copy(info.name, table);
    if (getsockopt(fd, LEGACY_LEVEL, LEGACY_GET_INFO, &info, &size) < 0)
        return 0;
    if (info.count > LEGACY_COUNTERS) {
        errno = E2BIG;
        return 0;
    }
    return legacy_fill(&info, table);
}
#endif
