// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

/* wallwatch's kernel half: who changes a firewall, and how.
 *
 * It observes and decides nothing. One object, one ring, one record contract (include/wallwatch.h);
 * user space loads of each family the best tier that the kernel allows.
 *
 *   process   tp_btf fork, exec, exit, iter/task: who started whom, with what
 *   signal    tp_btf signal_generate: signals to watched processes
 *   netlink   netlink_unicast or consume_skb: nftables and ipset requests, and the kernel's answer
 *   xtables   cgroup/setsockopt, and the return of the call: legacy tables
 *   socket    netlink_release: the end of sockets that own nftables tables
 *   module    tp_btf module_load, module_free
 *   sysctl    cgroup/sysctl: switches of netfilter
 *   guard     security_bpf_map, security_bpf, security_inode_unlink, ...: hands laid on these very programs
 *
 * Nothing fails silently: a record that found no room and a read that failed are counted per family
 * (ring.bpf.h) and reported. */

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "wallwatch.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#include "compat.bpf.h"
#include "ring.bpf.h"
#include "path.bpf.h"
#include "cgroup.bpf.h"
#include "environment.bpf.h"
#include "task.bpf.h"
#include "signal.bpf.h"
#include "process.bpf.h"
#include "netlink.bpf.h"
#include "socket.bpf.h"
#include "xtables.bpf.h"
#include "xtables_result.bpf.h"
#include "module.bpf.h"
#include "sysctl.bpf.h"
#include "guard.bpf.h"
