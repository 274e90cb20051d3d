// unlinker TABLE: removes its own executable, then empties the table.
#include "nf.h"

int main(int argc, char **argv) {
    if (argc < 2 || unlink(argv[0]))
        return 64;
    return nf_flush_table(argv[1]);
}
