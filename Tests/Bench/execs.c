// execs COUNT PROGRAM: forks, executes PROGRAM and waits for it, COUNT times, one after the other. Prints one line of JSON: wall-clock and CPU nanoseconds
// of the whole storm, both its own and its children's: what hooks do inside the kernel is charged here.
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long cpu(int who) {
    struct rusage u;
    getrusage(who, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000LL + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000LL;
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 64;
    long count = atol(argv[1]), failed = 0;
    long long began = now();
    for (long i = 0; i < count; i++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            execl(argv[2], argv[2], "one", "two", (char *)NULL);
            _exit(127);
        }
        if (child < 0 || waitpid(child, &status, 0) != child || status)
            failed++;
    }
    printf("{\"count\": %ld, \"failed\": %ld, \"wall_ns\": %lld, \"cpu_ns\": %lld}\n", count, failed, now() - began,
           cpu(RUSAGE_SELF) + cpu(RUSAGE_CHILDREN));
    return failed != 0;
}
