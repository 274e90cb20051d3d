#!/bin/sh
# A polling thread of io_uring sends the batch: no system call does.
# row: evasion 2
# firewall: host.nft
# expect: WW002 by uring
"$DEEDS/uring" sqpoll host || { [ $? -eq 38 ] && echo "no io_uring here" && exit 77; exit 1; }
