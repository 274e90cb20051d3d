#!/bin/sh
# io_uring sends it with root's credentials, lent to a process that is nobody's.
# row: evasion 2
# firewall: host.nft
# expect: WW002 by uring
"$DEEDS/uring" plain-lent host || { [ $? -eq 38 ] && echo "no io_uring here" && exit 77; exit 1; }
