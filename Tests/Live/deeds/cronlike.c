// cronlike COMMAND: what cron does for a job: a child in a session of its own runs `/bin/sh -c COMMAND`. Prints the pids.
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc < 2)
        return 64;
    pid_t job = fork();
    if (job == 0) {
        setsid();
        dprintf(1, "job %d\n", getpid());
        pid_t shell = fork();
        if (shell == 0) {
            dprintf(1, "shell %d\n", getpid());
            execl("/bin/sh", "sh", "-c", argv[1], (char *)NULL);
            _exit(127);
        }
        int status = 0;
        waitpid(shell, &status, 0);
        _exit(WEXITSTATUS(status));
    }
    int status = 0;
    waitpid(job, &status, 0);
    return WEXITSTATUS(status);
}
