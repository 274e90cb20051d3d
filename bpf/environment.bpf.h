/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Whether a new program is made to load, or to run, what is not its own: that a variable is there, never what it holds.
 *
 * At exec, where the environment lies in the new mm, resident, as the arguments do. Later it is the process's own
 * memory, to be written over. What sets the variable in itself and loads by hand is not seen, nor /etc/ld.so.preload. */

#define VARIABLES 128
#define VARIABLE_MAX 1024

/* The first eight bytes of a name, and as many as follow up to its "=", as little-endian numbers. */
struct variable_name {
        __u64 head, tail, tail_mask;
        __u32 flag;
};

static const struct variable_name variable_names[] = {
        { 0x4f4c4552505f444cull, 0x3d4441, 0xffffff, WW_EXEC_PRELOAD },      /* LD_PRELOAD= */
        { 0x54494455415f444cull, 0x3d, 0xff, WW_EXEC_PRELOAD },              /* LD_AUDIT= */
        { 0x564e455f48534142ull, 0x3d, 0xff, WW_EXEC_INJECTED },             /* BASH_ENV= */
        { 0x41504e4f48545950ull, 0x3d4854, 0xffffff, WW_EXEC_INJECTED },     /* PYTHONPATH= */
        { 0x4f484e4f48545950ull, 0x3d454d, 0xffffff, WW_EXEC_INJECTED },     /* PYTHONHOME= */
        { 0x42494c354c524550ull, 0x3d, 0xff, WW_EXEC_INJECTED },             /* PERL5LIB= */
        { 0x54504f354c524550ull, 0x3d, 0xff, WW_EXEC_INJECTED },             /* PERL5OPT= */
        { 0x3d54504f59425552ull, 0, 0, WW_EXEC_INJECTED },                   /* RUBYOPT= */
        { 0x54504f5f45444f4eull, 0x3d534e4f49ull, 0xffffffffffull, WW_EXEC_INJECTED }, /* NODE_OPTIONS= */
};

/* Two loops in one would make the verifier walk each way through both. */
static __always_inline __u32 flag_of_variable(const __u64 *words)
{
        __u32 flags = 0;

#pragma unroll
        for (int i = 0; i < (int)(sizeof(variable_names) / sizeof(variable_names[0])); i++) {
                const struct variable_name *name = &variable_names[i];

                if (words[0] == name->head && (words[1] & name->tail_mask) == name->tail)
                        flags |= name->flag;
        }
        return flags;
}

/* Verified by itself, as write_path is. Returns WW_EXEC_* flags. */
__attribute__((noinline)) __u32 look_through_environment(__u64 address, __u32 user)
{
        struct exec_scratch *scratch = bpf_map_lookup_elem(&exec_scratches, &user);
        struct mm_struct *mm = (void *)address;
        unsigned long at = BPF_CORE_READ(mm, env_start), end = BPF_CORE_READ(mm, env_end);
        bool is_inside = false; /* of a variable that is longer than what is read at once */
        __u32 flags = 0;

        if (!scratch)
                return 0;
        for (int i = 0; i < VARIABLES; i++) {
                __u64 *words = (void *)scratch->strings;

                if (at >= end)
                        return flags;
                long got = read_user_string(words, VARIABLE_MAX, at);

                if (got <= 0)
                        return flags | WW_EXEC_LONG_ENVIRONMENT;
                if (!is_inside)
                        flags |= flag_of_variable(words);
                is_inside = got == VARIABLE_MAX;
                /* What is cut ends in a NUL that is not there. */
                at += got - is_inside;
        }
        return flags | WW_EXEC_LONG_ENVIRONMENT;
}
