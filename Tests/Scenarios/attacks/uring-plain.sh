#!/bin/sh
# io_uring has the kernel send the batch while it is handed in.
# row: evasion 2
# firewall: host.nft
# expect: WW002 by uring
"$DEEDS/uring" plain host || { [ $? -eq 38 ] && echo "no io_uring here" && exit 77; exit 1; }
