/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The layout both halves rely on, checked where it costs nothing. */

#include "wallwatch.h"

#define ABI(type, size) _Static_assert(sizeof(struct type) == (size), #type " changed size")

ABI(ww_header, 16);
ABI(ww_process, 16);
ABI(ww_file, 24);
ABI(ww_task, 160);
ABI(ww_ancestor, 48);
ABI(ww_fork, 48);
ABI(ww_arguments, 136);
ABI(ww_exec, 208);
ABI(ww_exit, 40);
ABI(ww_signal, 208);
ABI(ww_request, 744);
ABI(ww_request_bytes, 32);
ABI(ww_request_result, 32);
ABI(ww_xtables, 776);
ABI(ww_xtables_result, 32);
ABI(ww_module, 232);
ABI(ww_guard, 216);
ABI(ww_sysctl, 352);
ABI(ww_crowder, 40);
ABI(ww_losses, 312);
ABI(ww_duty, 32);
ABI(ww_socket_closed, 200);
