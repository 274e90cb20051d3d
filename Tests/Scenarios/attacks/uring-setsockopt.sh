#!/bin/sh
# io_uring replaces the legacy table, without setsockopt(2).
# row: evasion 2
# needs: netns iptables-legacy
# firewall: iptables.legacy
# expect: WW002 by uring
code=0
"$DEEDS/uring" setsockopt filter || code=$?
case $code in 0) ;; 22 | 38 | 95) echo "this kernel's io_uring has no setsockopt (errno $code)" && exit 77 ;; *) exit 1 ;; esac
