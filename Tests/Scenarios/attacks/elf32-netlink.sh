#!/bin/sh
# A program of 32 bits sends the batch by socketcall(2).
# row: evasion 4
# firewall: host.nft
# expect: WW002 by elf32
[ -x "$DEEDS/elf32" ] || { echo "no compiler for 32 bits" && exit 77; }
"$DEEDS/elf32" sendto host
