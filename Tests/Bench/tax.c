// tax COUNT: calls getppid COUNT times and prints nanoseconds per call: what a hook on every system call would add shows here.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
    long count = argc > 1 ? atol(argv[1]) : 1000000;
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    for (long i = 0; i < count; i++)
        syscall(SYS_getppid);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    double ns = (double)(ended.tv_sec - began.tv_sec) * 1e9 + (double)(ended.tv_nsec - began.tv_nsec);
    printf("{\"count\": %ld, \"ns\": %.2f}\n", count, ns / (double)count);
    return 0;
}
