#!/bin/sh
# The same by write(2) on the socket, under a name of the kernel's.
# row: evasion 1, evasion 23
# firewall: host.nft
# expect: WW002 by kthreadd
cp "$DEEDS/ways" "$WORK/kthreadd"
"$WORK/kthreadd" write host
