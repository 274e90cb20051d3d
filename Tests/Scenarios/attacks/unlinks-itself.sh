#!/bin/sh
# The program removes its own file before it acts.
# row: evasion 23
# firewall: host.nft
# expect: WW002 by unlinker
cp "$DEEDS/unlinker" "$WORK/unlinker"
"$WORK/unlinker" host
