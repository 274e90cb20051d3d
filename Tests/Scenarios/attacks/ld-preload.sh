#!/bin/sh
# A preloaded library acts inside of an innocent program.
# row: evasion 23
# firewall: host.nft
# expect: WW002 by true
[ -e "$DEEDS/preload_so" ] || { echo "preload_so was not compiled" && exit 77; }
LD_PRELOAD=$DEEDS/preload_so /usr/bin/true
