// arrivals FILE: copies lines from standard input to FILE, each behind the moment (CLOCK_REALTIME, nanoseconds) at which the read(2)
// that completed it returned: latency is so measured by who reads, not by who writes.
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
    static char data[1 << 20];
    size_t kept = 0;
    FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (!out)
        return 66;
    for (;;) {
        ssize_t got = read(0, data + kept, sizeof data - kept);
        if (got <= 0)
            break;
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        size_t end = kept + (size_t)got, start = 0;
        char *newline;
        while ((newline = memchr(data + start, '\n', end - start))) {
            size_t length = (size_t)(newline - (data + start)) + 1;
            fprintf(out, "%lld ", t.tv_sec * 1000000000LL + t.tv_nsec);
            fwrite(data + start, 1, length, out);
            start += length;
        }
        if (start == 0 && end == sizeof data)
            return 65; // a line of a mebibyte: nobody writes such
        memmove(data, data + start, end - start);
        kept = end - start;
        fflush(out);
    }
    return fclose(out) != 0;
}
