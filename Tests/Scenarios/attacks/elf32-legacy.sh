#!/bin/sh
# A program of 32 bits replaces the legacy table.
# row: evasion 4
# needs: netns iptables-legacy
# tiers: xtables full kprobe
# firewall: iptables.legacy
# expect: WW002 by elf32
[ -x "$DEEDS/elf32" ] || { echo "no compiler for 32 bits" && exit 77; }
"$DEEDS/elf32" setsockopt filter
