#pragma once
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define WW_COMPLAINT_BYTES 240

/* libbpf complains on standard error, also of hooks that are only tried. Its first word about a program is kept here
 * instead: no call tells which one was refused, nor why. For one source file of Swift: each has its own copy. */
static inline char *ww_complaint(void)
{
        static _Thread_local char text[WW_COMPLAINT_BYTES];

        return text;
}

static inline int ww_keep_complaint(enum libbpf_print_level level, const char *format, va_list arguments)
{
        char text[WW_COMPLAINT_BYTES];

        if (level == LIBBPF_WARN && !ww_complaint()[0] && vsnprintf(text, sizeof(text), format, arguments) > 0 &&
            strstr(text, "prog '"))
                memcpy(ww_complaint(), text, sizeof(text));
        return 0;
}

/* From here on libbpf is quiet, and what it complains of is kept anew. */
static inline void ww_listen(void)
{
        ww_complaint()[0] = 0;
        libbpf_set_print(ww_keep_complaint);
}

/* Sets a `const volatile __u32` of the BPF program before it is loaded. libbpf knows a variable's
 * place by BTF only; its names are in the data section's BTF type. */
static inline int ww_set_knob(struct bpf_object *object, const char *name, uint32_t value)
{
        struct btf *btf = bpf_object__btf(object);
        struct bpf_map *map = bpf_object__find_map_by_name(object, ".rodata");
        int id = btf ? btf__find_by_name_kind(btf, ".rodata", BTF_KIND_DATASEC) : -ENOENT;
        size_t size = 0;

        if (id < 0 || !map)
                return -ENOENT;
        const struct btf_type *section = btf__type_by_id(btf, id);
        const struct btf_var_secinfo *variable = btf_var_secinfos(section);
        char *data = (char *)bpf_map__initial_value(map, &size);

        for (int i = 0; i < btf_vlen(section); i++, variable++) {
                const struct btf_type *type = btf__type_by_id(btf, variable->type);

                if (strcmp(btf__name_by_offset(btf, type->name_off), name))
                        continue;
                if (!data || variable->size != sizeof(value) || variable->offset + sizeof(value) > size)
                        return -EINVAL;
                memcpy(data + variable->offset, &value, sizeof(value));
                return 0;
        }
        return -ENOENT;
}

/* The ring buffer's positions and the heads of its records, which the kernel writes while we read. */
static inline uint64_t ww_load_acquire_64(const void *from)
{
        return __atomic_load_n((const uint64_t *)from, __ATOMIC_ACQUIRE);
}

static inline uint32_t ww_load_acquire_32(const void *from)
{
        return __atomic_load_n((const uint32_t *)from, __ATOMIC_ACQUIRE);
}

static inline void ww_store_release_64(void *to, uint64_t value)
{
        __atomic_store_n((uint64_t *)to, value, __ATOMIC_RELEASE);
}
