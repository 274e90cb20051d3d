#!/bin/sh
# busybox is the shell, in the background, that has iptables flush.
# row: evasion 1
# needs: netns busybox
# firewall: iptables.rules
# expect: WW002 by xtables-nft-multi
busybox sh -c '(iptables -F; iptables -P INPUT ACCEPT) >/dev/null 2>&1 & wait'
