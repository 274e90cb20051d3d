#!/bin/sh
# A worker thread of io_uring sends the batch.
# row: evasion 2
# firewall: host.nft
# expect: WW002 by uring
"$DEEDS/uring" plain-async host || { [ $? -eq 38 ] && echo "no io_uring here" && exit 77; exit 1; }
