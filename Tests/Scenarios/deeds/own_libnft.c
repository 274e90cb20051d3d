// own_libnft COMMAND…: has libnftables do it, in this very process.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>

int main(int argc, char **argv) {
    void *library = dlopen("libnftables.so.1", RTLD_NOW);
    if (!library)
        return 77;
    void *(*make)(uint32_t) = (void *(*)(uint32_t))dlsym(library, "nft_ctx_new");
    int (*run)(void *, const char *) = (int (*)(void *, const char *))dlsym(library, "nft_run_cmd_from_buffer");
    void *context = make(0);
    for (int at = 1; at < argc; at++)
        if (run(context, argv[at]))
            return 1;
    return 0;
}
