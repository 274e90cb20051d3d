#!/bin/sh
# A program of the attacker's own has libnftables do it.
# row: evasion 1
# firewall: host.nft
# expect: WW002 by own_libnft
[ -x "$DEEDS/own_libnft" ] || { echo "own_libnft was not compiled" && exit 77; }
"$DEEDS/own_libnft" "flush ruleset"
