#!/bin/sh
# nft itself, with a library of the attacker's preloaded: it loads an accept for all, which it was not asked for.
# row: evasion 23
# firewall: host.nft
# expect: WW006 by nft
: > "$WORK/empty.c"
gcc -shared -o "$WORK/empty.so" "$WORK/empty.c" 2>/dev/null || { echo "gcc is not here" && exit 77; }
LD_PRELOAD=$WORK/empty.so nft insert rule inet host input accept
