#!/bin/sh
# A renamed copy of nft in /tmp flushes all rules.
# row: evasion 1
# firewall: host.nft
# expect: WW002 by kworker
. "$LAB/lib.sh"
copy nft "$WORK/kworker"
"$WORK/kworker" flush ruleset
