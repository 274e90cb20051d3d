/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Whether a new program is made to load what is not its own: that a variable is there, never what it holds.
 *
 * At exec, where the environment lies in the new mm, resident, as the arguments do. Later it is the process's own
 * memory, to be written over. What sets the variable in itself and loads by hand is not seen, nor /etc/ld.so.preload. */

#define VARIABLES 128
#define VARIABLE_MAX 1024

/* "LD_PRELO", "AD=" and "LD_AUDIT", "=", as little-endian numbers. */
#define LD_PRELO 0x4f4c4552505f444cull
#define AD_EQUALS 0x3d4441u
#define LD_AUDIT 0x54494455415f444cull

/* Verified by itself, as write_path is. Returns WW_EXEC_* flags. */
__attribute__((noinline)) __u32 look_through_environment(__u64 address, __u32 user)
{
        struct exec_scratch *scratch = bpf_map_lookup_elem(&exec_scratches, &user);
        struct mm_struct *mm = (void *)address;
        unsigned long at = BPF_CORE_READ(mm, env_start), end = BPF_CORE_READ(mm, env_end);
        bool is_inside = false; /* of a variable that is longer than what is read at once */

        if (!scratch)
                return 0;
        for (int i = 0; i < VARIABLES; i++) {
                __u64 *words = (void *)scratch->strings;

                if (at >= end)
                        return 0;
                long got = read_user_string(words, VARIABLE_MAX, at);

                if (got <= 0)
                        return WW_EXEC_LONG_ENVIRONMENT;
                if (!is_inside && words[0] == LD_PRELO && (words[1] & 0xffffff) == AD_EQUALS)
                        return WW_EXEC_PRELOAD;
                if (!is_inside && words[0] == LD_AUDIT && (words[1] & 0xff) == '=')
                        return WW_EXEC_PRELOAD;
                is_inside = got == VARIABLE_MAX;
                /* What is cut ends in a NUL that is not there. */
                at += got - is_inside;
        }
        return WW_EXEC_LONG_ENVIRONMENT;
}
