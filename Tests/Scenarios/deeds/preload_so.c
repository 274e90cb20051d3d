// A library that empties the table `host` when it is loaded.
#include "nf.h"

__attribute__((constructor)) static void act(void) { nf_flush_table("host"); }
