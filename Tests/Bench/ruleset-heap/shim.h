#pragma once
#include <malloc.h>
#include <stddef.h>

/// What the heap holds, in bytes: glibc's own count, which Swift's Glibc module does not have.
static inline size_t heap_bytes(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}
