// doublefork TABLE: forks twice and lets its parents end, so that pid 1 (or a subreaper) is the parent of the process
// that empties the table. Prints "first PID", "second PID", "third PID", and ends when the deed is done.
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include "nf.h"

int main(int argc, char **argv) {
    int done[2];
    if (argc < 2 || pipe(done))
        return 64;
    dprintf(1, "first %d\n", getpid());
    pid_t child = fork();
    if (child == 0) {
        pid_t second = getpid();
        dprintf(1, "second %d\n", second);
        if (fork())
            _exit(0);
        setsid();
        while (getppid() == second)
            usleep(500);
        dprintf(1, "third %d\n", getpid());
        char code = (char)nf_flush_table(argv[1]);
        _exit(write(done[1], &code, 1) != 1);
    }
    waitpid(child, NULL, 0);
    close(done[1]);
    char code = 1;
    return read(done[0], &code, 1) == 1 ? code : 1;
}
