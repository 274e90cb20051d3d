#pragma once
#include <stddef.h>

/// What the heap holds, in bytes: glibc's own count, which Swift's Glibc module does not have.
size_t heap_bytes(void);

/// What was asked of the heap since the program began: bytes, and how often.
size_t heap_asked(void);
size_t heap_requests(void);
