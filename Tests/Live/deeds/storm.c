// storm RATE SECONDS: starts RATE processes a second, each a fork and an exec that ends at once. Prints how many there were.
// Stops early when its standard input closes, so that it never outlives the test that started it.
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc == 2 && !strcmp(argv[1], "drop"))
        return 0;
    if (argc < 3)
        return 64;
    double rate = atof(argv[1]), seconds = atof(argv[2]), start = now(), elapsed;
    long started = 0;
    signal(SIGCHLD, SIG_IGN); // nobody waits for them
    while ((elapsed = now() - start) < seconds) {
        struct pollfd input = {.fd = 0, .events = POLLIN};
        long due = (long)(elapsed * rate);
        if (started >= due && poll(&input, 1, 1))
            break;
        for (; started < due && now() - start < seconds; started++) {
            if (vfork() == 0) {
                execl(argv[0], "storm", "drop", (char *)NULL);
                _exit(127);
            }
        }
    }
    printf("%ld processes in %.2f s\n", started, now() - start);
    return 0;
}
