#!/bin/sh
# A script on standard input empties each chain by itself.
# row: evasion 1
# firewall: host.nft
# expect: WW002 by nft
nft -f - <<'RULES'
flush chain inet host input
flush chain inet host guard
flush chain inet host forward
RULES
