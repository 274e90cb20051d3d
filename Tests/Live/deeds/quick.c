// quick TABLE: the shortest life that empties a table, well under 2 ms from exec to exit.
#include "nf.h"

int main(int argc, char **argv) {
    return argc < 2 ? 64 : nf_flush_table(argv[1]);
}
