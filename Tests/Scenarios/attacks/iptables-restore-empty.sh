#!/bin/sh
# iptables-restore loads a file that holds nothing.
# row: evasion 1
# firewall: iptables.rules
# expect: WW002 by xtables-nft-multi
printf '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n' > "$WORK/empty"
iptables-restore < "$WORK/empty"
