// sleepers COUNT: COUNT children that sleep until this process ends. Prints a line when all are there; ends with its standard input.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv) {
    long count = argc > 1 ? atol(argv[1]) : 1, made = 0;
    for (; made < count; made++) {
        pid_t child = fork();
        if (child < 0)
            break;
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != 1)
                pause();
            _exit(0);
        }
    }
    printf("%ld\n", made);
    fflush(stdout);
    char byte;
    while (read(0, &byte, 1) > 0) {
    }
    return made != count;
}
