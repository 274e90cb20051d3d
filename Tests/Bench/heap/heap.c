// The allocator's entries, counted: a program's own definitions come before the C library's (gnu.org, "Replacing malloc").
#include "heap.h"
#include <errno.h>
#include <malloc.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

static size_t asked, requests;

static void count(size_t bytes) {
    __atomic_fetch_add(&asked, bytes, __ATOMIC_RELAXED);
    __atomic_fetch_add(&requests, 1, __ATOMIC_RELAXED);
}

void *malloc(size_t bytes) {
    count(bytes);
    return __libc_malloc(bytes);
}

void *calloc(size_t number, size_t bytes) {
    count(number * bytes);
    return __libc_calloc(number, bytes);
}

void *realloc(void *old, size_t bytes) {
    count(bytes);
    return __libc_realloc(old, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
    count(bytes);
    return __libc_memalign(alignment, bytes);
}

int posix_memalign(void **made, size_t alignment, size_t bytes) {
    count(bytes);
    *made = __libc_memalign(alignment, bytes);
    return *made ? 0 : ENOMEM;
}

size_t heap_bytes(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

size_t heap_asked(void) { return asked; }

size_t heap_requests(void) { return requests; }
