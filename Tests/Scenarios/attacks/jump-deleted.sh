#!/bin/sh
# Only the jump to the chain that blocks is deleted: one rule fewer of eleven.
# row: evasion 13
# firewall: host.nft
# expect: WW001 by nft
. "$LAB/lib.sh"
nft delete rule inet host input handle "$(handle inet host input 'jump guard')"
