// own_writer STEP…: what a program that changes firewalls as its work looks like: it starts others, or has libnftables act.
//
//   sh -c …           what a shell is asked (fail2ban)
//   nft: COMMAND      libnftables, in this process
//   sleep SECONDS     waits
//   @FILE             the steps that are the lines of a file
//   PROGRAM WORD…     starts a program by its words; `< FILE` at the end gives it a pipe with what is in the file
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int by_library(const char *command) {
    static void *context;
    static int (*run)(void *, const char *);
    if (!context) {
        void *library = dlopen("libnftables.so.1", RTLD_NOW);
        if (!library)
            return 77;
        context = ((void *(*)(uint32_t))dlsym(library, "nft_ctx_new"))(0);
        run = (int (*)(void *, const char *))dlsym(library, "nft_run_cmd_from_buffer");
    }
    return run(context, command) ? 1 : 0;
}

// Copies a file into a pipe and returns its end for reading.
static int piped(const char *path) {
    int ends[2], file = open(path, O_RDONLY);
    if (file < 0 || pipe(ends))
        _exit(66);
    if (fork() == 0) {
        char part[4096];
        close(ends[0]);
        for (ssize_t got; (got = read(file, part, sizeof part)) > 0;)
            if (write(ends[1], part, (size_t)got) < 0)
                break;
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

static int by_program(char *step) {
    char *words[64], *input = strstr(step, " < ");
    int count = 0;
    if (input) {
        *input = 0;
        input += 3;
    }
    if (!strncmp(step, "sh -c ", 6)) {
        words[count++] = "sh";
        words[count++] = "-c";
        words[count++] = step + 6;
    } else
        for (char *word = strtok(step, " "); word && count < 63; word = strtok(NULL, " "))
            words[count++] = word;
    words[count] = NULL;
    int end = input ? piped(input) : -1;
    pid_t child = fork();
    if (child == 0) {
        if (end >= 0)
            dup2(end, 0);
        execvp(words[0], words);
        _exit(127);
    }
    if (end >= 0)
        close(end);
    int status = 0;
    waitpid(child, &status, 0);
    while (input && wait(NULL) > 0)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int perform(const char *text) {
    char *step = strdup(text);
    int code = 0;
    if (!strncmp(step, "nft: ", 5))
        code = by_library(step + 5);
    else if (!strncmp(step, "sleep ", 6))
        usleep((useconds_t)(atof(step + 6) * 1e6));
    else
        code = by_program(step);
    if (code)
        fprintf(stderr, "%s: %d\n", text, code);
    free(step);
    return code;
}

static int perform_lines(const char *path) {
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    int code = file ? 0 : 66;
    for (ssize_t got; !code && (got = getline(&line, &room, file)) > 0;) {
        line[got - 1] = 0;
        code = perform(line);
    }
    return code;
}

int main(int argc, char **argv) {
    for (int at = 1; at < argc; at++) {
        int code = *argv[at] == '@' ? perform_lines(argv[at] + 1) : perform(argv[at]);
        if (code)
            return code;
    }
    return 0;
}
