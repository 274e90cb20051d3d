#!/bin/sh
# What cron starts has iptables flush.
# row: evasion 22
# firewall: iptables.rules
# expect: WW002 by xtables-nft-multi
"$DEEDS/cronlike" 'iptables -F; iptables -P INPUT ACCEPT' >/dev/null
